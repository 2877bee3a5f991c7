package tandem.lab.bench;

import java.time.Duration;

/**
 * When an engine counts as warm: libraries need steps to make their plans and pools, the JVM needs time to compile.
 *
 * @param steps at least this many
 * @param atLeast at least so long
 * @param atMost not longer, even if steps are missing
 */
public record WarmUpRule(int steps, Duration atLeast, Duration atMost) {
    /** Enough for every engine here: its later steps are no faster. */
    public static final WarmUpRule USUAL = new WarmUpRule(60, Duration.ofSeconds(6), Duration.ofSeconds(60));

    /**
     * For the many points of a sweep: pools and plans are made, and what is compiled after it does not change a table.
     */
    public static final WarmUpRule SHORT = new WarmUpRule(11, Duration.ofSeconds(3), Duration.ofSeconds(20));

    boolean enough(int stepsDone, double seconds) {
        return seconds >= atMost.toMillis() / 1e3 || stepsDone >= steps && seconds >= atLeast.toMillis() / 1e3;
    }
}
