package tandem.lab.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import tandem.lab.page.Block;
import tandem.lab.page.Block.Axis;
import tandem.lab.page.Block.Line;
import tandem.lab.page.Block.Lines;
import tandem.lab.page.Block.Style;
import tandem.lab.page.Numbers;
import tandem.lab.page.Section;
import tandem.lab.statistics.Proportion;
import tandem.worker.protocol.Event;

/** How losses fell and accuracies rose. */
final class TrainingSection {
    private static final Axis STEP = Axis.linear("step", "");
    private static final Axis EPOCH = Axis.linear("epoch", "");

    private TrainingSection() {}

    static Section of(ComparisonReport report) {
        List<EngineRun> runs = report.stepped();
        List<Block> blocks = new ArrayList<>();
        if (!runs.isEmpty()) {
            blocks.add(loss(runs));
            if (runs.size() > 1) {
                blocks.add(distance(runs));
            }
            List<EngineRun> tested =
                    runs.stream().filter(run -> run.tests().size() > 1).toList();
            if (!tested.isEmpty()) {
                blocks.add(whileLearning(tested));
            }
            if (!report.evaluated().isEmpty()) {
                blocks.add(epochs(
                        report.evaluated(), "Test accuracy", "accuracy", "%", epoch -> 100 * epoch.testAccuracy()));
                blocks.add(epochs(report.evaluated(), "Test loss", "loss", "", Event.Epoch::testLoss));
            }
            if (runs.stream().anyMatch(run -> changes(run.steps()))) {
                blocks.add(learningRate(runs));
            }
        }
        return new Section(
                "training",
                "Training",
                runs.size() > 1
                        ? "Engines that compute the same start on one line: the loss of step 0 differs by rounding alone."
                                + " Training then magnifies rounding, so later losses part without anyone being wrong;"
                                + " what should stay alike is the course of the smooth lines. A line that runs"
                                + " elsewhere from the start is a fault. Choose engines in a legend to hide them."
                        : "The loss of every step, and how the test images fare after every epoch.",
                blocks);
    }

    private static Block loss(List<EngineRun> runs) {
        int steps = runs.stream().mapToInt(run -> run.steps().size()).max().orElseThrow();
        LossCurves curves = LossCurves.of(steps);
        List<Line> lines = new ArrayList<>();
        runs.forEach(run -> lines.add(new Line(run.name(), Style.RAW, curves.raw(run.steps()))));
        runs.forEach(run -> lines.add(new Line(run.name(), Style.PLAIN, curves.smooth(run.steps()))));
        String drawn = curves.group() == 1
                ? "Pale: every step."
                : "Pale: of every %s steps the smallest and the largest loss; no peak is left out."
                        .formatted(curves.group());
        return new Lines(
                "Training loss",
                "%s Strong: the mean of the last %s, or of as many as there are, taken over all of them."
                        .formatted(drawn, Numbers.of(curves.window(), "step")),
                true,
                STEP,
                Axis.log("loss", ""),
                lines);
    }

    private static Block distance(List<EngineRun> runs) {
        EngineRun first = runs.getFirst();
        List<Line> lines = runs.stream()
                .skip(1)
                .map(run -> new Line(run.name(), Style.PLAIN, LossCurves.distance(first.steps(), run.steps())))
                .toList();
        return new Lines(
                "Distance of the loss from " + first.name(),
                "Absolute difference at the same step; of neighbouring steps the largest. It begins near 1e-7, one"
                        + " rounding of a 32-bit float, and grows until it is as large as a batch's own chance.",
                true,
                STEP,
                Axis.log("distance", ""),
                lines);
    }

    private static Block epochs(
            List<EngineRun> runs, String title, String name, String unit, ToDoubleFunction<Event.Epoch> value) {
        List<Line> lines = new ArrayList<>();
        for (EngineRun run : runs) {
            List<double[]> points = run.result().epochs().stream()
                    .map(epoch -> new double[] {epoch.epoch(), value.applyAsDouble(epoch)})
                    .toList();
            lines.add(new Line(run.name(), Style.MARKED, points));
        }
        return runs.stream().allMatch(run -> run.result().epochs().size() == 1)
                ? dots(runs, title, unit, value)
                : new Lines(title, null, false, EPOCH, Axis.linear(name, unit), lines);
    }

    private static Block whileLearning(List<EngineRun> runs) {
        return new Lines(
                "Test accuracy while it learns",
                "On the first %s test images, the same for all engines; not counted as training time. One image is %s points."
                        .formatted(
                                Numbers.of(runs.getFirst().tests().getFirst().images()),
                                Numbers.of(
                                        100.0
                                                / runs.getFirst()
                                                        .tests()
                                                        .getFirst()
                                                        .images(),
                                        2)),
                true,
                STEP,
                Axis.linear("accuracy", "%"),
                runs.stream()
                        .map(run -> new Line(
                                run.name(),
                                Style.MARKED,
                                run.tests().stream()
                                        .map(test ->
                                                new double[] {test.step(), LossCurves.rounded(100 * test.testAccuracy())
                                                })
                                        .toList()))
                        .toList());
    }

    /**
     * After a single epoch: a dot for each engine, with the 95% interval of its accuracy, from the number of test
     * images.
     */
    private static Block dots(List<EngineRun> runs, String title, String unit, ToDoubleFunction<Event.Epoch> value) {
        List<Block.DotRow> rows = new ArrayList<>();
        boolean intervals = false;
        for (EngineRun run : runs) {
            double after = value.applyAsDouble(run.result().epochs().getFirst());
            Proportion accuracy = unit.equals("%") ? run.result().accuracy() : null;
            intervals |= accuracy != null;
            rows.add(new Block.DotRow(
                    run.name(),
                    null,
                    new double[] {LossCurves.rounded(after)},
                    LossCurves.rounded(after),
                    accuracy == null ? null : 100 * accuracy.low(),
                    accuracy == null ? null : 100 * accuracy.high()));
        }
        return new Block.Dots(
                title + " after the epoch",
                intervals ? "Lines are 95% intervals of one run's accuracy, from the number of test images." : null,
                unit,
                rows);
    }

    private static boolean changes(List<Event.Step> steps) {
        return steps.stream().mapToDouble(Event.Step::learningRate).distinct().count() > 1;
    }

    /** One line if all engines had the same, which the recipe sees to. */
    private static Block learningRate(List<EngineRun> runs) {
        List<Event.Step> most = runs.stream()
                .map(EngineRun::steps)
                .max(Comparator.comparing(List::size))
                .orElseThrow();
        boolean same = runs.stream().allMatch(run -> sameRates(run.steps(), most));
        List<Line> lines = same
                ? List.of(new Line(null, "all engines", Style.STEPS, LossCurves.learningRate(most)))
                : runs.stream()
                        .map(run -> new Line(run.name(), Style.STEPS, LossCurves.learningRate(run.steps())))
                        .toList();
        return new Lines(
                "Learning rate",
                same && runs.size() > 1 ? "The same for all engines, step by step." : null,
                false,
                STEP,
                Axis.linear("learning rate", ""),
                lines);
    }

    private static boolean sameRates(List<Event.Step> steps, List<Event.Step> most) {
        return IntStream.range(0, steps.size())
                .allMatch(i -> steps.get(i).learningRate() == most.get(i).learningRate());
    }
}
