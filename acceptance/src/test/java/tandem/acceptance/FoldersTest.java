package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders that vanish, are for their owner alone, or come from the future. */
@Tag("faults")
@EnabledOnOs(OS.LINUX)
final class FoldersTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static int runs;

    /** What would go on for seconds ends with a sentence, and not as if it were done. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train slow | 1 | --train-limit 2560 --test-limit 10 --checkpoint-every 5 | slow: Sleep",
                "compare | 0 | --engines slow,second --train-limit 2560 --test-limit 10 | slow: Sleep",
                "study | 1 | --engines slow,second --seeds 2 --train-limit 2560 --test-limit 10 | starting",
                "differences | 0 | --engine slow --seeds 1 --train-limit 640 --test-limit 10 | starting",
                "bench | 0 | --rounds 0 --engines slow --to-accuracy 5 --seeds 2 --epochs 1 | starting",
            })
    void isDeletedUnderneath(String command, int few, String options, String after) throws Exception {
        Campaign.run(command.split(" ")[0], "folder deleted underneath", few, (random, _) -> {
            String out = "gone" + ++runs;
            List<String> words = new ArrayList<>(List.of(command.split(" ")));
            words.addAll(List.of(options.split(" ")));
            words.addAll(List.of("--out", out));
            String step = command.equals("bench") ? "2" : "50";
            Tandem.Running running =
                    Runs.testEngines().start(folder, List.of("SLOW_STEP", step), words.toArray(String[]::new));
            running.await(after);
            Thread.sleep(random.nextInt(500));
            // At once, as it may be written into at the same moment.
            Path removed = Files.move(folder.resolve(out), folder.resolve("removed" + runs));
            Runs.delete(removed);
            Tandem tandem = running.end();
            Campaign.assertSentences(tandem);
            assertEquals(1, tandem.exitCode(), tandem::toString);
            assertTrue((tandem.out() + tandem.err()).contains("deleted"), tandem::toString);
        });
    }

    /** Too short a trial for a checkpoint, deleted as soon as it has begun. */
    @Test
    void isDeletedBeforeAnythingIsKept() throws Exception {
        Tandem.Running running = Runs.testEngines()
                .start(
                        folder,
                        List.of("SLOW_STEP", "200"),
                        ("study --engines slow --seeds 1 --epochs 1 --train-limit 1280 --test-limit 10 --out brief")
                                .split(" "));
        Path log = folder.resolve("brief/trials/slow/seed-42/events.jsonl");
        while (Files.notExists(log) && running.process().isAlive()) {
            Thread.sleep(10);
        }
        Runs.delete(Files.move(folder.resolve("brief"), folder.resolve("removed-brief")));
        Tandem tandem = running.end();
        Campaign.assertSentences(tandem);
        assertEquals(1, tandem.exitCode(), tandem::toString);
        assertTrue(tandem.err().contains("brief: was deleted"), tandem::toString);
    }

    /** Who keeps everything to themselves, or lets others read, finds that kept in a run. */
    @Test
    void hasTheRightsThatItsOwnerWants() throws Exception {
        assertEquals(Set.of("rw-------", "rwx------"), rights("077", "mine"));
        assertEquals(Set.of("rw-r--r--", "rwxr-xr-x"), rights("022", "ours"));
    }

    private static Set<String> rights(String umask, String out) throws Exception {
        Tandem tandem = Tandem.script(
                folder,
                "umask %s; TANDEM_ENGINES=%s \"$TANDEM\" train slow --epochs 1 --train-limit 64 --test-limit 10 --out %s"
                        .formatted(umask, Runs.testEngines().folder(), out));
        assertEquals(0, tandem.exitCode(), tandem::toString);
        Set<String> rights = new TreeSet<>();
        try (Stream<Path> files = Files.walk(folder.resolve(out))) {
            for (Path file : files.toList()) {
                String found = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                rights.add(found);
                assertEquals(Files.isDirectory(file), found.endsWith("x") || found.charAt(2) == 'x', file + found);
            }
        }
        return rights;
    }

    /**
     * The clock was set back: the files of a run are of tomorrow, which has nothing to do with what it goes on from.
     * (The clock itself is everybody's, and is left alone.)
     */
    @Test
    void comesFromTheFuture() throws Exception {
        Path run = Runs.copy(Runs.once().path(), folder.resolve("future"));
        FileTime tomorrow = FileTime.from(Instant.now().plus(Duration.ofDays(1)));
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, tomorrow);
            }
        }
        Tandem resumed = Tandem.run(folder, "train", "java", "--resume", "future", "--epochs", "3");
        assertEquals(0, resumed.exitCode(), resumed::toString);
        assertFalse(resumed.out().contains("note:"), resumed::toString);
        Results.assertSame(Job.TRAIN.straight().results(), Results.of(run), resumed);
    }
}
