package tandem.lab.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import tandem.core.Recipe;
import tandem.lab.EngineResult.Status;
import tandem.lab.Machine;
import tandem.lab.statistics.Estimate;
import tandem.lab.statistics.PairedDifference;
import tandem.lab.statistics.Verdict;
import tandem.lab.study.ArmResult;
import tandem.lab.study.Pair;
import tandem.lab.study.Study;

/** The report of a study: what many seeds say of each engine, and of each two. */
final class StudyPage {
    /** So many pairs are told in words. */
    private static final int FEW = 3;

    private StudyPage() {}

    /**
     * The page.
     *
     * @param commands lines of command.txt
     */
    static Page of(Study study, List<String> commands) {
        List<Section> sections = new ArrayList<>();
        sections.add(result(study, commands));
        sections.add(accuracy(study));
        sections.add(pairs(study));
        sections.add(time(study));
        sections.removeIf(section -> section.blocks().isEmpty());
        return new Page(
                "%s, %s, %s"
                        .formatted(
                                Numbers.of(study.engines().size(), "engine"),
                                Numbers.of(study.seeds().size(), "seed"),
                                About.dataset(study.recipe())),
                subtitle(study.recipe(), study.machine(), study.parallel(), commands),
                study.engines().stream().map(ArmResult::name).toList(),
                sections);
    }

    /** Epochs, processor and time. */
    static String subtitle(Recipe recipe, Machine machine, int parallel, List<String> commands) {
        List<String> parts = new ArrayList<>();
        parts.add(Numbers.of(recipe.epochs(), "epoch") + " each");
        parts.add(About.processor(machine) + (parallel == 1 ? "" : " for each of " + parallel + " trials at a time"));
        parts.addAll(About.when(commands));
        return String.join(", ", parts);
    }

