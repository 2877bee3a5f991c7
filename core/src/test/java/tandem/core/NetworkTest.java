package tandem.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

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
}
