package tandem.lab.study;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Hostile;

/** The file of a trial that is done, of any bytes. */
final class TrialFuzzTest {
    private static final String NAME = "seed-42.json";

    @TempDir
    static Path folder;

    @FuzzTest(maxDuration = "10m")
    void trial(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve(NAME), bytes);
        Hostile.read(NAME, 64L * bytes.length, () -> TrialResult.read(file));
    }
}
