package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that gets full, at each of a run's writes. The command ends with a sentence; once there is room, it goes on
 * and ends as if nothing had happened.
 */
@Tag("faults")
final class FullDiskTest {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long DISK = 96 * MIB;

    /** Where a few tries are: in the first files, and in a checkpoint after the first or the model. */
    private static final long[] FEW = {20 * KIB, 40 * MIB};

    @TempDir
    static Path folder;

    private static Path disk;
    private static boolean mounted;

    @BeforeAll
    static void mount() throws Exception {
        disk = Files.createDirectory(folder.resolve("disk"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=" + DISK, "tandem-test", disk.toString());
        assumeTrue(mounted, "a small file system can be mounted here");
    }

    @AfterAll
    static void unmount() throws Exception {
        if (mounted) {
            assertTrue(run("umount", disk.toString()));
        }
    }

    private static boolean run(String... words) throws InterruptedException {
        try {
            return new ProcessBuilder(words)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void whileItTrains() throws Exception {
        Job.TRAIN.straight();
        Campaign.run("train", "full disk, --resume", FEW.length, (random, number) -> {
            fills(Job.TRAIN, number < FEW.length ? FEW[number] : room(random));
        });
    }

    @Test
    void whileManyTrain() throws Exception {
        Campaign.run("study", "full disk, --resume", 0, (random, _) -> {
            fills(Job.STUDY, room(random));
        });
    }

    /** Small files are as many as large ones, so half of the tries end among them. */
    private static long room(Random random) {
        return random.nextBoolean() ? random.nextLong(200) * KIB : random.nextLong(50 * MIB);
    }

    private static void fills(Job job, long room) throws Exception {
        Path run = disk.resolve("run");
        Path ballast = disk.resolve("ballast");
        try {
            fill(ballast, room);
            Tandem tandem = job.begin(disk, "run").end();
            Campaign.assertSentences(tandem);
            String said = "with room for %d KiB: %s".formatted(room / KIB, tandem);
            assertTrue(tandem.exitCode() == 0 || said.contains("No space left on device"), said);
            assertEquals(List.of(), temporary(), said);
            Files.delete(ballast);
            job.assertEndsAsStraight(job.goOnOrBegin(disk, "run"), run);
        } finally {
            Files.deleteIfExists(ballast);
            if (Files.exists(run)) {
                Runs.delete(run);
            }
        }
    }

    /** What is not whole is removed by whoever could not write it. */
    private static List<String> temporary() throws IOException {
        return Results.leftovers(disk).stream()
                .filter(name -> name.endsWith(".tmp"))
                .toList();
    }

    private static void fill(Path ballast, long room) throws IOException {
        byte[] block = new byte[(int) (4 * KIB)];
        long left = Files.getFileStore(disk).getUsableSpace() - room;
        try (var out = Files.newOutputStream(ballast, StandardOpenOption.CREATE_NEW)) {
            for (; left > 0; left -= block.length) {
                out.write(block);
            }
        }
    }
}
