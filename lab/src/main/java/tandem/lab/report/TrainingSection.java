package tandem.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import tandem.lab.report.Block.Axis;
import tandem.lab.report.Block.Line;
import tandem.lab.report.Block.Lines;
import tandem.lab.report.Block.Scale;
import tandem.lab.report.Block.Style;
import tandem.lab.worker.Event;

/** How losses fell and accuracies rose. */
final class TrainingSection {
    private static final Axis STEP = new Axis("step", "", Scale.LINEAR);
    private static final Axis EPOCH = new Axis("epoch", "", Scale.LINEAR);

    private TrainingSection() {}

    static Section of(ComparisonReport report) {
        List<EngineRun> runs = report.stepped();
        List<Block> blocks = new ArrayList<>();
        if (!runs.isEmpty()) {
            blocks.add(loss(runs));
            if (runs.size() > 1) {
                blocks.add(distance(runs));
            }
            if (!report.evaluated().isEmpty()) {
                blocks.add(epochs(
                        report.evaluated(), "Test accuracy", "accuracy", "%", epoch -> 100 * epoch.testAccuracy()));
                blocks.add(epochs(report.evaluated(), "Test loss", "loss", "", Event.Epoch::testLoss));
            }
            blocks.add(learningRate(runs));
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
        Curves curves = Curves.of(steps);
        List<Line> lines = new ArrayList<>();
        for (EngineRun run : runs) {
            lines.add(new Line(run.name(), null, Style.RAW, curves.raw(run.steps())));
        }
        for (EngineRun run : runs) {
            lines.add(new Line(run.name(), null, Style.PLAIN, curves.smooth(run.steps())));
        }
        String drawn = curves.group() == 1
                ? "Pale: every step."
                : "Pale: of every %d steps the smallest and the largest loss; no peak is left out."
                        .formatted(curves.group());
        return new Lines(
                "Training loss",
                "%s Strong: the mean of the last %s, or of as many as there are, taken over all of them."
                        .formatted(drawn, Numbers.of(curves.window(), "step")),
                true,
                STEP,
                new Axis("loss", "", Scale.LOG),
                lines,
                null,
                null);
    }

    private static Block distance(List<EngineRun> runs) {
        EngineRun first = runs.getFirst();
        List<Line> lines = new ArrayList<>();
        for (EngineRun run : runs.subList(1, runs.size())) {
            lines.add(new Line(run.name(), null, Style.PLAIN, Curves.distance(first.steps(), run.steps())));
        }
        return new Lines(
                "Distance of the loss from " + first.name(),
                "Absolute difference at the same step; of neighbouring steps the largest. It begins near 1e-7, one"
                        + " rounding of a 32-bit float, and grows until it is as large as a batch's own chance.",
                true,
                STEP,
                new Axis("distance", "", Scale.LOG),
                lines,
                null,
                null);
    }

    private static Block epochs(
            List<EngineRun> runs, String title, String name, String unit, ToDoubleFunction<Event.Epoch> value) {
        List<Line> lines = runs.stream()
                .map(run -> new Line(
                        run.name(),
                        null,
                        Style.MARKED,
                        run.result().epochs().stream()
                                .map(epoch -> new double[] {epoch.epoch(), value.applyAsDouble(epoch)})
                                .toList()))
                .toList();
        return new Lines(title, null, false, EPOCH, new Axis(name, unit, Scale.LINEAR), lines, null, null);
    }

    /** One line if all engines had the same, which the recipe sees to. */
    private static Block learningRate(List<EngineRun> runs) {
        List<EngineRun> longest = runs.stream()
                .sorted((a, b) -> b.steps().size() - a.steps().size())
                .toList();
        List<Event.Step> most = longest.getFirst().steps();
        boolean same = runs.stream().allMatch(run -> {
            for (int i = 0; i < run.steps().size(); i++) {
                if (run.steps().get(i).learningRate() != most.get(i).learningRate()) {
                    return false;
                }
            }
            return true;
        });
        List<Line> lines = same
                ? List.of(new Line(null, "all engines", Style.STEPS, Curves.learningRate(most)))
                : runs.stream()
                        .map(run -> new Line(run.name(), null, Style.STEPS, Curves.learningRate(run.steps())))
                        .toList();
        return new Lines(
                "Learning rate",
                same && runs.size() > 1 ? "The same for all engines, step by step." : null,
                false,
                STEP,
                new Axis("learning rate", "", Scale.LINEAR),
                lines,
                null,
                null);
    }
}
