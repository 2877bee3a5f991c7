package tandem.core;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The ends of every range, and what is next to them. */
class RequireTest {
    private static final double BELOW_ZERO = -Double.MIN_VALUE;

    private static void fine(Executable check) {
        assertDoesNotThrow(check);
    }

    private static void refused(String sentence, Executable check) {
        assertEquals(sentence, assertThrows(Failure.class, check).getMessage());
    }

    @Test
    void anything() {
        fine(() -> Require.that(true, "x", 1, "2"));
        refused("x is 1; it must be 2", () -> Require.that(false, "x", 1, "2"));
    }

    @Test
    void finiteFloats() {
        fine(() -> Require.finite("x", null));
        fine(() -> Require.finite("x", 0.0));
        fine(() -> Require.finite("x", (double) Float.MAX_VALUE));
        fine(() -> Require.finite("x", (double) -Float.MAX_VALUE));
        refused("x is NaN; it must be a finite number", () -> Require.finite("x", Double.NaN));
        refused("x is -Infinity; it must be a finite number", () -> Require.finite("x", Double.NEGATIVE_INFINITY));
        refused("x is 1.0E39; it must be a finite number", () -> Require.finite("x", 1e39));
    }

    @Test
    void numbersFromALeast() {
        String range = "; it must be a number from 2.5 to 1.0E18";
        fine(() -> Require.atLeast(2.5, "x", null));
        fine(() -> Require.atLeast(2.5, "x", 2.5));
        fine(() -> Require.atLeast(2.5, "x", 1e18));
        refused("x is 2.4" + range, () -> Require.atLeast(2.5, "x", 2.4));
        refused("x is 2.0E18" + range, () -> Require.atLeast(2.5, "x", 2e18));
        refused("x is NaN" + range, () -> Require.atLeast(2.5, "x", Double.NaN));
    }

    @Test
    void positiveNumbers() {
        String range = "; it must be a number greater than 0, up to 1.0E18";
        fine(() -> Require.positive("x", null));
        fine(() -> Require.positive("x", Double.MIN_VALUE));
        fine(() -> Require.positive("x", 1e18));
        refused("x is 0.0" + range, () -> Require.positive("x", 0.0));
        refused("x is -1.0" + range, () -> Require.positive("x", -1.0));
        refused("x is 2.0E18" + range, () -> Require.positive("x", 2e18));
        refused("x is NaN" + range, () -> Require.positive("x", Double.NaN));
    }

    @Test
    void wholeNumbers() {
        fine(() -> Require.atLeast(3, "x", 3));
        refused("x is 2; it must be at least 3", () -> Require.atLeast(3, "x", 2));
    }

    @Test
    void shares() {
        fine(() -> Require.share("x", null));
        fine(() -> Require.share("x", 0.0));
        fine(() -> Require.share("x", 1.0));
        refused("x is -4.9E-324; it must be from 0 to 1", () -> Require.share("x", BELOW_ZERO));
        refused("x is 1.0000000000000002; it must be from 0 to 1", () -> Require.share("x", Math.nextUp(1.0)));
        refused("x is NaN; it must be from 0 to 1", () -> Require.share("x", Double.NaN));
    }

    @Test
    void confusionMatrices() {
        fine(() -> Require.confusion("x", null));
        fine(() -> Require.confusion("x", new int[2][2]));
        fine(() -> Require.confusion("x", new int[256][256]));
        String classes = "; it must be a row and a column for each of 2 to 256 classes";
        refused("x is a matrix of 1 rows" + classes, () -> Require.confusion("x", new int[1][1]));
        refused("x is a matrix of 257 rows" + classes, () -> Require.confusion("x", new int[257][257]));
        refused(
                "x is a matrix of 2 rows, one of which has 3 counts; it must be square",
                () -> Require.confusion("x", new int[][] {{0, 1}, {2, 3, 4}}));
        refused("x's count is -1; it must be at least 0", () -> Require.confusion("x", new int[][] {{0, 1}, {-1, 0}}));
    }
}
