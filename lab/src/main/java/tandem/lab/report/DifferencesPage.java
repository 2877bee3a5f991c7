package tandem.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tandem.core.Recipe;
import tandem.lab.statistics.Estimate;
import tandem.lab.statistics.PairedDifference;
import tandem.lab.statistics.Verdict;
import tandem.lab.study.ArmResult;
import tandem.lab.study.Differences;
import tandem.lab.study.Differences.Swap;

/** The report of what each of the notebooks' choices does to the test accuracy. */
final class DifferencesPage {
    private DifferencesPage() {}

    /**
     * The page.
     *
     * @param commands lines of command.txt
     */
    static Page of(Differences differences, List<String> commands) {
        List<ArmResult> named = named(differences);
        List<Section> sections = new ArrayList<>();
        sections.add(result(differences, named, commands));
        named.stream()
                .filter(recipe -> recipe.testAccuracy().mean() != null)
                .map(recipe -> swaps(differences, recipe))
                .filter(section -> !section.blocks().isEmpty())
                .forEach(sections::add);
        return new Page(
                "What the notebooks' choices do, on " + About.dataset(differences.recipe()),
                Numbers.of(differences.seeds().size(), "seed") + ", "
                        + StudyPage.subtitle(
                                differences.recipe(), differences.machine(), differences.parallel(), commands),
                named.stream().map(ArmResult::name).toList(),
                sections);
    }

    private static List<ArmResult> named(Differences differences) {
        return differences.recipes().stream()
                .filter(recipe -> Recipe.PRESETS.containsKey(recipe.name()))
                .toList();
    }

    private static Section result(Differences differences, List<ArmResult> named, List<String> commands) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.Table(
                null, "Recipe", StudyPage.accuracyColumns(), StudyPage.rows(named, StudyPage::accuracyCells)));
        StudyPage.dots(
                        null,
                        named,
                        recipe -> recipe.trials().stream()
                                .map(trial -> 100 * trial.testAccuracy())
                                .toList())
                .ifPresent(blocks::add);
        blocks.add(StudyPage.pairTable(differences.pairs()));
        blocks.addAll(StudyPage.missing(differences.recipes()));
        blocks.addAll(About.commands(commands));
        blocks.add(About.recipe(differences.recipe(), null));
        blocks.add(About.machine(differences.machine()));
        return new Section("result", "Result", text(differences), blocks);
    }

    private static String text(Differences differences) {
        List<String> sentences = new ArrayList<>();
        sentences.add(
                "Two published notebooks train \"the same\" network and differ in six choices. From each of them, one"
                        + " choice at a time was made as the other makes it, on the same seeds.");
        differences.swaps().stream()
                .filter(swap -> swap.difference().verdict() == Verdict.DIFFERENT
                        || swap.difference().verdict() == Verdict.DIFFERENT_WITHIN_MARGIN)
                .forEach(swap -> sentences.add("In %s, the other %s (%s instead of %s) %s %s points."
                        .formatted(
                                swap.recipe(),
                                swap.choice(),
                                Swap.words(swap.to()),
                                Swap.words(swap.from()),
                                swap.difference().points().mean() > 0 ? "gains" : "costs",
                                unsigned(swap.difference()))));
        sentences.add(
                "%d of %d swaps are not decided. Of as many without any effect, %s would be called different by chance."
                        .formatted(
                                differences.undecided(),
                                differences.swaps().size(),
                                Numbers.of(
                                        PairedDifference.ALPHA
                                                * differences.swaps().size(),
                                        1)));
        return String.join(" ", sentences);
    }

    private static String unsigned(PairedDifference difference) {
        return difference.figures().substring(1);
    }

    /** What swaps do to one published recipe. */
    private static Section swaps(Differences differences, ArmResult recipe) {
        List<Swap> swaps = differences.swaps().stream()
                .filter(swap -> swap.recipe().equals(recipe.name())
                        && swap.difference().points().mean() != null)
                .toList();
        List<Block> blocks = new ArrayList<>();
        if (!swaps.isEmpty()) {
            double before = 100 * recipe.testAccuracy().mean();
            blocks.add(new Block.Waterfall(
                    "From %s, one choice at a time".formatted(recipe.name()),
                    note(differences, recipe, swaps),
                    "%",
                    Stream.concat(
                                    Stream.of(new Block.Stage(recipe.name(), null, before, null, null, true)),
                                    Stream.concat(
                                            swaps.stream().map(swap -> stage(swap, before)),
                                            differences.recipes().stream()
                                                    .filter(other -> Recipe.PRESETS.containsKey(other.name())
                                                            && other != recipe
                                                            && other.testAccuracy()
                                                                            .mean()
                                                                    != null)
                                                    .map(other -> new Block.Stage(
                                                            other.name(),
                                                            null,
                                                            100
                                                                    * other.testAccuracy()
                                                                            .mean(),
                                                            null,
                                                            null,
                                                            true))))
                            .toList()));
            blocks.add(table(swaps));
        }
        return new Section(
                recipe.name(),
                recipe.name(),
                "Each bar begins at the notebook's own mean test accuracy and ends where the swapped choice alone takes it; the"
                        + " line is the 95% interval of that end. Pale bars are not decided. Bars are not stacked: every swap is made by itself.",
                blocks);
    }

    /** Swaps need not add up; the note says by how much they do not. */
    private static String note(Differences differences, ArmResult recipe, List<Swap> swaps) {
        double sum = swaps.stream()
                .mapToDouble(swap -> swap.difference().points().mean())
                .sum();
        return differences.pairs().stream()
                .filter(pair -> !pair.first().equals("harmonized")
                        && pair.difference().points().mean() != null)
                .map(pair -> String.format(
                        Locale.ROOT,
                        "Taken one at a time, the effects add up to %+.2f points; all of them together, which is the other"
                                + " notebook, make %+.2f.",
                        sum,
                        (pair.first().equals(recipe.name()) ? -1 : 1)
                                * pair.difference().points().mean()))
                .findFirst()
                .orElse(null);
    }

    private static Block.Stage stage(Swap swap, double before) {
        Estimate points = swap.difference().points();
        return new Block.Stage(
                "%s: %s".formatted(swap.choice(), Swap.words(swap.to())),
                before,
                before + points.mean(),
                points.low() == null ? null : before + points.low(),
                points.high() == null ? null : before + points.high(),
                swap.difference().verdict() != Verdict.UNDECIDED);
    }

    private static Block table(List<Swap> swaps) {
        return new Block.Table(
                null,
                "Choice",
                List.of(
                        new Block.Column("From", null, false),
                        new Block.Column("To", null, false),
                        new Block.Column("Seeds", null, true),
                        new Block.Column("Effect", "points, \u00b1 95%", true),
                        new Block.Column("Result", null, false)),
                swaps.stream()
                        .map(swap -> new Block.Row(
                                null,
                                swap.choice().toString(),
                                Stream.of(
                                                Swap.words(swap.from()),
                                                Swap.words(swap.to()),
                                                String.valueOf(swap.difference()
                                                        .points()
                                                        .n()),
                                                swap.difference().figures(),
                                                swap.difference().words())
                                        .map(StudyPage::cell)
                                        .toList()))
                        .toList());
    }
}
