package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checksums that engines pin cover what they fetch on every platform, and agree with what lies here. */
final class PinsTest {
    @TempDir
    private Path folder;

    @Test
    void thePinsAreComplete() throws Exception {
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(
                        Tandem.LAUNCHER.resolveSibling("etc/pins.sh").toString(), "check")
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES));
        assertEquals(
                List.of(),
                Files.readAllLines(out).stream()
                        .filter(line -> !line.startsWith("tandem: building"))
                        .toList());
        assertEquals(0, process.exitValue());
    }
}
