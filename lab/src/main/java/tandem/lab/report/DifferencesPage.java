package tandem.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tandem.lab.page.Block;
import tandem.lab.page.Numbers;
import tandem.lab.page.Page;
import tandem.lab.page.Section;
import tandem.lab.statistics.Estimate;
import tandem.lab.statistics.PairedDifference;
import tandem.lab.statistics.Verdict;
import tandem.lab.study.ArmPair;
import tandem.lab.study.ArmResult;
import tandem.lab.study.Differences;
import tandem.lab.study.Differences.Swap;
import tandem.lab.study.StudyTables;

/** The report of what each of the notebooks' choices does to the test accuracy. */
final class DifferencesPage {
    private DifferencesPage() {}

    /** The page; commands are lines of command.txt. */
    static Page of(Differences differences, List<String> commands) {
        List<ArmResult> named = differences.named();
        List<Section> sections = new ArrayList<>();
        sections.add(result(differences, named, commands));
        named.stream()
                .filter(recipe -> recipe.meanPercent() != null)
                .map(recipe -> swaps(differences, recipe))
                .filter(section -> !section.blocks().isEmpty())
                .forEach(sections::add);
        return new Page(
                        "What the notebooks' choices do, on " + About.dataset(differences.recipe()),
                        Numbers.of(differences.seeds().size(), "seed") + ", "
                                + StudyPage.subtitle(
                                        differences.recipe(), differences.machine(), differences.parallel(), commands),
                        named.stream().map(ArmResult::name).toList(),
                        sections)
                .with(Headlines.of(differences));
    }

    private static Section result(Differences differences, List<ArmResult> named, List<String> commands) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(Block.Table.of(StudyTables.recipes(differences)));
        StudyPage.accuracies(named).ifPresent(blocks::add);
        blocks.add(Block.Table.of(StudyTables.pairs(differences.pairs())));
        blocks.addAll(StudyPage.missing(differences.recipes()));
        blocks.addAll(About.commands(commands));
        blocks.addAll(About.facts(differences.recipe(), null, differences.machine()));
        return new Section("result", "Result", text(differences), blocks);
    }

    private static String text(Differences differences) {
        List<String> sentences = new ArrayList<>();
        sentences.add(
                "Two published notebooks train \"the same\" network and differ in six choices. From each of them, one"
                        + " choice at a time was made as the other makes it, on the same seeds.");
        differences.swaps().stream()
                .filter(Swap::different)
                .map(DifferencesPage::sentence)
                .forEach(sentences::add);
        int swaps = differences.swaps().size();
        sentences.add(
                "%s of %s swaps are not decided. Of as many without any effect, %s would be called different by chance."
                        .formatted(differences.undecided(), swaps, Numbers.of(PairedDifference.ALPHA * swaps, 1)));
        return String.join(" ", sentences);
    }

    private static String sentence(Swap swap) {
        return "In %s, the other %s (%s instead of %s) %s %s points."
                .formatted(
                        swap.recipe(),
                        swap.choice(),
                        Swap.words(swap.to()),
                        Swap.words(swap.from()),
                        swap.points().knownMean() > 0 ? "gains" : "costs",
                        // Without its sign.
                        swap.difference().figures().substring(1));
    }

    /** What swaps do to one published recipe. */
    private static Section swaps(Differences differences, ArmResult recipe) {
        List<Swap> swaps = differences.swaps().stream()
                .filter(swap ->
                        swap.recipe().equals(recipe.name()) && swap.points().mean() != null)
                .toList();
        List<Block> blocks = new ArrayList<>();
        if (!swaps.isEmpty()) {
            List<Block.Stage> stages = new ArrayList<>();
            stages.add(total(recipe));
            swaps.forEach(
                    swap -> stages.add(stage(swap, 100 * recipe.testAccuracy().knownMean())));
            differences.named().stream()
                    .filter(other -> other != recipe && other.meanPercent() != null)
                    .forEach(other -> stages.add(total(other)));
            String title = "From %s, one choice at a time".formatted(recipe.name());
            blocks.add(new Block.Waterfall(title, note(differences, recipe, swaps), "%", stages));
            blocks.add(Block.Table.of(StudyTables.swaps(swaps)));
        }
        return new Section(
                recipe.name(),
                recipe.name(),
                "Each bar begins at the notebook's own mean test accuracy and ends where the swapped choice alone takes it; the"
                        + " line is the 95% interval of that end. Pale bars are not decided. Bars are not stacked: every swap is made by itself.",
                blocks);
    }

    /** Swaps need not add up; the note says by how much they do not. */
    private static @Nullable String note(Differences differences, ArmResult recipe, List<Swap> swaps) {
        double sum =
                swaps.stream().mapToDouble(swap -> swap.points().knownMean()).sum();
        for (ArmPair pair : differences.pairs()) {
            if (!pair.first().equals("harmonized") && pair.points().mean() != null) {
                int sign = pair.first().equals(recipe.name()) ? -1 : 1;
                return String.format(
                        Locale.ROOT,
                        "Taken one at a time, the effects add up to %+.2f points; all of them together, which is the other"
                                + " notebook, make %+.2f.",
                        sum,
                        sign * pair.points().knownMean());
            }
        }
        return null;
    }

    private static Block.Stage total(ArmResult recipe) {
        return new Block.Stage(recipe.name(), null, 100 * recipe.testAccuracy().knownMean(), null, null, true);
    }

    private static Block.Stage stage(Swap swap, double before) {
        Estimate points = swap.points();
        return new Block.Stage(
                "%s: %s".formatted(swap.choice(), Swap.words(swap.to())),
                before,
                before + points.knownMean(),
                // No accuracy is below 0 or above 100%, whatever the spread says.
                points.low() == null ? null : Math.clamp(before + points.low(), 0, 100),
                points.high() == null ? null : Math.clamp(before + points.high(), 0, 100),
                swap.difference().verdict() != Verdict.UNDECIDED);
    }
}
