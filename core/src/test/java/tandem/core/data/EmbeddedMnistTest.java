package tandem.core.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class EmbeddedMnistTest {
    /** As in the module's SOURCE.md. */
    private static final Map<Part, String> SHA_256 = Map.of(
            Part.TRAIN_IMAGES, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            Part.TRAIN_LABELS, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            Part.TEST_IMAGES, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            Part.TEST_LABELS, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");

    @Test
    void holdsAllImages() {
        Dataset mnist = Datasets.open("mnist");
        assertEquals("mnist", mnist.name());
        assertEquals(10, mnist.classes());
        assertEquals(60_000, mnist.train().count());
        assertEquals(10_000, mnist.test().count());
        assertEquals(28, mnist.train().rows());
        assertEquals(28, mnist.train().columns());
        assertEquals(28, mnist.test().rows());
        assertEquals(28, mnist.test().columns());
        assertEquals(60_000 * 784, mnist.train().pixels().length);
        assertEquals(10_000 * 784, mnist.test().pixels().length);
        assertArrayEquals(new int[] {5, 0, 4, 1, 9}, firstLabels(mnist.train()));
        assertArrayEquals(new int[] {7, 2, 1, 0, 4}, firstLabels(mnist.test()));
    }

    @Test
    void publishedConstantsAreThoseOfTheTrainingPixels() {
        Images train = Datasets.open("mnist").train();
        assertEquals(new Normalisation(0.1307, 0.3081), train.normalisation());
        assertEquals(new Normalisation(0.1307, 0.3081), Normalisation.of(train.pixels()));
    }

    @Test
    void filesAreTheCanonicalOnes() throws IOException, NoSuchAlgorithmException {
        for (Part part : Part.values()) {
            try (InputStream in = new GZIPInputStream(
                    EmbeddedMnistTest.class.getResourceAsStream("/tandem/mnist/" + part.fileName + ".gz"))) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
                assertEquals(SHA_256.get(part), HexFormat.of().formatHex(digest), part.fileName);
            }
        }
    }

    @Test
    void opensFast() {
        Datasets.open("mnist");
        long start = System.nanoTime();
        Datasets.open("mnist");
        double seconds = (System.nanoTime() - start) / 1e9;
        // 0.2 s on two quiet cores; every worker does this at start-up.
        assertTrue(seconds < 2, "took " + seconds + " s");
    }

    private static int[] firstLabels(Images images) {
        return IntStream.range(0, 5).map(images::label).toArray();
    }
}
