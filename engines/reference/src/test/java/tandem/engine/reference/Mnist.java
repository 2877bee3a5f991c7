package tandem.engine.reference;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;

/** The embedded training images. */
final class Mnist {
    private Mnist() {}

    /** The first training images of MNIST. */
    static Images train(int count) {
        return new Images(
                28,
                28,
                read("train-images-idx3-ubyte.gz", 16, count * 28 * 28),
                read("train-labels-idx1-ubyte.gz", 8, count),
                new Normalisation(0.1307, 0.3081));
    }

    private static byte[] read(String name, int header, int count) {
        try (InputStream in = new GZIPInputStream(Mnist.class.getResourceAsStream("/tandem/mnist/" + name))) {
            in.skipNBytes(header);
            return in.readNBytes(count);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
