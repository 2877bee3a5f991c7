package tandem.lab.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tandem.lab.compare.EngineResult;
import tandem.lab.page.Block;
import tandem.lab.page.Block.Axis;
import tandem.lab.page.Block.Bar;
import tandem.lab.page.Block.Bars;
import tandem.lab.page.Numbers;
import tandem.lab.page.Section;
import tandem.lab.statistics.Sample;
import tandem.lab.table.Column;
import tandem.lab.table.Table;
import tandem.worker.protocol.Event;

/** Times, rates and memory. */
final class SpeedSection {
    /** Accuracies somebody may wait for. */
    private static final double[] GOALS = {0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.992};

    private static final double HEADLINE = 0.99;
    private static final int ROWS = 4;

    private SpeedSection() {}

    static Section of(ComparisonReport report) {
        List<EngineRun> runs = report.runs();
        List<Block> blocks = new ArrayList<>();
        blocks.addAll(Bars.notEmpty(
                new Bars("Train step", "ms", true, bars(report.stepped(), SpeedSection::step)),
                new Bars("Training", "images/s", false, bars(report.evaluated(), SpeedSection::training)),
                new Bars("Prediction", "images/s", false, bars(runs, EngineResult::inferenceImagesPerSecond, 0)),
                new Bars("Start-up", "s", true, bars(runs, EngineResult::startupSeconds, 1)),
                new Bars("Peak memory", "MiB", true, bars(runs, EngineResult::peakMemoryMiB, 0))));
        if (!report.evaluated().isEmpty()) {
            blocks.add(accuracyOverTime(report.evaluated()));
            blocks.add(timeToAccuracy(report.evaluated()));
        }
        return new Section(
                "speed",
                "Speed and memory",
                "Lines across a bar span the tenth to the ninetieth percentile of all steps, the slow first ones"
                        + " included, or the slowest to the fastest epoch. Engines trained one after the other, so what"
                        + " else the machine did may have met one and not another; tandem bench lets them take turns.",
                blocks);
    }

    private static Bar step(EngineRun run) {
        Sample millis = Sample.of(run.steps().stream().map(Event.Step::millis).toList());
        return new Bar(run.name(), millis.median(), millis.percentile(10), millis.percentile(90), 2);
    }

    private static Bar training(EngineRun run) {
        Sample rates = Sample.of(
                run.result().epochs().stream().map(Event.Epoch::imagesPerSecond).toList());
        Double slowest = rates.size() > 1 ? rates.smallest() : null;
        Double fastest = rates.size() > 1 ? rates.largest() : null;
        double rate = Objects.requireNonNull(run.result().trainImagesPerSecond(), "an epoch is done");
        return new Bar(run.name(), rate, slowest, fastest, 0);
    }

    private static List<Bar> bars(List<EngineRun> runs, Function<EngineRun, Bar> bar) {
        return runs.stream().map(bar).toList();
    }

    private static List<Bar> bars(List<EngineRun> runs, Function<EngineResult, @Nullable Double> value, int decimals) {
        return Bar.of(runs, EngineRun::name, run -> value.apply(run.result()), decimals);
    }

    private static Block accuracyOverTime(List<EngineRun> runs) {
        List<Block.Line> lines = new ArrayList<>();
        boolean near = false;
        for (EngineRun run : runs) {
            List<double[]> points = new ArrayList<>();
            for (Event.Epoch epoch : run.result().epochs()) {
                points.add(new double[] {seconds(run.result(), epoch.epoch()), 100 * epoch.testAccuracy()});
                near |= epoch.testAccuracy() > HEADLINE - 0.02;
            }
            lines.add(new Block.Line(run.name(), Block.Style.MARKED, points));
        }
        return new Block.Lines(
                "Accuracy against time",
                "Start-up and training up to the end of each epoch, without evaluation. Up and to the left is better.",
                true,
                Axis.linear("seconds", "s"),
                Axis.linear("test accuracy", "%"),
                lines,
                null,
                near ? 100 * HEADLINE : null);
    }

    /** From process start to the end of an epoch, without evaluation. */
    private static double seconds(EngineResult result, int epoch) {
        return Objects.requireNonNullElse(result.startupSeconds(), 0.0)
                + result.epochs().stream()
                        .filter(e -> e.epoch() <= epoch)
                        .mapToDouble(Event.Epoch::seconds)
                        .sum();
    }

    /** The highest goals that somebody reached, and 99%. */
    private static Block timeToAccuracy(List<EngineRun> runs) {
        double best = runs.stream()
                .flatMap(run -> run.result().epochs().stream())
                .mapToDouble(Event.Epoch::testAccuracy)
                .max()
                .orElseThrow();
        double[] reached = Arrays.stream(GOALS).filter(goal -> goal <= best).toArray();
        TreeSet<Double> goals = new TreeSet<>();
        Arrays.stream(reached).skip(Math.max(0, reached.length - ROWS + 1)).forEach(goals::add);
        goals.add(HEADLINE);
        List<Column<EngineResult>> columns = new ArrayList<>();
        columns.add(Column.words("engine", "Engine", EngineResult::engine));
        for (double goal : goals) {
            String title = Numbers.of(100 * goal, 1).replace(".0", "") + "%";
            columns.add(Column.<EngineResult>numbers(title, title, "s", "%,.1f", result -> secondsTo(goal, result))
                    .best(Column.Best.SMALLEST));
        }
        return Block.Table.of(
                "Seconds until an epoch ends with so much test accuracy; a dash where none did. Only whole epochs count.",
                new Table<>(columns, runs.stream().map(EngineRun::result).toList()));
    }

    private static @Nullable Double secondsTo(double goal, EngineResult result) {
        return result.epochs().stream()
                .filter(epoch -> epoch.testAccuracy() >= goal)
                .findFirst()
                .map(epoch -> seconds(result, epoch.epoch()))
                .orElse(null);
    }
}
