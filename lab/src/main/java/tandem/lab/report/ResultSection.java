package tandem.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tandem.core.Recipe;
import tandem.lab.compare.Comparison;
import tandem.lab.compare.ComparisonTable;
import tandem.lab.page.Block;
import tandem.lab.page.Numbers;
import tandem.lab.page.Section;

/** The table of all engines, what they ran on, and how to run it again. */
final class ResultSection {
    private ResultSection() {}

    static String title(ComparisonReport report) {
        List<EngineRun> runs = report.runs();
        String dataset = About.dataset(report.comparison().recipe());
        return runs.size() == 1
                ? "%s on %s".formatted(runs.getFirst().name(), dataset)
                : "%s engines, one network, %s".formatted(runs.size(), dataset);
    }

    static String subtitle(ComparisonReport report) {
        Recipe recipe = report.comparison().recipe();
        return About.subtitle(
                report.commands(),
                Numbers.of(recipe.epochs(), "epoch"),
                "batches of " + recipe.batchSize(),
                About.processor(report.comparison().machine()));
    }

    static Section of(ComparisonReport report) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(Block.Table.of(ComparisonTable.of(report.comparison())));
        for (EngineRun run : report.runs()) {
            String ended = switch (run.result().status()) {
                case DONE -> null;
                case UNAVAILABLE -> "cannot run here";
                case INTERRUPTED -> "was interrupted";
                case FAILED -> "failed";
            };
            if (ended != null) {
                blocks.add(new Block.Note(
                        "%s %s: %s".formatted(run.name(), ended, run.result().failure())));
            }
        }
        Comparison comparison = report.comparison();
        blocks.addAll(About.commands(report.commands()));
        blocks.addAll(About.facts(comparison.recipe(), report.images(), comparison.machine()));
        return new Section("result", "Result", text(report), blocks);
    }

    private static String text(ComparisonReport report) {
        List<String> sentences = new ArrayList<>();
        sentences.addAll(report.comparison().notes());
        double[] accuracies = report.done().stream()
                .flatMap(run -> Stream.ofNullable(run.result().testAccuracy()))
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        if (accuracies.length > 1) {
            sentences.add("Test accuracies lie within %s points of each other."
                    .formatted(Numbers.percent(accuracies[accuracies.length - 1] - accuracies[0])));
            sentences.add("Intervals are of one run, from the number of test images. Another seed moves each engine"
                    + " by about as much; only many seeds show which is more accurate ('tandem study').");
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
            sentences.add("A dot marks the fastest, and the smallest in memory.");
        }
        return String.join(" ", sentences);
    }
}