    private static Section result(Study study, List<String> commands) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Table(
                null,
                "Engine",
                Stream.concat(
                                accuracyColumns().stream(),
                                Stream.of(
                                        new Block.Column("Test loss", null, true),
                                        new Block.Column("Training", "s", true),
                                        new Block.Column("Reached 99%", null, true),
                                        new Block.Column("Epochs to 99%", "mean (sd)", true),
                                        new Block.Column("Time to 99%", "s, mean (sd)", true)))
                        .toList(),
                rows(study.engines(), StudyPage::cells)));
        blocks.addAll(missing(study.engines()));
        blocks.addAll(About.commands(commands));
        blocks.add(About.recipe(study.recipe(), null));
        blocks.add(About.machine(study.machine()));
        return new Section("result", "Result", text(study), blocks);
    }

    private static String text(Study study) {
        List<String> sentences = new ArrayList<>();
        if (study.pairs().size() <= FEW) {
            study.pairs()
                    .forEach(pair -> sentences.add("%s and %s: %s."
                            .formatted(
                                    pair.first(),
                                    pair.second(),
                                    pair.difference().words())));
        } else {
            sentences.add(
                    "Of %d pairs, %d are equivalent, %d different, of which %d by less than the margin, and %d not decided."
                            .formatted(
                                    study.pairs().size(),
                                    count(study, Verdict.SAME, Verdict.EQUIVALENT),
                                    count(study, Verdict.DIFFERENT, Verdict.DIFFERENT_WITHIN_MARGIN),
                                    count(study, Verdict.DIFFERENT_WITHIN_MARGIN),
                                    count(study, Verdict.UNDECIDED)));
        }
        sentences.add("The interval holds the true mean with 95% confidence; seconds are of training alone"
                + (study.parallel() == 1 ? "." : ", with several trials at a time on the same machine."));
        if (study.sameInputs() != null) {
            sentences.add(
                    study.sameInputs()
                            ? "On every seed all engines had the same initial parameters, images, order and dropout"
                                    + " masks, proved by fingerprints."
                            : "The engines did NOT have the same inputs; the figures do not compare.");
        }
        return String.join(" ", sentences);
    }

    private static long count(Study study, Verdict... verdicts) {
        return study.pairs().stream()
                .filter(pair -> List.of(verdicts).contains(pair.difference().verdict()))
                .count();
    }

    /** Seeds, mean, standard deviation and interval of the test accuracy. */
    static List<Block.Column> accuracyColumns() {
        return List.of(
                new Block.Column("Seeds", null, true),
                new Block.Column("Test accuracy", "%, mean", true),
                new Block.Column("Standard deviation", "points", true),
                new Block.Column("95% interval", "%", true));
    }

    /** The cells of these columns. */
    static List<Block.Cell> accuracyCells(ArmResult arm) {
        Estimate accuracy = arm.testAccuracy();
        return List.of(
                cell(String.valueOf(accuracy.n())),
                cell(number(accuracy.mean(), 100, 3)),
                cell(number(accuracy.standardDeviation(), 100, 3)),
                cell(
                        accuracy.low() == null
                                ? null
                                : "%s to %s"
                                        .formatted(number(accuracy.low(), 100, 3), number(accuracy.high(), 100, 3))));
    }

    private static List<Block.Cell> cells(ArmResult arm) {
        List<Block.Cell> cells = new ArrayList<>(accuracyCells(arm));
        cells.add(cell(number(arm.testLoss().mean(), 1, 4)));
        cells.add(cell(number(arm.trainSeconds().mean(), 1, 1)));
        cells.add(
                cell("%d of %d".formatted(arm.epochsToTarget().n(), arm.trials().size())));
        cells.add(cell(spread(arm.epochsToTarget())));
        cells.add(cell(spread(arm.secondsToTarget())));
        return cells;
    }

    /** A row for each arm. */
    static List<Block.Row> rows(List<ArmResult> arms, Function<ArmResult, List<Block.Cell>> cells) {
        return arms.stream()
                .map(arm -> new Block.Row(arm.name(), null, cells.apply(arm)))
                .toList();
    }

    static Block.Cell cell(String text) {
        return new Block.Cell(text, false);
    }

    private static String number(Double value, double factor, int decimals) {
        return value == null ? null : Numbers.of(factor * value, decimals);
    }

    private static String spread(Estimate estimate) {
        if (estimate.mean() == null) {
            return null;
        }
        return estimate.standardDeviation() == null
                ? number(estimate.mean(), 1, 1)
                : "%s (%s)".formatted(number(estimate.mean(), 1, 1), number(estimate.standardDeviation(), 1, 1));
    }

    /** Why trials are missing, a note for each arm that lacks some. */
    static List<Block> missing(List<ArmResult> arms) {
        return arms.stream()
                .filter(arm -> arm.status() != Status.DONE)
                .map(arm -> (Block) new Block.Note("%s, %s: %s".formatted(arm.name(), arm.status(), arm.failure())))
                .toList();
    }

    private static Section accuracy(Study study) {
        return new Section(
                "accuracy",
                "Accuracy, seed by seed",
                "Every dot is the test accuracy of one trial after its last epoch; the bar is their mean, the line its 95%"
                        + " interval. The spread of the dots is what another seed does; the interval shrinks with more of them.",
                dots(
                                null,
                                study.engines(),
                                arm -> arm.trials().stream()
                                        .map(trial -> 100 * trial.testAccuracy())
                                        .toList())
                        .stream()
                        .toList());
    }

    /** A row for each arm that has values; nothing if none has. */
    static Optional<Block> dots(String title, List<ArmResult> arms, Function<ArmResult, List<Double>> values) {
        return dots(title, "%", arms, values);
    }

    private static Optional<Block> dots(
            String title, String unit, List<ArmResult> arms, Function<ArmResult, List<Double>> values) {
        List<Block.DotRow> rows = arms.stream()
                .filter(arm -> !values.apply(arm).isEmpty())
                .map(arm -> row(arm.name(), null, values.apply(arm)))
                .toList();
        return rows.isEmpty() ? Optional.empty() : Optional.of(new Block.Dots(title, null, unit, rows));
    }

    private static Block.DotRow row(String engine, String name, List<Double> values) {
        Estimate estimate = Estimate.of(values);
        return new Block.DotRow(
                engine,
                name,
                values.stream().mapToDouble(Curves::rounded).toArray(),
                estimate.mean(),
                estimate.low(),
                estimate.high());
    }

    private static Section pairs(Study study) {
        List<Block> blocks = new ArrayList<>();
        if (!study.pairs().isEmpty()) {
            blocks.add(pairTable(study.pairs()));
            List<Block.DotRow> rows = new ArrayList<>();
            for (Pair pair : study.pairs()) {
                List<Double> points = points(study, pair);
                if (!points.isEmpty()) {
                    rows.add(row(null, pair.first() + " \u2212 " + pair.second(), points));
                }
            }
            if (!rows.isEmpty()) {
                blocks.add(new Block.Dots(
                        "Difference of the test accuracies, by seed",
                        "First minus second, in points (hundredths of the test images). An interval that leaves out 0"
                                + " is a difference; one that lies within the margin is equivalence.",
                        "points",
                        rows));
            }
        }
        return new Section(
                "pairs",
                "Each two on the same seeds",
                "Both had the same initial parameters, order and dropout masks on every seed, so the seeds' own luck cancels"
                        + " where engines compute alike. \"Equivalent\" is said by two one-sided tests, \"different\" by the"
                        + " paired t test, both at 5%.",
                blocks);
    }

    private static List<Double> points(Study study, Pair pair) {
        List<ArmResult.Trial> first = trials(study, pair.first());
        List<ArmResult.Trial> second = trials(study, pair.second());
        return first.stream()
                .flatMap(trial -> second.stream()
                        .filter(other -> other.seed() == trial.seed())
                        .map(other -> 100 * (trial.testAccuracy() - other.testAccuracy())))
                .toList();
    }

    private static List<ArmResult.Trial> trials(Study study, String name) {
        return study.engines().stream()
                .filter(arm -> arm.name().equals(name))
                .findFirst()
                .orElseThrow()
                .trials();
    }

    /** Pairs with their difference and what can be said of it. */
    static Block pairTable(List<Pair> pairs) {
        return new Block.Table(
                null,
                "First",
                List.of(
                        new Block.Column("Second", null, false),
                        new Block.Column("Seeds", null, true),
                        new Block.Column("Difference", "points, \u00b1 95%", true),
                        new Block.Column("p", "t test", true),
                        new Block.Column("p", "equivalence", true),
                        new Block.Column("Result", null, false)),
                pairs.stream()
                        .map(pair -> new Block.Row(pair.first(), null, pairCells(pair)))
                        .toList());
    }

    private static List<Block.Cell> pairCells(Pair pair) {
        PairedDifference difference = pair.difference();
        return Stream.of(
                        pair.second(),
                        String.valueOf(difference.points().n()),
                        difference.figures(),
                        probability(difference.p()),
                        probability(difference.equivalenceP()),
                        difference.words())
                .map(StudyPage::cell)
                .toList();
    }

    private static String probability(Double p) {
        return p == null ? null : p < 0.001 ? "< 0.001" : String.format(Locale.ROOT, "%.3f", p);
    }

    private static Section time(Study study) {
        List<Block> blocks = new ArrayList<>();
        dots(
                        "Seconds of training until an epoch ends with 99%",
                        "s",
                        study.engines().stream()
                                .sorted(Comparator.comparing(
                                        arm -> arm.secondsToTarget().mean(),
                                        Comparator.nullsLast(Comparator.naturalOrder())))
                                .toList(),
                        arm -> arm.trials().stream()
                                .map(ArmResult.Trial::secondsToTarget)
                                .filter(Objects::nonNull)
                                .toList())
                .ifPresent(blocks::add);
        return new Section(
                "time",
                "Time to 99%",
                "Of the seeds that reached it; the table above says how many did. Training alone, without start-up and"
                        + " evaluation. Only whole epochs count.",
                blocks);
    }
}
