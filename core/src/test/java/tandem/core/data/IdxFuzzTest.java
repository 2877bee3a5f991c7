package tandem.core.data;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.zip.GZIPOutputStream;
import tandem.core.Hostile;

/** IDX and npy files of any bytes, plain and compressed. */
final class IdxFuzzTest {
    private static final String NAME = "images.idx";

    private static void read(byte[] file) {
        // Twice the content: at most 100 times the file, or 16 MiB.
        long cap = 2 * Math.max(ArrayFile.ALWAYS, ArrayFile.LARGEST_INFLATION * (long) file.length);
        for (Part part : new Part[] {Part.TRAIN_IMAGES, Part.TRAIN_LABELS}) {
            DataFile data = new DataFile(NAME, file.length, () -> new ByteArrayInputStream(file), "put back");
            Hostile.read(NAME, cap, () -> {
                NumberArray array = ArrayFile.read(data, part);
                if (part.images()) {
                    array.pixels(data, true);
                } else {
                    array.labels(data, NAME, NumberArray.MOST_CLASSES);
                }
            });
        }
    }

    @FuzzTest(maxDuration = "10m")
    void idx(byte[] file) {
        read(file);
    }

    /** NumPy's, whose seeds are such. */
    @FuzzTest(maxDuration = "10m")
    void npy(byte[] file) {
        read(file);
    }

    /** The same bytes, compressed: a fuzzer does not find gzip's checksum. */
    @FuzzTest(maxDuration = "10m")
    void compressed(byte[] content) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        read(out.toByteArray());
    }
}
