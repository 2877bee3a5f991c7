package tandem.lab.statistics;

import java.util.Collection;
import java.util.Objects;
import org.hipparchus.distribution.continuous.TDistribution;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Require;

/**
 * A mean and how well it is known, if the values are independent and roughly normal. What cannot be said is null: the
 * mean of no values, the spread of a single one.
 *
 * @param n how many values
 * @param mean of the values
 * @param standardDeviation of the values, with n - 1 in the denominator
 * @param low lower end of the 95% interval of the mean, {@code mean - t(0.975, n - 1) standardDeviation / sqrt(n)}
 * @param high upper end
 */
public record Estimate(
        int n,
        @Nullable Double mean,
        @Nullable Double standardDeviation,
        @Nullable Double low,
        @Nullable Double high) {
    /** @throws Failure if a value is out of its range */
    public Estimate {
        Require.atLeast(0, "n", n);
        Require.that((mean == null) == (n == 0), "mean", mean, "known if there is a value, of which there are " + n);
        Require.finite("mean", mean);
        Require.that(
                (standardDeviation == null) == (n < 2),
                "standardDeviation",
                standardDeviation,
                "known if there are two values, of which there are " + n);
        Require.atLeast(0.0, "standardDeviation", standardDeviation);
        Require.that(
                (low == null) == (standardDeviation == null) && (high == null) == (standardDeviation == null),
                "the interval",
                low + " to " + high,
                "known if the standard deviation is");
        Require.that(
                low == null || high == null || mean == null || low <= mean && mean <= high,
                "mean",
                mean,
                "within its interval, %s to %s".formatted(low, high));
        Require.finite("low", low);
        Require.finite("high", high);
    }

    /** How often such intervals hold the true mean. */
    public static final double CONFIDENCE = 0.95;

    /** The estimate from values. */
    public static Estimate of(Collection<Double> values) {
        if (values.isEmpty()) {
            return new Estimate(0, null, null, null, null);
        }
        Sample sample = Sample.of(values);
        Double deviation = sample.standardDeviation();
        return deviation == null
                ? new Estimate(sample.size(), sample.mean(), null, null, null)
                : of(sample.size(), sample.mean(), deviation);
    }

    /**
     * The estimate from the values' moments.
     *
     * @param n at least 2
     */
    public static Estimate of(int n, double mean, double standardDeviation) {
        double half = quantile((1 + CONFIDENCE) / 2, n - 1) * standardDeviation / Math.sqrt(n);
        return new Estimate(n, mean, standardDeviation, mean - half, mean + half);
    }

    /** The mean, where there are values. */
    public double knownMean() {
        return Objects.requireNonNull(mean, "no values have no mean");
    }

    /** Half of the interval's width; null if there is none. */
    public @Nullable Double halfWidth() {
        return low == null || high == null ? null : (high - low) / 2;
    }

    /** Quantile of Student's t. */
    static double quantile(double probability, double degrees) {
        return new TDistribution(degrees).inverseCumulativeProbability(probability);
    }

    /** Probability of Student's t at most {@code t}. */
    static double cumulative(double t, double degrees) {
        return new TDistribution(degrees).cumulativeProbability(t);
    }
}
