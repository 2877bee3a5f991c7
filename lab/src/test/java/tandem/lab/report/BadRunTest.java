package tandem.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;
import tandem.lab.run.RunDirectory;

/** The files of a run beside its record. */
final class BadRunTest {
    @TempDir
    Path folder;

    private void refused(String file, String content, String sentence) throws IOException {
        Path run = folder.resolve("run");
        new HostileRun(run, file, "comparison.json");
        Files.writeString(run.resolve(file), content);
        Failure failure = assertThrows(Failure.class, () -> Reports.write(RunDirectory.open(run)));
        assertEquals(run.resolve(file) + ": " + sentence, failure.getMessage());
    }

    @Test
    void commands() throws IOException {
        for (String line : new String[] {
            "tandem",
            "2026-11-25T19:41:25Z",
            "yesterday tandem train java",
            "2026-11-25T19:41:25Z ",
            "2026-13-25 tandem"
        }) {
            refused(
                    "command.txt",
                    "2026-11-25T19:41:25Z tandem train java\n" + line + "\n",
                    "line 2 is not a time, as 2026-11-23T12:00:00Z, and a command; delete the line");
        }
    }

    @Test
    void records() throws IOException {
        String remedy = "; put back the file that Tandem wrote, or run the command again in another folder";
        refused("comparison.json", "", "it is empty" + remedy);
        refused("comparison.json", "null", "it says null" + remedy);
    }
}
