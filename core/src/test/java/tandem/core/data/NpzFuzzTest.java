package tandem.core.data;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Hostile;

/** npz files of any bytes: the archive, and the arrays in it. */
final class NpzFuzzTest {
    private static final String NAME = "mnist.npz";

    @TempDir
    static Path folder;

    @FuzzTest(maxDuration = "10m")
    void npz(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve(NAME), bytes);
        // Of four arrays as in IdxFuzzTest.
        long cap = Part.values().length * 2 * Math.max(ArrayFile.ALWAYS, ArrayFile.LARGEST_INFLATION * bytes.length);
        Hostile.read(NAME, cap, () -> Datasets.open(file.toString()));
    }
}
