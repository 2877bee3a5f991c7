package tandem.lab.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Function;
import tandem.lab.EngineResult;
import tandem.lab.Sample;
import tandem.lab.report.Block.Axis;
import tandem.lab.report.Block.Bar;
import tandem.lab.report.Block.Scale;
import tandem.lab.worker.Event;

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
        blocks.add(new Block.Bars(
                "Train step",
                "ms",
                true,
                report.stepped().stream().map(SpeedSection::step).toList()));
        blocks.add(new Block.Bars(
                "Training",
                "images/s",
                false,
                report.evaluated().stream().map(SpeedSection::training).toList()));
        blocks.add(bars(runs, "Prediction", "images/s", false, 0, EngineResult::inferenceImagesPerSecond));
        blocks.add(bars(runs, "Start-up", "s", true, 1, EngineResult::startupSeconds));
        blocks.add(bars(runs, "Peak memory", "MiB", true, 0, EngineResult::peakMemoryMiB));
        blocks.removeIf(block -> ((Block.Bars) block).bars().isEmpty());
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
        return new Bar(
                run.name(),
                millis.median(),
                millis.percentile(10),
                millis.percentile(90),
                Numbers.of(millis.median(), 2));
    }

    private static Bar training(EngineRun run) {
        Sample rates = Sample.of(
                run.result().epochs().stream().map(Event.Epoch::imagesPerSecond).toList());
        double rate = ResultSection.imagesPerSecond(run.result());
        boolean several = rates.size() > 1;
        return new Bar(
                run.name(),
                rate,
                several ? rates.smallest() : null,
                several ? rates.largest() : null,
                Numbers.of(rate, 0));
    }

    private static Block bars(
            List<EngineRun> runs,
            String title,
            String unit,
            boolean lower,
            int decimals,
            Function<EngineResult, Double> value) {
        return new Block.Bars(
                title,
                unit,
                lower,
                runs.stream()
                        .filter(run -> value.apply(run.result()) != null)
                        .map(run -> new Bar(
                                run.name(),
                                value.apply(run.result()),
                                null,
                                null,
                                Numbers.of(value.apply(run.result()), decimals)))
                        .toList());
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
            lines.add(new Block.Line(run.name(), null, Block.Style.MARKED, points));
        }
        return new Block.Lines(
                "Accuracy against time",
                "Start-up and training up to the end of each epoch, without evaluation. Up and to the left is better.",
                true,
                new Axis("seconds", "s", Scale.LINEAR),
                new Axis("test accuracy", "%", Scale.LINEAR),
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
        TreeSet<Double> goals = new TreeSet<>(Comparator.reverseOrder());
        for (double goal : GOALS) {
            if (goal <= best) {
                goals.add(goal);
            }
        }
        while (goals.size() >= ROWS) {
            goals.pollLast();
        }
        goals.add(HEADLINE);
        List<EngineResult> results = runs.stream().map(EngineRun::result).toList();
        List<List<Block.Cell>> columns = goals.reversed().stream()
                .map(goal -> ResultSection.column(results, result -> reached(result, goal), 1, 1, false))
                .toList();
        List<Block.Row> rows = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            int row = i;
            rows.add(new Block.Row(
                    runs.get(i).name(),
                    null,
                    columns.stream().map(column -> column.get(row)).toList()));
        }
        return new Block.Table(
                "Seconds until an epoch ends with so much test accuracy; a dash where none did. Only whole epochs count.",
                "Engine",
                goals.reversed().stream()
                        .map(goal -> new Block.Column(Numbers.of(100 * goal, 1).replace(".0", "") + "%", "s", true))
                        .toList(),
                rows);
    }

    private static Double reached(EngineResult result, double goal) {
        return result.epochs().stream()
                .filter(epoch -> epoch.testAccuracy() >= goal)
                .findFirst()
                .map(epoch -> seconds(result, epoch.epoch()))
                .orElse(null);
    }
}
