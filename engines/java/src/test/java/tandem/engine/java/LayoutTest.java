package tandem.engine.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tandem.core.Network;

final class LayoutTest {
    /** 1,199,882 parameters have two accumulators each, and gradients of what a batch pooled: [64, 144, 64]. */
    @Test
    void whoOnlyPredictsHasNoRoomForGradientsAndAccumulators() {
        assertEquals(1_199_882, Network.SEED.parameterCount());
        Layout trains = new Layout(Network.SEED, 64, true, 2, 16, 2);
        Layout predicts = new Layout(Network.SEED, 64, false, 2, 16, 2);
        int saved = trains.floats - predicts.floats;
        int least = 2 * 1_199_882 + 64 * 144 * 64;
        // The small gradients of 16 groups are what is saved besides: 20,234 parameters and their padding.
        assertTrue(saved > least + 16 * 20_000 && saved < least + 18 * 25_000, "saved " + saved);
    }
}
