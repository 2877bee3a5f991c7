package tandem.lab.statistics;

import java.util.function.IntToDoubleFunction;

/**
 * How many pairs a paired test needs. Power is computed with the central t distribution, shifted (Julious, Sample Sizes
 * for Clinical Trials, 2010, chapters 3 and 5; R's PowerTOST calls it {@code method = "shifted"}): with {@code se =
 * standardDeviation / sqrt(n)} and T the distribution of Student's t with n - 1 degrees of freedom,
 *
 * <ul>
 *   <li>the t test finds a difference d with probability {@code T(|d| / se - t(1 - alpha/2))};
 *   <li>two one-sided tests find it within the margin m with probability {@code T((m - d) / se - t(1 - alpha)) + T((m +
 *       d) / se - t(1 - alpha)) - 1}.
 * </ul>
 */
public final class SampleSize {
    /** The probability of a decision that is asked for. */
    public static final double POWER = 0.8;

    private SampleSize() {}

    /**
     * Smallest number of pairs with which one of the two tests decides with probability {@value #POWER}, if the true
     * difference and standard deviation are these.
     *
     * @param standardDeviation of the differences, greater than 0
     * @param margin greater than 0
     */
    public static int toDecide(double difference, double standardDeviation, double margin) {
        return smallest(n -> Math.max(
                ofT(n, difference, standardDeviation), ofEquivalence(n, difference, standardDeviation, margin)));
    }

    /** Probability that the paired t test finds a difference. */
    static double ofT(int n, double difference, double standardDeviation) {
        double error = standardDeviation / Math.sqrt(n);
        return Estimate.cumulative(
                Math.abs(difference) / error - Estimate.quantile(1 - PairedDifference.ALPHA / 2, n - 1), n - 1);
    }

    /** Probability that two one-sided tests find the difference within the margin. */
    static double ofEquivalence(int n, double difference, double standardDeviation, double margin) {
        double error = standardDeviation / Math.sqrt(n);
        double critical = Estimate.quantile(1 - PairedDifference.ALPHA, n - 1);
        return Estimate.cumulative((margin - difference) / error - critical, n - 1)
                + Estimate.cumulative((margin + difference) / error - critical, n - 1)
                - 1;
    }

    /** By bisection: power grows with n. */
    private static int smallest(IntToDoubleFunction power) {
        int high = 2;
        while (power.applyAsDouble(high) < POWER && high < 1 << 29) {
            high *= 2;
        }
        int low = Math.max(2, high / 2);
        while (low < high) {
            int middle = (low + high) / 2;
            if (power.applyAsDouble(middle) < POWER) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return high;
    }
}
