package tandem.lab.bench;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Require;
import tandem.lab.statistics.Sample;

/**
 * How an engine came up to speed, apart from all rounds.
 *
 * @param steps taken before the rounds
 * @param seconds they took, with what it took to make the batches
 * @param millisPerStep median time inside the engine of steps 0 to 9, 10 to 29, 30 to 99 and 100 to 299; null where the
 *     warm-up ended before
 */
public record WarmUp(int steps, double seconds, List<@Nullable Double> millisPerStep) {
    /** @throws Failure if a value is out of its range */
    public WarmUp {
        Require.atLeast(0, "steps", steps);
        Require.atLeast(0.0, "seconds", seconds);
        Require.that(
                millisPerStep.size() == BOUNDS.length - 1,
                "millisPerStep",
                millisPerStep,
                "of %s parts".formatted(BOUNDS.length - 1));
        millisPerStep.forEach(millis -> Require.positive("millisPerStep", millis));
    }

    private static final int[] BOUNDS = {0, 10, 30, 100, 300};

    static WarmUp of(List<Double> millis, double seconds) {
        List<@Nullable Double> medians = new ArrayList<>();
        for (int i = 0; i + 1 < BOUNDS.length; i++) {
            List<Double> part =
                    millis.subList(Math.min(BOUNDS[i], millis.size()), Math.min(BOUNDS[i + 1], millis.size()));
            medians.add(part.isEmpty() ? null : Sample.of(part).median());
        }
        return new WarmUp(millis.size(), seconds, medians);
    }
}
