package tandem.lab.bench;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Require;

/**
 * How a worker's memory grows while it trains, in a process that does nothing else. What the garbage collector has not
 * looked at yet counts too, so some MiB are not a leak.
 *
 * @param earlyMiB resident after {@value #EARLY} steps
 * @param lateMiB resident after {@value #LATE} steps
 * @param perThousandSteps by how many MiB it grew, divided by the thousands of steps between
 */
public record MemoryGrowth(double earlyMiB, double lateMiB, double perThousandSteps) {
    /** Steps after which libraries have what they need: plans, pools, compiled code. */
    public static final int EARLY = 300;

    /** Steps of about three epochs. */
    public static final int LATE = 3000;

    /** @throws Failure if a value is out of its range */
    public MemoryGrowth {
        Require.positive("earlyMiB", earlyMiB);
        Require.positive("lateMiB", lateMiB);
    }

    /** Nothing where the system does not tell. */
    static Optional<MemoryGrowth> of(@Nullable Double early, @Nullable Double late) {
        return early == null || late == null
                ? Optional.empty()
                : Optional.of(new MemoryGrowth(early, late, (late - early) * 1000 / (LATE - EARLY)));
    }
}
