package tandem.lab.bench;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Require;
import tandem.lab.statistics.Sample;

/**
 * Where the middle of many values lies, and how far they reach.
 *
 * @param median the value in the middle
 * @param p10 a tenth of the values is smaller
 * @param p90 a tenth of the values is larger
 */
public record Spread(double median, double p10, double p90) {
    /** @throws Failure if a value is out of its range */
    public Spread {
        Require.atLeast(0.0, "p10", p10);
        Require.that(median >= p10, "median", median, "at least p10, " + p10);
        Require.that(p90 >= median, "p90", p90, "at least the median, " + median);
        Require.atLeast(0.0, "p90", p90);
    }

    /** The spread of values; null if there is none. */
    static @Nullable Spread of(Collection<Double> values) {
        if (values.isEmpty()) {
            return null;
        }
        Sample sample = Sample.of(values);
        return new Spread(sample.median(), sample.percentile(10), sample.percentile(90));
    }
}
