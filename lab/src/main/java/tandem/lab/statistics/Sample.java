package tandem.lab.statistics;

import java.util.Collection;
import org.hipparchus.stat.StatUtils;
import org.hipparchus.stat.descriptive.moment.StandardDeviation;
import org.hipparchus.stat.descriptive.rank.Percentile;
import org.hipparchus.stat.descriptive.rank.Percentile.EstimationType;
import org.jspecify.annotations.Nullable;

/** Measured values of one quantity, at least one. */
public final class Sample {
    /** Percentiles lie between neighbouring values as in R, NumPy and spreadsheets (Hyndman and Fan's type 7). */
    private static final Percentile PERCENTILE = new Percentile().withEstimationType(EstimationType.R_7);

    private final double[] values;

    private Sample(double[] values) {
        this.values = values;
    }

    /** @throws IllegalArgumentException if there is no value */
    public static Sample of(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("a sample has at least one value");
        }
        return new Sample(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** How many values. */
    public int size() {
        return values.length;
    }

    /** The middle value, or the mean of the two in the middle. */
    public double median() {
        return percentile(50);
    }

    /**
     * A value that a percentage of the values do not exceed.
     *
     * @param percent greater than 0, at most 100
     */
    public double percentile(double percent) {
        return PERCENTILE.copy().evaluate(values, percent);
    }

    /** The arithmetic mean. */
    public double mean() {
        return StatUtils.mean(values);
    }

    /** With n - 1 in the denominator; null for a single value, which has no spread. */
    public @Nullable Double standardDeviation() {
        return values.length == 1 ? null : new StandardDeviation().evaluate(values);
    }

    /** The smallest value. */
    public double smallest() {
        return StatUtils.min(values);
    }

    /** The largest value. */
    public double largest() {
        return StatUtils.max(values);
    }
}
