package tandem.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tandem.lab.bench.Bench;
import tandem.lab.bench.BenchRow;
import tandem.lab.bench.BenchTables;
import tandem.lab.bench.Spread;
import tandem.lab.bench.Sweep;
import tandem.lab.bench.ToAccuracy;
import tandem.lab.page.Block;
import tandem.lab.page.Block.Axis;
import tandem.lab.page.Block.Bar;
import tandem.lab.page.Block.Bars;
import tandem.lab.page.Headline;
import tandem.lab.page.Numbers;
import tandem.lab.page.Page;
import tandem.lab.page.Section;
import tandem.lab.progress.Status;

/** The report of a bench: how fast each row trains and predicts, round by round, and how it came up to speed. */
final class BenchPage {
    private BenchPage() {}

    /** The page; commands are lines of command.txt. */
    static Page of(Bench bench, List<String> commands) {
        Page page = Page.of(
                "How fast is each engine?",
                About.subtitle(commands, "batches of " + bench.recipe().batchSize(), About.processor(bench.machine())),
                names(bench),
                result(bench, commands),
                rounds(bench),
                growth(bench),
                toAccuracy(bench.toAccuracy()));
        Headline headline = Headlines.of(bench);
        return headline == null ? page : page.with(headline);
    }

    private static List<String> names(Bench bench) {
        Set<String> names = new LinkedHashSet<>();
        bench.engines().forEach(row -> names.add(row.engine()));
        bench.sweeps().forEach(sweep -> names.addAll(sweep.engines()));
        if (bench.toAccuracy() != null) {
            bench.toAccuracy()
                    .engines()
                    .forEach(times -> names.add(times.engine().toString()));
        }
        return List.copyOf(names);
    }

    private static Section result(Bench bench, List<String> commands) {
        List<Block> blocks = new ArrayList<>();
        if (!bench.engines().isEmpty()) {
            blocks.add(Block.Table.of(BenchTables.speed(bench)));
            blocks.addAll(Bars.notEmpty(
                    new Bars("Train step", "ms", true, steps(bench)),
                    bars(bench, "Training", BenchRow::trainImagesPerSecond),
                    predictions(bench, 1),
                    predictions(bench, 64),
                    predictions(bench, 1000)));
        }
        bench.engines().stream()
                .filter(row -> row.status() != Status.DONE)
                .forEach(row ->
                        blocks.add(new Block.Note("%s: %s: %s".formatted(row.engine(), row.status(), row.failure()))));
        blocks.addAll(About.commands(commands));
        blocks.addAll(About.facts(bench.recipe(), null, bench.machine(), trained(bench)));
        return new Section("result", "Result", String.join(" ", BenchTables.notes(bench)), blocks);
    }

    /** A bench trains in turns, or until an accuracy is reached. */
    private static String trained(Bench bench) {
        List<String> parts = new ArrayList<>();
        if (!bench.engines().isEmpty() || !bench.sweeps().isEmpty()) {
            parts.add("%s of %s%s after the warm-up"
                    .formatted(
                            Numbers.of(bench.rounds(), "round"),
                            bench.sweeps().isEmpty() ? "" : "at most ",
                            Numbers.of(bench.steps(), "step")));
        }
        ToAccuracy goal = bench.toAccuracy();
        if (goal != null) {
            parts.add("at most %s to reach %s%%"
                    .formatted(Numbers.of(goal.epochs(), "epoch"), BenchTables.percent(goal.target())));
        }
        return String.join("; ", parts);
    }

    private static List<Bar> steps(Bench bench) {
        List<Bar> bars = new ArrayList<>();
        for (BenchRow row : bench.engines()) {
            Spread millis = row.millisPerStep();
            if (millis != null) {
                bars.add(new Bar(row.engine(), millis.median(), millis.p10(), millis.p90(), 2));
            }
        }
        return bars;
    }

    private static Bars predictions(Bench bench, int call) {
        String title = "Prediction, %s a call".formatted(Numbers.of(call, "image"));
        return bars(bench, title, row -> row.inferenceImagesPerSecond().get(call));
    }

    private static Bars bars(Bench bench, String title, Function<BenchRow, @Nullable Double> value) {
        return new Bars(title, "images/s", false, Bar.of(bench.engines(), BenchRow::engine, value, 0));
    }

