package tandem.app;

import com.github.freva.asciitable.ColumnData;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import tandem.lab.EngineResult.Status;
import tandem.lab.RunDirectory;
import tandem.lab.StopSignal;
import tandem.lab.bench.Bench;
import tandem.lab.bench.Row;
import tandem.lab.bench.Spread;
import tandem.lab.bench.ToAccuracy;
import tandem.lab.bench.ToAccuracy.Times;

/** The end of a bench on the screen: the tables, and where the files are. */
final class BenchReport {
    /** A row whose process used more than so much of a processor while it waited has disturbed the others. */
    private static final double DISTURBING = 0.05;

    /** A load of more than so much of each core means that others compute, too. */
    private static final double BUSY = 0.5;

    private BenchReport() {}

    /**
     * Prints the report.
     *
     * @param unavailableIsFine whether an engine that does not run here was not asked for by name
     * @return the exit code
     */
    static int print(Bench bench, RunDirectory directory, boolean unavailableIsFine, StopSignal stop) {
        if (!bench.engines().isEmpty()) {
            System.out.println();
            System.out.println(Tables.of(bench.engines(), speed(bench)));
            System.out.println();
            System.out.println(
                    "ms/step is the median (10th to 90th percentile) of %d rounds of %d steps, batch %d, %d %s."
                            .formatted(
                                    bench.rounds(),
                                    bench.steps(),
                                    bench.recipe().batchSize(),
                                    bench.threads(),
                                    bench.threads() == 1 ? "thread" : "threads"));
            notes(bench);
        }
        if (bench.toAccuracy() != null) {
            System.out.println();
            System.out.println(Tables.of(bench.toAccuracy().engines(), toAccuracy(bench.toAccuracy())));
        }
        System.out.println();
        System.out.println(directory.path());
        return exitCode(bench, unavailableIsFine, stop);
    }

    private static void notes(Bench bench) {
        if (Boolean.FALSE.equals(bench.sameInputs())) {
            System.out.println("Inputs: NOT identical for all engines; the figures do not compare.");
        }
        if (bench.loadAverage() != null
                && bench.loadAverage() > BUSY * bench.machine().cores()) {
            System.out.println(String.format(
                    Locale.ROOT,
                    "The machine was busy before (load %.1f on %d cores). That slows some engines more than others, so the"
                            + " order may change: measure again when it is quiet.",
                    bench.loadAverage(),
                    bench.machine().cores()));
        }
        for (Row row : bench.engines()) {
            if (row.waitingProcessorShare() != null && row.waitingProcessorShare() > DISTURBING) {
                System.out.println(String.format(
                        Locale.ROOT,
                        "%s used %.2f processors while it waited; that slowed the others.",
                        row.engine(),
                        row.waitingProcessorShare()));
            }
        }
    }

    private static List<ColumnData<Row>> speed(Bench bench) {
        List<ColumnData<Row>> columns = new ArrayList<>();
        columns.add(Tables.text("engine", Row::engine));
        if (bench.engines().stream().anyMatch(row -> row.status() != Status.DONE)) {
            columns.add(Tables.text("status", row -> row.status().toString()));
        }
        columns.add(Tables.right("ms/step", row -> spread(row.millisPerStep())));
        columns.add(Tables.number("images/s", "%,.0f", Row::trainImagesPerSecond));
        for (int call : List.of(1, 64, 1000)) {
            columns.add(Tables.number(
                    (call == 1 ? "inference/s at " : "at ") + call,
                    "%,.0f",
                    row -> row.inferenceImagesPerSecond().get(call)));
        }
        columns.add(Tables.number("start-up s", "%.1f", Row::startupSeconds));
        columns.add(Tables.number("peak MiB", "%,.0f", Row::peakMemoryMiB));
        columns.add(Tables.number("x fastest other", "%.2f", Row::ratioToFastestOther));
        return columns;
    }

    private static String spread(Spread spread) {
        return spread == null
                ? "-"
                : String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", spread.median(), spread.p10(), spread.p90());
    }

    private static List<ColumnData<Times>> toAccuracy(ToAccuracy measured) {
        List<ColumnData<Times>> columns = new ArrayList<>();
        columns.add(Tables.text("engine", times -> times.engine().toString()));
        if (measured.engines().stream().anyMatch(times -> times.status() != Status.DONE)) {
            columns.add(Tables.text("status", times -> times.status().toString()));
        }
        columns.add(Tables.right(
                "reached %s%%".formatted(percent(measured.target())),
                times -> "%d of %d".formatted(times.n(), measured.seeds().size())));
        columns.add(Tables.number("mean s", "%.1f", Times::mean));
        columns.add(Tables.number("sd", "%.1f", Times::standardDeviation));
        columns.add(Tables.number("median", "%.1f", Times::median));
        columns.add(Tables.right("min-max", BenchReport::range));
        columns.add(Tables.right(
                "epochs",
                times -> times.epochs().stream()
                        .map(Objects::toString)
                        .reduce((a, b) -> a + ", " + b)
                        .orElse("-")));
        return columns;
    }

    /** Without digits that say nothing: 99, 98.5. */
    private static String percent(double share) {
        return BigDecimal.valueOf(100 * share)
                .setScale(2, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String range(Times times) {
        return times.smallest() == null
                ? "-"
                : String.format(Locale.ROOT, "%.1f-%.1f", times.smallest(), times.largest());
    }

    private static int exitCode(Bench bench, boolean unavailableIsFine, StopSignal stop) {
        if (stop.raised()) {
            return 130;
        }
        List<Status> ends = new ArrayList<>();
        // A peer is welcome but no engine: the bench does not fail with it.
        bench.engines().stream().filter(row -> !row.peer()).map(Row::status).forEach(ends::add);
        if (bench.toAccuracy() != null) {
            bench.toAccuracy().engines().stream().map(Times::status).forEach(ends::add);
        }
        return ends.stream().allMatch(end -> end == Status.DONE || unavailableIsFine && end == Status.UNAVAILABLE)
                ? 0
                : 1;
    }
}
