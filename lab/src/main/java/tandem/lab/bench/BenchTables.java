package tandem.lab.bench;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tandem.lab.bench.ToAccuracy.Times;
import tandem.lab.page.Numbers;
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
                    .best(Best.LARGEST)
                    .asExtra());
        }
        columns.add(Column.numbers("start-up s", "Start-up", "s", "%,.1f", BenchRow::startupSeconds)
                .best(Best.SMALLEST)
                .asExtra());
        columns.add(Column.numbers("peak MiB", "Peak memory", "MiB", "%,.0f", BenchRow::peakMemoryMiB)
                .best(Best.SMALLEST)
                .asExtra());
        if (bench.growth()) {
            // Not an extra one, which a narrow terminal leaves out: it was asked for.
            columns.add(Column.numbers(
                    "grows by",
                    "Memory grows by",
                    "MiB a thousand steps",
                    "%,.1f",
                    row -> row.memoryGrowth() == null
                            ? null
                            : row.memoryGrowth().perThousandSteps()));
        }
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

    /** A share as a percentage without digits that say nothing: 99, 98.5. */
    public static String percent(double share) {
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

    /** Milliseconds a step: a row for each engine, a column for each value. */
    public static Table<String> sweptSteps(Sweep sweep) {
        return swept(
                "ms/step",
                sweep,
                Best.SMALLEST,
                row -> row.millisPerStep() == null ? null : row.millisPerStep().median());
    }

    /** Images a second in training: a row for each engine, a column for each value. */
    public static Table<String> sweptImages(Sweep sweep) {
        return swept("images/s", sweep, Best.LARGEST, BenchRow::trainImagesPerSecond);
    }

    /** Peak memory in MiB: a row for each engine, a column for each value. */
    public static Table<String> sweptMemory(Sweep sweep) {
        return swept("peak MiB", sweep, Best.SMALLEST, BenchRow::peakMemoryMiB);
    }

    private static Table<String> swept(
            String what, Sweep sweep, Best best, Function<BenchRow, @Nullable Double> value) {
        List<Column<String>> columns = new ArrayList<>();
        columns.add(Column.words(what, "Engine", engine -> engine));
        for (Sweep.Point point : sweep.points()) {
            String header = String.format(Locale.ROOT, "%,d", point.value());
            columns.add(new Column<>(
                    header,
                    header,
                    null,
                    true,
                    null,
                    "",
                    false,
                    best,
                    engine -> value.apply(point.row(engine)),
                    engine -> digits(value.apply(point.row(engine)))));
        }
        return new Table<>(columns, sweep.engines());
    }

    /** Three digits or more: 0.482, 5.04, 31.2, 12,700. */
    private static @Nullable String digits(@Nullable Double value) {
        if (value == null) {
            return null;
        }
        int decimals = value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    /** Which engine is the fastest at which values, and what is missing: a sentence each. */
    public static List<String> notes(Sweep sweep) {
        List<String> sentences = new ArrayList<>();
        List<Sweep.Point> points = sweep.points();
        for (int first = 0; first < points.size(); ) {
            Optional<Fastest> fastest = fastest(points.get(first));
            int end = first + 1;
            while (end < points.size() && fastest(points.get(end)).equals(fastest)) {
                end++;
            }
            List<Sweep.Point> same = points.subList(first, end);
            fastest.ifPresent(row -> sentences.add(fastest(sweep.size(), row.engine, same)));
            first = end;
        }
        for (Sweep.Point point : points) {
            if (Boolean.FALSE.equals(point.sameInputs())) {
                sentences.add("%s %s: inputs are NOT identical for all engines; the figures do not compare."
                        .formatted(sweep.size(), point.value()));
            }
            for (BenchRow row : point.engines()) {
                if (row.status() != Status.DONE) {
                    sentences.add("%s %s: %s: %s: %s"
                            .formatted(sweep.size(), point.value(), row.engine(), row.status(), row.failure()));
                }
            }
        }
        return sentences;
    }

    /** An engine, and whether there is another to compare it with. */
    private record Fastest(String engine, boolean compared) {}

    private static Optional<Fastest> fastest(Sweep.Point point) {
        return point.engines().stream()
                .filter(row -> row.millisPerStep() != null)
                .min(Comparator.comparingDouble(
                        row -> Objects.requireNonNull(row.millisPerStep()).median()))
                .map(row -> new Fastest(row.engine(), row.ratioToFastestOther() != null));
    }

    /** The ratio is to another engine: variants are of the same one. */
    private static String fastest(Sweep.Size size, String engine, List<Sweep.Point> points) {
        String values = points.stream()
                .map(point -> String.format(Locale.ROOT, "%,d", point.value()))
                .collect(Collectors.joining(", "));
        double[] ratios = points.stream()
                .map(point -> point.row(engine).ratioToFastestOther())
                .filter(Objects::nonNull)
                .mapToDouble(ratio -> ratio)
                .sorted()
                .toArray();
        String times = ratios.length == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        ratios[0] == ratios[ratios.length - 1]
                                ? ", %.2f times as fast as the fastest other engine"
                                : ", %.2f to %.2f times as fast as the fastest other engine",
                        ratios[0],
                        ratios[ratios.length - 1]);
        return "%s %s: %s is the fastest%s.".formatted(size, values, engine, times);
    }

    /** How a sweep was measured. */
    public static String sweptHow(Bench bench) {
        return "ms/step is the median of %s of each engine, taken in turns, of up to %s steps or half a second; every point has its own process."
                .formatted(Numbers.of(bench.rounds(), "round"), bench.steps());
    }

    /** What was measured, and what may have disturbed it: a sentence each. */
    public static List<String> notes(Bench bench) {
        List<String> sentences = new ArrayList<>();
        if (!bench.engines().isEmpty()) {
            boolean all = bench.engines().stream().noneMatch(row -> row.status() == Status.INTERRUPTED);
            sentences.add("ms/step is the median (10th to 90th percentile) of %s%s of %s, batch %s, %s."
                    .formatted(
                            all ? "" : "up to ",
                            Numbers.of(bench.rounds(), "round"),
                            Numbers.of(bench.steps(), "step"),
                            bench.recipe().batchSize(),
                            Numbers.of(bench.threads(), "thread")));
        }
        if (bench.growth()) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "grows by: MiB a thousand steps, from what is resident after %d and after %,d steps of a process that"
                            + " only trains.",
                    MemoryGrowth.EARLY,
                    MemoryGrowth.LATE));
        }
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
