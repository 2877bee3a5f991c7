package tandem.lab.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import tandem.lab.EngineResult;
import tandem.lab.EngineResult.Status;
import tandem.lab.Machine;

/** The table of all engines, what they ran on, and how to run it again. */
final class ResultSection {
    private ResultSection() {}

    static String title(ComparisonReport report) {
        List<EngineRun> runs = report.runs();
        return runs.size() == 1
                ? "%s on %s"
                        .formatted(
                                runs.getFirst().name(),
                                About.dataset(report.comparison().recipe()))
                : "%d engines, one network, %s"
                        .formatted(
                                runs.size(), About.dataset(report.comparison().recipe()));
    }

    static String subtitle(ComparisonReport report) {
        Machine machine = report.comparison().machine();
        List<String> parts = new ArrayList<>();
        parts.add(Numbers.of(report.comparison().recipe().epochs(), "epoch"));
        parts.add("batches of " + report.comparison().recipe().batchSize());
        parts.add(About.processor(machine));
        parts.addAll(About.when(report.commands()));
        return String.join(", ", parts);
    }

    static Section of(ComparisonReport report) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Table(null, "Engine", columns(), rows(report)));
        for (EngineRun run : report.runs()) {
            EngineResult result = run.result();
            if (result.status() != Status.DONE) {
                blocks.add(new Block.Note("%s %s: %s"
                        .formatted(
                                run.name(),
                                result.status() == Status.UNAVAILABLE
                                        ? "cannot run here"
                                        : result.status() == Status.INTERRUPTED ? "was interrupted" : "failed",
                                result.failure())));
            }
        }
        blocks.addAll(About.commands(report.commands()));
        blocks.add(About.recipe(report.comparison().recipe(), report.images()));
        blocks.add(About.machine(report.comparison().machine()));
        return new Section("result", "Result", text(report), blocks);
    }

    private static String text(ComparisonReport report) {
        List<String> sentences = new ArrayList<>();
        report.runs().stream()
                .filter(run -> run.result().millisPerStepMedian() != null)
                .min(Comparator.comparing(run -> run.result().millisPerStepMedian()))
                .ifPresent(fastest -> {
                    Double ratio = report.comparison().ratioToFastestOther(fastest.result());
                    if (ratio != null) {
                        sentences.add("%s takes the shortest steps: %s times as fast as the next engine."
                                .formatted(fastest.name(), Numbers.of(ratio, 2)));
                    }
                });
        double[] accuracies = report.done().stream()
                .mapToDouble(run -> run.result().testAccuracy())
                .sorted()
                .toArray();
        if (accuracies.length > 1) {
            sentences.add("Test accuracies lie within %s points of each other."
                    .formatted(Numbers.percent(accuracies[accuracies.length - 1] - accuracies[0])));
            sentences.add("One run ranks nothing by accuracy: another seed moves each engine by about as much;"
                    + " many seeds answer that question (tandem study).");
        }
        Boolean same = report.comparison().agreement().sameInputs();
        if (same != null) {
            sentences.add(
                    same
                            ? "All engines had the same initial parameters, images, order and dropout masks,"
                                    + " proved by fingerprints."
                            : "The engines did NOT have the same inputs: see \"agreement\" in comparison.json.");
        }
        if (report.runs().size() > 1) {
            sentences.add("A dot marks the best of a column.");
        }
        return String.join(" ", sentences);
    }

    private static List<Block.Column> columns() {
        return List.of(
                new Block.Column("Test accuracy", "%", true),
                new Block.Column("Test loss", null, true),
                new Block.Column("Train step", "ms, median", true),
                new Block.Column("Epoch", "s", true),
                new Block.Column("Training", "images/s", true),
                new Block.Column("Prediction", "images/s", true),
                new Block.Column("Start-up", "s", true),
                new Block.Column("Peak memory", "MiB", true),
                new Block.Column("Library", null, false));
    }

    /** Images trained on in a second of training, over all epochs; null before the first is done. */
    static Double imagesPerSecond(EngineResult result) {
        if (result.trainSeconds() == null) {
            return null;
        }
        double images = result.epochs().stream()
                .mapToDouble(epoch -> epoch.imagesPerSecond() * epoch.seconds())
                .sum();
        return images / result.trainSeconds();
    }

    private static List<Block.Row> rows(ComparisonReport report) {
        List<EngineResult> results = report.comparison().engines();
        List<List<Block.Cell>> columns = List.of(
                column(results, EngineResult::testAccuracy, 100, 2, true),
                column(results, EngineResult::testLoss, 1, 4, false),
                column(results, EngineResult::millisPerStepMedian, 1, 2, false),
                column(results, EngineResult::secondsPerEpoch, 1, 1, false),
                column(results, ResultSection::imagesPerSecond, 1, 0, true),
                column(results, EngineResult::inferenceImagesPerSecond, 1, 0, true),
                column(results, EngineResult::startupSeconds, 1, 1, false),
                column(results, EngineResult::peakMemoryMiB, 1, 0, false),
                results.stream()
                        .map(result -> new Block.Cell(result.library() + " " + result.libraryVersion(), false))
                        .toList());
        List<Block.Row> rows = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            int row = i;
            rows.add(new Block.Row(
                    results.get(i).engine().toString(),
                    null,
                    columns.stream().map(column -> column.get(row)).toList()));
        }
        return rows;
    }

    /**
     * One column: values that are written alike are equally good. There is no best where only one engine has a value.
     */
    static List<Block.Cell> column(
            List<EngineResult> results,
            Function<EngineResult, Double> value,
            double factor,
            int decimals,
            boolean largest) {
        Comparator<Double> order = largest ? Comparator.naturalOrder() : Comparator.reverseOrder();
        List<Double> known =
                results.stream().map(value).filter(Objects::nonNull).toList();
        Optional<String> best = known.size() < 2
                ? Optional.empty()
                : known.stream().max(order).map(most -> Numbers.of(factor * most, decimals));
        return results.stream()
                .map(value)
                .map(number -> number == null ? null : Numbers.of(factor * number, decimals))
                .map(text -> new Block.Cell(
                        text, text != null && best.filter(text::equals).isPresent()))
                .toList();
    }
}
