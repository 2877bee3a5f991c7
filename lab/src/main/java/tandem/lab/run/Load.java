package tandem.lab.run;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether other programs compute while something is measured. */
public final class Load {
    /** A load of more than so much of each core means that others compute, too. */
    private static final double BUSY = 0.5;

    private Load() {}

    /** How many threads wanted a processor in the minute before; null where the system does not tell. */
    public static @Nullable Double average() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? null : load;
    }

    /** A sentence, if the machine was too busy for its times to be compared. */
    public static Optional<String> warning(@Nullable Double average, int cores) {
        return average == null || average <= BUSY * cores
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "The machine was busy before (load %.1f on %d cores). That slows some engines more than others, so"
                                + " the order may change: measure again when it is quiet.",
                        average,
                        cores));
    }
}
