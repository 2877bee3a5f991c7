package tandem.lab.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tandem.core.data.Datasets;

/** The first images of MNIST as a folder of their own, which a worker opens in no time. */
public final class TestImages {
    /** Training images. */
    public static final int TRAIN = 3200;

    /** Test images. */
    public static final int TEST = 1000;

    /** A recipe's dataset. */
    public static final String DATASET = folder().toString();

    private TestImages() {}

    /** It stays from one test to the next: tests run in several processes, and few of them end in peace. */
    private static Path folder() {
        Path folder = Path.of("target", "images-of-tests").toAbsolutePath();
        if (!Files.exists(folder)) {
            try {
                Files.createDirectories(folder.getParent());
                Path written = Files.createTempDirectory(folder.getParent(), "images");
                Datasets.write(Datasets.open("mnist").limit(TRAIN, TEST), written);
                if (!written.toFile().renameTo(folder.toFile()) && !Files.exists(folder)) {
                    throw new IOException(written + " cannot be renamed");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return folder;
    }
}
