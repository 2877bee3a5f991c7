package tandem.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A bench as github-action-benchmark reads it ({@code tool: customSmallerIsBetter}): figures of which the smaller are
 * better.
 */
public final class ActionBenchmark {
    private ActionBenchmark() {}

    /**
     * A figure.
     *
     * @param range from the 10th to the 90th percentile, or null
     * @param extra the library that computed
     */
    public record Entry(
            String name,
            String unit,
            double value,
            @Nullable String range,
            @Nullable String extra) {}

    /** Train step, start-up and memory of each row, as far as they are known. */
    public static List<Entry> of(Bench bench) {
        List<Entry> entries = new ArrayList<>();
        for (BenchRow row : bench.engines()) {
            String library = row.library() == null ? null : row.library() + " " + row.libraryVersion();
            Spread millis = row.millisPerStep();
            if (millis != null) {
                entries.add(new Entry(
                        row.engine() + ": train step",
                        "ms",
                        millis.median(),
                        String.format(Locale.ROOT, "%.2f-%.2f", millis.p10(), millis.p90()),
                        library));
            }
            if (row.startupSeconds() != null) {
                entries.add(new Entry(row.engine() + ": start-up", "s", row.startupSeconds(), null, library));
            }
            if (row.peakMemoryMiB() != null) {
                entries.add(new Entry(row.engine() + ": peak memory", "MiB", row.peakMemoryMiB(), null, library));
            }
        }
        return entries;
    }
}
