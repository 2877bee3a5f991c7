package tandem.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class EvaluationTest {
    /** By hand: softmax(1, 2, 3) = (0.09003057, 0.24472847, 0.66524096). */
    @Test
    void lossesOfOneImage() {
        float[] logits = {9, 9, 9, 1, 2, 3};
        assertEquals(-Math.log(0.24472847105479764), Loss.CROSS_ENTROPY.of(logits, 3, 3, 1), 1e-12);
        double z = Math.exp(0.09003057317038046) + Math.exp(0.24472847105479764) + Math.exp(0.6652409557748218);
        assertEquals(Math.log(z) - 0.24472847105479764, Loss.DOUBLE_SOFTMAX.of(logits, 3, 3, 1), 1e-12);
    }

    @Test
    void lossesOfLargeLogitsDoNotOverflow() {
        assertEquals(2000, Loss.CROSS_ENTROPY.of(new float[] {1000, -1000}, 0, 2, 1), 1e-9);
        assertEquals(Math.log(1 + Math.E), Loss.DOUBLE_SOFTMAX.of(new float[] {1000, -1000}, 0, 2, 1), 1e-12);
    }
}
