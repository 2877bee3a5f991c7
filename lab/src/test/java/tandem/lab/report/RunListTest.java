package tandem.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;
import tandem.core.ProcessLock;
import tandem.lab.run.RunDirectory;

/** Lists of runs, and how one is deleted. */
final class RunListTest {
    @TempDir
    Path runs;

    private Path run(String name, String command, String record) throws IOException {
        Path folder = Files.createDirectories(runs.resolve(name));
        Files.writeString(folder.resolve("recipe.json"), "{}");
        Files.writeString(folder.resolve("command.txt"), command);
        try (InputStream in = RunListTest.class.getResourceAsStream("examples/" + record)) {
            Files.write(folder.resolve(record), in.readAllBytes());
        }
        return folder;
    }

    @Test
    void theNewestIsFirstWithItsEnginesAndAccuracies() throws IOException {
        run("b", "2026-11-24T08:00:00Z tandem compare --engines java,reference\n", "comparison.json");
        run("c", "2026-11-23T08:00:00Z tandem parity\n", "parity.json");
        Path damaged = run("a", "2026-11-25T08:00:00Z tandem study --seeds 2\n", "study.json");
        Files.writeString(damaged.resolve("study.json"), "{");
        Files.createDirectories(runs.resolve("no-run"));
        List<RunList.Entry> found = RunList.of(runs);
        assertEquals(
                List.of("a", "b", "c"),
                found.stream()
                        .map(run -> Path.of(run.folder()).getFileName().toString())
                        .toList());
        assertEquals(
                List.of("study", "compare", "parity"),
                found.stream().map(RunList.Entry::command).toList());
        assertEquals(List.of(), found.get(0).engines());
        assertEquals(List.of("java", "reference"), found.get(1).engines());
        assertEquals(0.655, found.get(1).lowestAccuracy(), 1e-12);
        assertEquals("2026-11-24T08:00:00Z", found.get(1).date());
        assertEquals(null, found.get(2).highestAccuracy());
        assertEquals(List.of(), RunList.of(runs.resolve("nothing")));
    }

    @Test
    void aRunIsDeletedUnlessSomebodyWritesIntoIt() throws IOException {
        Path folder = run("b", "2026-11-24T08:00:00Z tandem compare\n", "comparison.json");
        Files.createDirectories(folder.resolve("java"));
        Files.writeString(folder.resolve("java/events.jsonl"), "");
        try (ProcessLock _ =
                ProcessLock.tryAcquire(folder.resolve(RunDirectory.LOCK)).orElseThrow()) {
            assertTrue(assertThrows(Failure.class, () -> RunDirectory.delete(folder))
                    .getMessage()
                    .contains("writes into it; wait until it ends"));
        }
        RunDirectory.delete(folder);
        assertFalse(Files.exists(folder));
        Path other = Files.createDirectories(runs.resolve("no-run"));
        assertThrows(Failure.class, () -> RunDirectory.delete(other));
        assertTrue(Files.exists(other), "it holds no run");
    }
}
