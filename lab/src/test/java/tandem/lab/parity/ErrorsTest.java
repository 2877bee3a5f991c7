package tandem.lab.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Distances on values small enough to compute by hand, and what one comparison makes of them. */
final class ErrorsTest {
    @Test
    void theLargestDifferenceCountsByTheLargestValueOnceThatExceedsOne() {
        assertEquals(0.5 / 4, Errors.largest(new float[] {1, -3.5f, 2}, new double[] {1, -4, 2.25}));
        assertEquals(0.25, Errors.largest(new float[] {0.25f, 0.5f}, new double[] {0.5, 0.5}));
        assertEquals(Double.NaN, Errors.largest(new float[] {Float.NaN, 0}, new double[] {0, 0}));
    }

    @Test
    void aNormIsEuclidean() {
        assertEquals(5, Errors.norm(new float[] {1, 1}, new double[] {4, 5}));
        assertEquals(5, Errors.norm(new double[] {-3, 4}));
        assertEquals(0.5, Errors.relative(new float[] {3, 4}, new double[] {6, 8}));
    }

    /** The update is (3, 4), which is 5 long; 7 is one off 6, and its rounding to float32 half of 2^-21. */
    @Test
    void anUpdateMayBeRoundedOnEachSide() {
        float[] before = {1, 2};
        double[] expected = {4, 6};
        assertEquals((1 - 0x1p-22) / 5, Errors.update(before, new float[] {4, 7}, expected, 1), 1e-16);
        assertEquals((1 - 0x1p-21) / 5, Errors.update(before, new float[] {4, 7}, expected, 2), 1e-16);
        assertEquals(0, Errors.update(before, new float[] {4, 6}, expected, 1));
        assertEquals(1, Errors.update(before, before, expected, 1), 1e-6, "an update that was lost");
        assertEquals(2, Errors.update(before, new float[] {-2, -2}, expected, 1), 1e-6, "one in the wrong direction");
    }

    @Test
    void whatHasNoScaleMustBeExact() {
        assertEquals(0, Errors.relative(0, 0));
        assertEquals(Double.POSITIVE_INFINITY, Errors.relative(1e-30, 0));
    }

    @Test
    void anErrorOfTheLimitPasses() {
        Check within = new Check(Quantity.LOSS, "loss", 1e-5, 1e-5);
        assertTrue(within.passed());
        assertEquals("loss         loss              error 1.0e-05, limit 1.0e-05", within.toString());
        Check beyond = new Check(Quantity.SQUARE_AVERAGE, "fc1.weight", 2e-4, 1e-4);
        assertFalse(beyond.passed());
        assertEquals("fc1.weight   square average    error 2.0e-04, limit 1.0e-04  <-- differs", beyond.toString());
        assertFalse(new Check(Quantity.LOSS, "loss", Double.NaN, 1e-5).passed());
    }
}
