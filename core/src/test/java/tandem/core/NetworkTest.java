package tandem.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NetworkTest {
    /** The count that Keras' and PyTorch's summaries of the seed's network print. */
    @Test
    void theSeedHasItsParameters() {
        assertEquals(1_199_882, Network.SEED.parameterCount());
        assertEquals(9216, Network.SEED.features());
        assertEquals(
                "conv2.weight [64, 32, 3, 3]", Network.SEED.parameters().get(2).toString());
    }

    @Test
    void oddRowsAndColumnsAreDroppedByPooling() {
        Network network = Network.SEED.forImages(11, 8, 3);
        assertEquals(3, network.pooledRows());
        assertEquals(2, network.pooledColumns());
        assertEquals(64 * 6, network.features());
    }

    @Test
    void refusesImagesThatArePooledToNothing() {
        assertEquals(
                "images of 5x28 pixels are too small for the network; it needs at least 6x6",
                assertThrows(Failure.class, () -> Network.SEED.forImages(5, 28, 10))
                        .getMessage());
    }

    @Test
    void sizesAtTheirLeastAreTakenAndSmallerOnesRefused() {
        Network least = new Network(6, 6, 2, 1, 1, 1, 0, 0);
        assertEquals(1, least.pooledRows());
        assertEquals(1, least.pooledColumns());
        assertEquals(1, least.pooledPositions());
        assertEquals(1, least.features());
        refused("images of 6x5 pixels are too small for the network; it needs at least 6x6", 6, 5, 2, 1, 1, 1, 0, 0);
        refused("images of 5x6 pixels are too small for the network; it needs at least 6x6", 5, 6, 2, 1, 1, 1, 0, 0);
        refused("network.classes is 1; it must be at least 2", 6, 6, 1, 1, 1, 1, 0, 0);
        refused("network.conv1 is 0; it must be at least 1", 6, 6, 2, 0, 1, 1, 0, 0);
        refused("network.conv2 is 0; it must be at least 1", 6, 6, 2, 1, 0, 1, 0, 0);
        refused("network.hidden is 0; it must be at least 1", 6, 6, 2, 1, 1, 0, 0, 0);
    }

    @Test
    void probabilitiesAreMultiplesOf256thsBelowOne() {
        Network network = new Network(6, 6, 2, 1, 1, 1, 255 / 256.0, 1 / 256.0);
        assertEquals(0.99609375, network.dropout1());
        assertEquals(0.00390625, network.dropout2());
        String rest = "; it must be a multiple of 1/256 from 0 up to, not including, 1";
        refused("network.dropout1 is 1.0" + rest, 6, 6, 2, 1, 1, 1, 1, 0);
        refused("network.dropout2 is 1.0" + rest, 6, 6, 2, 1, 1, 1, 0, 1);
        refused("network.dropout1 is -0.00390625" + rest, 6, 6, 2, 1, 1, 1, -1 / 256.0, 0);
        refused("network.dropout2 is 0.001953125" + rest, 6, 6, 2, 1, 1, 1, 0, 1 / 512.0);
        refused("network.dropout2 is NaN" + rest, 6, 6, 2, 1, 1, 1, 0, Double.NaN);
    }

    private static void refused(
            String sentence,
            int rows,
            int columns,
            int classes,
            int conv1,
            int conv2,
            int hidden,
            double dropout1,
            double dropout2) {
        assertEquals(
                sentence,
                assertThrows(
                                Failure.class,
                                () -> new Network(rows, columns, classes, conv1, conv2, hidden, dropout1, dropout2))
                        .getMessage());
    }

    /** Each size is another number, so that none stands for another. */
    @Test
    void shapesOfParameters() {
        assertEquals(
                "[conv1.weight [3, 1, 3, 3], conv1.bias [3], conv2.weight [5, 3, 3, 3], conv2.bias [5], "
                        + "fc1.weight [7, 20], fc1.bias [7], fc2.weight [4, 7], fc2.bias [4]]",
                new Network(8, 9, 4, 3, 5, 7, 0, 0).parameters().toString());
        assertEquals(
                new Network(10, 12, 6, 3, 5, 7, 0.25, 0.5),
                new Network(8, 9, 4, 3, 5, 7, 0.25, 0.5).forImages(10, 12, 6));
    }

    /**
     * The largest size that is allowed, in pixels, classes and units, and the tensor that is too large with one more.
     */
    @ParameterizedTest
    @CsvSource({
        "16384, 16384, 2, 1, 1, 1, images",
        "4096, 4096, 2, 1, 16, 1, activations of conv2",
        "6, 6, 2, 5461, 5461, 1, conv2.weight",
        "28, 20, 2, 1, 64, 43690, fc1.weight",
        "20, 28, 2, 1, 64, 43690, fc1.weight",
        "6, 6, 16384, 1, 1, 16384, fc2.weight"
    })
    void noTensorHasMoreThanTwoToTheTwentyEighthValues(
            int rows, int columns, int classes, int conv1, int conv2, int hidden, String tensor) {
        assertEquals(rows, new Network(rows, columns, classes, conv1, conv2, hidden, 0, 0).rows());
        boolean byPixels = tensor.equals("images") || tensor.equals("activations of conv2");
        String sentence = assertThrows(
                        Failure.class,
                        () -> new Network(
                                byPixels ? rows + 1 : rows,
                                columns,
                                tensor.equals("fc2.weight") ? classes + 1 : classes,
                                conv1,
                                tensor.equals("conv2.weight") ? conv2 + 1 : conv2,
                                tensor.equals("fc1.weight") ? hidden + 1 : hidden,
                                0,
                                0))
                .getMessage();
        assertTrue(sentence.startsWith("the network's %s would have ".formatted(tensor)), sentence);
    }
}
