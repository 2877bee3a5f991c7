package tandem.lab.bench;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tandem.lab.bench.ToAccuracy.Times;
import tandem.lab.progress.Status;
import tandem.lab.table.Column;
import tandem.lab.table.Column.Best;
import tandem.lab.table.Column.Medium;
import tandem.lab.table.Table;

/** The tables of a bench, and what must be said beside them. */
public final class BenchTables {
    /** A row whose process used more than so much of a processor while it waited has disturbed the others. */
    private static final double DISTURBING = 0.05;

    /** A load of more than so much of each core means that others compute, too. */
    private static final double BUSY = 0.5;

    private BenchTables() {}

    /** A row for each engine, variant and peer. */
    public static Table<BenchRow> speed(Bench bench) {
        List<Column<BenchRow>> columns = new ArrayList<>();
        columns.add(Column.words("engine", "Engine", BenchRow::engine));
        if (bench.engines().stream().anyMatch(row -> row.status() != Status.DONE)) {
            columns.add(Column.words("status", "Status", BenchRow::status).only(Medium.TERMINAL));
        }
        columns.add(
                Column.figures("ms/step", "Train step", "ms, median (10% to 90%)", row -> spread(row.millisPerStep())));
        columns.add(Column.numbers("images/s", "Training", "images/s", "%,.0f", BenchRow::trainImagesPerSecond)
                .best(Best.LARGEST));
        for (int call : List.of(1, 64, 1000)) {
            columns.add(Column.<BenchRow>numbers(
                            (call == 1 ? "inference/s at " : "at ") + call,
                            "Prediction",
                            "images/s, %s a call".formatted(call),
                            "%,.0f",
                            row -> row.inferenceImagesPerSecond().get(call))
                    .best(Best.LARGEST));
        }
        columns.add(Column.numbers("start-up s", "Start-up", "s", "%,.1f", BenchRow::startupSeconds)
                .best(Best.SMALLEST));
        columns.add(Column.numbers("peak MiB", "Peak memory", "MiB", "%,.0f", BenchRow::peakMemoryMiB)
                .best(Best.SMALLEST));
        columns.add(
                Column.numbers("x fastest other", "Against", "x fastest other", "%.2f", BenchRow::ratioToFastestOther));
        columns.add(Column.<BenchRow>words(
                        "library",
                        "Library",
                        row -> row.library() == null ? null : row.library() + " " + row.libraryVersion())
                .only(Medium.PAGE));
        return new Table<>(columns, bench.engines());
    }

    private static @Nullable String spread(@Nullable Spread spread) {
        return spread == null
                ? null
                : String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", spread.median(), spread.p10(), spread.p90());
    }

    /** A row for each engine's trials to an accuracy. */
    public static Table<Times> toAccuracy(ToAccuracy measured) {
        List<Column<Times>> columns = new ArrayList<>();
        columns.add(Column.words("engine", "Engine", Times::engine));
        if (measured.engines().stream().anyMatch(times -> times.status() != Status.DONE)) {
            columns.add(Column.words("status", "Status", Times::status).only(Medium.TERMINAL));
        }
        String target = "eached %s%%".formatted(percent(measured.target()));
        columns.add(Column.figures(
                "r" + target,
                "R" + target,
                null,
                times -> "%s of %s".formatted(times.n(), measured.seeds().size())));
        columns.add(Column.numbers("mean s", "Mean", "s", "%,.1f", Times::mean).best(Best.SMALLEST));
        columns.add(Column.numbers("sd", "Standard deviation", "s", "%,.1f", Times::standardDeviation));
        columns.add(
                Column.numbers("median", "Median", "s", "%,.1f", Times::median).best(Best.SMALLEST));
        columns.add(Column.figures("min-max", "Smallest to largest", "s", BenchTables::range));
        columns.add(Column.figures("epochs", "Epochs", "by seed", BenchTables::epochs));
        return new Table<>(columns, measured.engines());
    }

    /** Without digits that say nothing: 99, 98.5. */
    private static String percent(double share) {
        return BigDecimal.valueOf(100 * share)
                .setScale(2, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static @Nullable String epochs(Times times) {
        return times.epochs().isEmpty()
                ? null
                : times.epochs().stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static @Nullable String range(Times times) {
        return times.smallest() == null
                ? null
                : String.format(Locale.ROOT, "%,.1f-%,.1f", times.smallest(), times.largest());
    }

    /** What was measured, and what may have disturbed it: a sentence each. */
    public static List<String> notes(Bench bench) {
        List<String> sentences = new ArrayList<>();
        sentences.add("ms/step is the median (10th to 90th percentile) of %s rounds of %s steps, batch %s, %s %s."
                .formatted(
                        bench.rounds(),
                        bench.steps(),
                        bench.recipe().batchSize(),
                        bench.threads(),
                        bench.threads() == 1 ? "thread" : "threads"));
        if (Boolean.FALSE.equals(bench.sameInputs())) {
            sentences.add("Inputs: NOT identical for all engines; the figures do not compare.");
        }
        if (bench.loadAverage() != null
                && bench.loadAverage() > BUSY * bench.machine().cores()) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "The machine was busy before (load %.1f on %d cores). That slows some engines more than others, so the"
                            + " order may change: measure again when it is quiet.",
                    bench.loadAverage(),
                    bench.machine().cores()));
        }
        for (BenchRow row : bench.engines()) {
            if (row.waitingProcessorShare() != null && row.waitingProcessorShare() > DISTURBING) {
                sentences.add(String.format(
                        Locale.ROOT,
                        "%s used %.2f processors while it waited; that slowed the others.",
                        row.engine(),
                        row.waitingProcessorShare()));
            }
        }
        return sentences;
    }
}
