package tandem.app;

import com.github.freva.asciitable.ColumnData;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tandem.core.Recipe;
import tandem.lab.RunDirectory;
import tandem.lab.StopSignal;
import tandem.lab.report.Reports;
import tandem.lab.statistics.PairedDifference;
import tandem.lab.study.ArmResult;
import tandem.lab.study.Differences;
import tandem.lab.study.Differences.Swap;

/**
 * The end of {@code tandem differences} on the screen: the named recipes, what each choice does, where the files are.
 */
final class DifferencesReport {
    private DifferencesReport() {}

    /** Prints the report and returns the exit code. */
    static int print(Differences differences, RunDirectory directory, StopSignal stop) {
        List<ArmResult> named = differences.recipes().stream()
                .filter(recipe -> Recipe.PRESETS.containsKey(recipe.name()))
                .toList();
        System.out.println();
        System.out.println(Tables.of(named, columns()));
        System.out.println();
        System.out.println(Tables.of(differences.pairs(), StudyReport.pairs()));
        System.out.println();
        System.out.println(Tables.of(differences.swaps(), swaps()));
        System.out.println();
        System.out.println(
                "A swap makes one choice as the other notebook makes it; its effect is test accuracy with the"
                        + " swap minus without, in points, on the same seeds; ± is half of the 95% interval.");
        System.out.println(String.format(
                Locale.ROOT,
                "Of %d swaps without any effect, %.1f would be called different by chance.",
                differences.swaps().size(),
                PairedDifference.ALPHA * differences.swaps().size()));
        if (differences.undecided() > 0) {
            System.out.println(
                    "%d of %d swaps are not decided; run again with --out %s and more --seeds, or with --max-minutes."
                            .formatted(
                                    differences.undecided(), differences.swaps().size(), directory.path()));
        }
        StudyReport.missing(differences.recipes(), differences.seeds().size(), directory);
        System.out.println();
        System.out.println("Report: " + Reports.write(directory));
        System.out.println(directory.path());
        if (stop.raised()) {
            return 130;
        }
        return differences.complete() ? 0 : 1;
    }

    private static List<ColumnData<ArmResult>> columns() {
        List<ColumnData<ArmResult>> columns = new ArrayList<>();
        columns.add(Tables.text("recipe", ArmResult::name));
        columns.addAll(StudyReport.accuracy());
        return columns;
    }

    private static List<ColumnData<Swap>> swaps() {
        return List.of(
                Tables.text("recipe", Swap::recipe),
                Tables.text("swap", swap -> swap.choice().toString()),
                Tables.text("from", swap -> Swap.words(swap.from())),
                Tables.text("to", swap -> Swap.words(swap.to())),
                Tables.right(
                        "seeds",
                        swap -> String.valueOf(swap.difference().points().n())),
                Tables.right("effect", swap -> swap.difference().figures()),
                Tables.text("result", swap -> swap.difference().words()));
    }
}
