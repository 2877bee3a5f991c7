package tandem.core;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.model.ModelFile;

/** Safetensors files of any bytes, as tensors and as models. */
final class SafetensorsFuzzTest {
    private static final String NAME = "model.safetensors";

    /** What a header's JSON may take, see {@link Safetensors#LARGEST_HEADER}; tensors are as large as in the file. */
    private static final long OF_A_HEADER = 64;

    @TempDir
    static Path folder;

    private static void read(byte[] bytes) throws IOException {
        Path file = folder.resolve(NAME);
        Files.write(file, bytes);
        Hostile.read(NAME, (1 + OF_A_HEADER) * bytes.length, () -> Safetensors.read(file));
        Hostile.read(NAME, 2 * (1 + OF_A_HEADER) * bytes.length, () -> ModelFile.read(file, null));
        Hostile.read(
                NAME,
                2 * (1 + OF_A_HEADER) * bytes.length,
                () -> OptimizerState.read(file, new Network(6, 6, 2, 1, 1, 1, 0, 0)));
    }

    @FuzzTest(maxDuration = "10m")
    void file(byte[] bytes) throws IOException {
        read(bytes);
    }

    /** A header of the right length, and zeros for 64 floats: a fuzzer does not find lengths that fit. */
    @FuzzTest(maxDuration = "10m")
    void header(byte[] json) throws IOException {
        read(ByteBuffer.allocate(Long.BYTES + json.length + 256)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array());
    }
}
