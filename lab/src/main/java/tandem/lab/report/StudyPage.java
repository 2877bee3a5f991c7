package tandem.lab.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tandem.core.Recipe;
import tandem.lab.page.Block;
import tandem.lab.page.Numbers;
import tandem.lab.page.Page;
import tandem.lab.page.Section;
import tandem.lab.run.Machine;
import tandem.lab.statistics.Estimate;
import tandem.lab.statistics.Verdict;
import tandem.lab.study.ArmPair;
import tandem.lab.study.ArmResult;
import tandem.lab.study.Study;
import tandem.lab.study.StudyTables;

/** The report of a study: what many seeds say of each engine, and of each two. */
final class StudyPage {
    /** So many pairs are told in words. */
    private static final int FEW = 3;

    private StudyPage() {}

    /** The page; commands are lines of command.txt. */
    static Page of(Study study, List<String> commands) {
        String engines = Numbers.of(study.engines().size(), "engine");
        String seeds = Numbers.of(study.seeds().size(), "seed");
        Page page = Page.of(
                "%s, %s, %s".formatted(engines, seeds, About.dataset(study.recipe())),
                subtitle(study.recipe(), study.machine(), study.parallel(), commands),
                study.engines().stream().map(ArmResult::name).toList(),
                result(study, commands),
                accuracy(study),
                pairs(study),
                time(study));
        return page.with(Headlines.of(study));
    }

    /** Epochs, processor and time. */
    static String subtitle(Recipe recipe, Machine machine, int parallel, List<String> commands) {
        return About.subtitle(
                commands,
                Numbers.of(recipe.epochs(), "epoch") + " each",
                About.processor(machine) + (parallel == 1 ? "" : " for each of " + parallel + " trials at a time"));
    }

    private static Section result(Study study, List<String> commands) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(Block.Table.of(StudyTables.engines(study)));
        blocks.addAll(missing(study.engines()));
        blocks.addAll(About.commands(commands));
        blocks.addAll(About.facts(study.recipe(), null, study.machine()));
        return new Section("result", "Result", text(study), blocks);
    }

    private static String text(Study study) {
        List<String> sentences = new ArrayList<>();
        if (study.pairs().size() <= FEW) {
            for (ArmPair pair : study.pairs()) {
                sentences.add("%s and %s: %s.".formatted(pair.first(), pair.second(), pair.words()));
            }
        } else {
            sentences.add(
                    "Of %s pairs, %s are equivalent, %s different, of which %s by less than the margin, and %s not decided."
                            .formatted(
                                    study.pairs().size(),
                                    count(study, Verdict.SAME, Verdict.EQUIVALENT),
                                    count(study, Verdict.DIFFERENT, Verdict.DIFFERENT_WITHIN_MARGIN),
                                    count(study, Verdict.DIFFERENT_WITHIN_MARGIN),
                                    count(study, Verdict.UNDECIDED)));
        }
        sentences.add(StudyTables.note(study.parallel()));
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

    /** Why trials are missing, a note for each arm that lacks some. */
    static List<Block> missing(List<ArmResult> arms) {
        return StudyTables.missing(arms).stream()
                .map(sentence -> (Block) new Block.Note(sentence))
                .toList();
    }

    private static Section accuracy(Study study) {
        return new Section(
                "accuracy",
                "Accuracy, seed by seed",
                "Every dot is the test accuracy of one trial after its last epoch; the bar is their mean, the line its 95%"
                        + " interval. The spread of the dots is what another seed does; the interval shrinks with more of them.",
                accuracies(study.engines()).stream().toList());
    }

    /** The test accuracies of each arm that has any; nothing if none has. */
    static Optional<Block> accuracies(List<ArmResult> arms) {
        return dots(null, "%", arms, ArmResult::name, ArmResult::percentages);
    }

    /** A row of dots for each row that has values, without those that are null; nothing if none has. */
    static <R> Optional<Block> dots(
            @Nullable String title,
            String unit,
            List<R> rows,
            Function<R, String> engine,
            Function<R, ? extends List<? extends @Nullable Double>> values) {
        List<Block.DotRow> dots = new ArrayList<>();
        for (R row : rows) {
            List<Double> known = new ArrayList<>();
            for (Double value : values.apply(row)) {
                if (value != null) {
                    known.add(value);
                }
            }
            if (!known.isEmpty()) {
                dots.add(row(engine.apply(row), null, known, unit.equals("%"), false));
            }
        }
        return dots.isEmpty() ? Optional.empty() : Optional.of(new Block.Dots(title, null, unit, dots));
    }

    /** The bar is the mean of the dots, the line its interval. */
    private static Block.DotRow row(
            @Nullable String engine, @Nullable String name, List<Double> values, boolean percentages, boolean signed) {
        Estimate estimate = Estimate.of(values);
        return new Block.DotRow(
                engine,
                name,
                values.stream().mapToDouble(LossCurves::rounded).toArray(),
                estimate.knownMean(),
                // No accuracy is above 100%, and no time below 0 s, whatever the spread says.
                estimate.low() == null || signed ? estimate.low() : Double.valueOf(Math.max(0, estimate.low())),
                estimate.high() == null || !percentages
                        ? estimate.high()
                        : Double.valueOf(Math.min(100, estimate.high())));
    }

    private static Section pairs(Study study) {
        List<Block> blocks = new ArrayList<>();
        if (!study.pairs().isEmpty()) {
            blocks.add(Block.Table.of(StudyTables.pairs(study.pairs())));
            List<Block.DotRow> rows = new ArrayList<>();
            for (ArmPair pair : study.pairs()) {
                List<Double> points = arm(study, pair.first()).minus(arm(study, pair.second()));
                if (!points.isEmpty()) {
                    rows.add(row(null, pair.first() + " \u2212 " + pair.second(), points, false, true));
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

    private static ArmResult arm(Study study, String name) {
        return study.engines().stream()
                .filter(arm -> arm.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Section time(Study study) {
        List<Block> blocks = new ArrayList<>();
        List<ArmResult> fastestFirst = study.engines().stream()
                .sorted(Comparator.comparing(
                        arm -> arm.secondsToTarget().mean(), Comparator.nullsLast(Comparator.naturalOrder())))
                .toList();
        dots(
                        "Seconds of training until an epoch ends with 99%",
                        "s", fastestFirst, ArmResult::name, ArmResult::allSecondsToTarget)
                .ifPresent(blocks::add);
        return new Section(
                "time",
                "Time to 99%",
                "Of the seeds that reached it; the table above says how many did. Training alone, without start-up and"
                        + " evaluation. Only whole epochs count.",
                blocks);
    }
}
