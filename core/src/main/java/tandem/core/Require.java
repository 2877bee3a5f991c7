package tandem.core;

import org.jspecify.annotations.Nullable;

/**
 * What constructors of records ask of their components, so that no value out of its range goes further, wherever it
 * comes from: an option, a file that was damaged, or a program at the other end. What is null is not known, and fine.
 */
public final class Require {
    /** No time, rate or size that anybody measures is larger, and what is computed of two of them is finite. */
    private static final double LARGEST = 1e18;

    private Require() {}

    /**
     * Anything.
     *
     * @param range what the value must be, in words
     * @throws Failure if the condition does not hold
     */
    public static void that(boolean condition, String field, @Nullable Object value, String range) {
        if (!condition) {
            throw new Failure("%s is %s; it must be %s".formatted(field, value, range));
        }
    }

    /** @throws Failure if the value is not a finite float */
    public static void finite(String field, @Nullable Double value) {
        that(value == null || Math.abs(value) <= Float.MAX_VALUE, field, value, "a finite number");
    }

    /** @throws Failure if the value is less, larger than anything measured, or NaN */
    public static void atLeast(double least, String field, @Nullable Double value) {
        that(
                value == null || value >= least && value <= LARGEST,
                field,
                value,
                "a number from %s to %s".formatted(least, LARGEST));
    }

    /** @throws Failure if the value is not greater than 0, larger than anything measured, or NaN */
    public static void positive(String field, @Nullable Double value) {
        that(value == null || value > 0 && value <= LARGEST, field, value, "a number greater than 0, up to " + LARGEST);
    }

    /** @throws Failure if the value is less */
    public static void atLeast(long least, String field, long value) {
        that(value >= least, field, value, "at least " + least);
    }

    /** @throws Failure if the value is less than 0, greater than 1, or NaN */
    public static void share(String field, @Nullable Double value) {
        that(value == null || value >= 0 && value <= 1, field, value, "from 0 to 1");
    }

    /** @throws Failure if a confusion matrix is not square, of 2 to 256 classes, or a count is less than 0 */
    public static void confusion(String field, int @Nullable [][] counts) {
        if (counts == null) {
            return;
        }
        that(
                counts.length >= 2 && counts.length <= 256,
                field,
                "a matrix of " + counts.length + " rows",
                "a row and a column for each of 2 to 256 classes");
        for (int[] row : counts) {
            that(
                    row.length == counts.length,
                    field,
                    "a matrix of %s rows, one of which has %s counts".formatted(counts.length, row.length),
                    "square");
            for (int count : row) {
                that(count >= 0, field + "'s count", count, "at least 0");
            }
        }
    }
}