    private static Section rounds(Bench bench) {
        List<BenchRow> measured = bench.engines().stream()
                .filter(row -> !row.roundMedians().isEmpty())
                .toList();
        List<Block> blocks = new ArrayList<>();
        // One round is the table's median once more.
        if (measured.stream().anyMatch(row -> row.roundMedians().size() > 1)) {
            blocks.add(lines(
                    "Every round",
                    "Median of a round's steps. A round in which all lines rise was a busy moment of the machine.",
                    "round",
                    measured,
                    BenchRow::roundMedians));
        }
        if (!measured.isEmpty()) {
            blocks.add(lines(
                    "Coming up to speed",
                    "Median of steps 1 to 10, 11 to 30, 31 to 100 and 101 to 300 of the warm-up.",
                    "part of the warm-up",
                    measured.stream().filter(row -> row.warmUp() != null).toList(),
                    row -> row.warmUp() == null ? List.of() : row.warmUp().millisPerStep()));
        }
        return new Section(
                "rounds",
                "Round by round",
                "All processes live through the whole measurement and take turns, so that background load reaches all"
                        + " engines alike.",
                blocks);
    }

    private static Block lines(
            String title,
            String note,
            String axis,
            List<BenchRow> rows,
            Function<BenchRow, ? extends List<? extends @Nullable Double>> values) {
        return new Block.Lines(
                title,
                note,
                false,
                Axis.linear(axis, ""),
                Axis.log("step", "ms"),
                rows.stream()
                        .map(row -> new Block.Line(row.engine(), Block.Style.MARKED, points(values.apply(row))))
                        .toList());
    }

    /** Values at 1, 2, and so on; what is not known has no point. */
    private static List<double[]> points(List<? extends @Nullable Double> values) {
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            Double value = values.get(i);
            if (value != null) {
                points.add(new double[] {i + 1, LossCurves.rounded(value)});
            }
        }
        return points;
    }

    /** How the cost grows: of each swept size what a terminal says, and the same as charts. */
    private static Section growth(Bench bench) {
        List<Block> blocks = new ArrayList<>();
        for (Sweep sweep : bench.sweeps()) {
            String by = ", by " + sweep.size();
            blocks.add(new Block.Note(String.join(" ", BenchTables.notes(sweep))));
            blocks.add(swept("Train step" + by, Axis.log("step", "ms"), sweep, BenchPage::median));
            blocks.add(swept("Training" + by, Axis.log("training", "images/s"), sweep, BenchRow::trainImagesPerSecond));
            blocks.add(swept("Peak memory" + by, Axis.linear("memory", "MiB"), sweep, BenchRow::peakMemoryMiB));
            String caption = "%s" + by + " (" + sweep.size().words() + ")";
            blocks.add(Block.Table.of(caption.formatted("Train step in ms"), BenchTables.sweptSteps(sweep)));
            blocks.add(Block.Table.of(caption.formatted("Training in images/s"), BenchTables.sweptImages(sweep)));
            blocks.add(Block.Table.of(caption.formatted("Peak memory in MiB"), BenchTables.sweptMemory(sweep)));
        }
        return new Section("growth", "How the cost grows", BenchTables.sweptHow(bench), blocks);
    }

    private static @Nullable Double median(BenchRow row) {
        return row.millisPerStep() == null ? null : row.millisPerStep().median();
    }

    private static Block swept(String title, Axis axis, Sweep sweep, Function<BenchRow, @Nullable Double> value) {
        List<Block.Line> lines = new ArrayList<>();
        for (String engine : sweep.engines()) {
            List<double[]> points = new ArrayList<>();
            for (Sweep.Point point : sweep.points()) {
                Double known = value.apply(point.row(engine));
                if (known != null && known > 0) {
                    points.add(new double[] {point.value(), known});
                }
            }
            lines.add(new Block.Line(engine, Block.Style.MARKED, points));
        }
        return new Block.Lines(title, null, false, Axis.log(sweep.size().toString(), ""), axis, lines);
    }

    private static Section toAccuracy(@Nullable ToAccuracy measured) {
        List<Block> blocks = new ArrayList<>();
        if (measured != null) {
            blocks.add(Block.Table.of(BenchTables.toAccuracy(measured)));
            StudyPage.dots(
                            "Seconds from nothing",
                            "s",
                            measured.engines(),
                            times -> times.engine().toString(),
                            ToAccuracy.Times::seconds)
                    .ifPresent(blocks::add);
        }
        return new Section(
                "accuracy",
                "Time to an accuracy",
                "Every engine and seed has its own process; loading, compiling, training and evaluating count.",
                blocks);
    }
}
