package tandem.engine.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tandem.core.Model;
import tandem.core.Network;
import tandem.core.data.Images;
import tandem.core.engine.Batch;
import tandem.core.random.InitialParameters;

/** One image on its way through the small network: against the definition, and against finite differences. */
class InspectionTest {
    private static final Network NETWORK = Small.NETWORK;
    private static final Images IMAGES = Small.noise(6);

    private final Inspection inspection =
            new Inspection(new Model(NETWORK, InitialParameters.of(Small.RECIPE)), IMAGES.normalisation());

    @AfterEach
    void close() {
        inspection.close();
    }

    /** [rows, columns] of an image, from 0 to 1. */
    private static double[] pixels(int image) {
        double[] pixels = new double[IMAGES.size()];
        Arrays.setAll(pixels, i -> (IMAGES.pixels()[image * pixels.length + i] & 0xff) / 255.0);
        return pixels;
    }

    @Test
    void whatFlowsThroughTheNetworkFollowsTheDefinition() {
        Batch batch = Batch.of(NETWORK, IMAGES, 0, 1, 2, 3, 4, 5);
        // Inputs of a batch are rounded to float32, 6e-8 of at most 1.2; an output sums up tens of them.
        double tolerance = 1e-6;
        try (ReferenceEngine engine = Small.engine(Small.RECIPE, 1)) {
            for (int n = 0; n < batch.size(); n++) {
                Definition definition = new Definition(NETWORK, engine.parameters64(), batch, n);
                Inspection.Activity activity = inspection.activity(pixels(n));
                assertLayer(definition.conv1, activity.conv1(), tolerance);
                assertLayer(definition.conv2, activity.conv2(), tolerance);
                for (int h = 0; h < NETWORK.hidden(); h++) {
                    assertEquals(Math.max(0, definition.fc1[h]), activity.hidden()[h], tolerance);
                }
                assertArrayEquals(definition.logits, activity.logits(), tolerance);
                assertArrayEquals(definition.logits, inspection.logits(pixels(n)), tolerance);
            }
        }
    }

    /** @param expected before ReLU: [channels][rows][columns] */
    private static void assertLayer(double[][][] expected, double[][] actual, double tolerance) {
        assertEquals(expected.length, actual.length);
        for (int k = 0; k < expected.length; k++) {
            double[] channel = Arrays.stream(expected[k])
                    .flatMapToDouble(Arrays::stream)
                    .map(v -> Math.max(0, v))
                    .toArray();
            assertArrayEquals(channel, actual[k], tolerance);
        }
    }

    @Test
    void poolingKeepsTheLargestOfEachWindow() {
        Inspection.Activity activity = inspection.activity(pixels(2));
        for (int k = 0; k < 5; k++) {
            double[] conv2 = activity.conv2()[k];
            for (int r = 0; r < 2; r++) {
                for (int c = 0; c < 3; c++) {
                    int at = 2 * r * 7 + 2 * c;
                    double largest =
                            Math.max(Math.max(conv2[at], conv2[at + 1]), Math.max(conv2[at + 7], conv2[at + 8]));
                    assertEquals(largest, activity.pooled()[k][3 * r + c]);
                }
            }
        }
    }

    @Test
    void gradientsByPixelsAreFiniteDifferences() {
        // Central differences of a function that is linear in pieces: cancellation leaves 1e-16 / h = 1e-10.
        double h = 1e-6;
        double[] weights = {1, -2, 0.5, 0};
        double[] pixels = pixels(4);
        double[] gradient = inspection.gradient(pixels, weights);
        assertEquals(pixels.length, gradient.length);
        int zeros = 0;
        for (int i : new Random(3).ints(40, 0, pixels.length).toArray()) {
            double[] more = pixels.clone();
            more[i] += h;
            double[] less = pixels.clone();
            less[i] -= h;
            double difference = (value(more, weights) - value(less, weights)) / (2 * h);
            assertEquals(difference, gradient[i], 1e-8, "pixel " + i);
            zeros += gradient[i] == 0 ? 1 : 0;
        }
        assertTrue(zeros < 20, "most pixels matter");
    }

    private double value(double[] pixels, double[] weights) {
        double[] logits = inspection.logits(pixels);
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
            sum += weights[k] * logits[k];
        }
        return sum;
    }
}
