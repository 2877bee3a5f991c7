package tandem.lab.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tandem.lab.progress.Status;
import tandem.lab.statistics.Estimate;
import tandem.lab.study.Differences.Swap;
import tandem.lab.table.Column;
import tandem.lab.table.Column.Medium;
import tandem.lab.table.Table;

/** The tables of studies and of differences. */
public final class StudyTables {
    private StudyTables() {}

    /** A row for each engine of a study. */
    public static Table<ArmResult> engines(Study study) {
        List<Column<ArmResult>> columns = new ArrayList<>();
        columns.add(Column.words("engine", "Engine", ArmResult::name));
        if (!study.complete()) {
            columns.add(Column.words("status", "Status", ArmResult::status).only(Medium.TERMINAL));
        }
        columns.addAll(accuracy());
        columns.add(Column.<ArmResult>numbers(
                        "loss", "Test loss", null, "%.4f", arm -> arm.testLoss().mean())
                .asExtra());
        columns.add(Column.<ArmResult>numbers(
                        "train s",
                        "Training",
                        "s",
                        "%,.1f",
                        arm -> arm.trainSeconds().mean())
                .asExtra());
        columns.add(Column.<ArmResult>figures("reached 99%", "Reached 99%", null, StudyTables::reached)
                .asExtra());
        columns.add(Column.<ArmResult>figures(
                        "epochs to 99% (sd)", "Epochs to 99%", "mean (sd)", arm -> spread(arm.epochsToTarget()))
                .asExtra());
        columns.add(Column.<ArmResult>figures(
                        "s to 99% (sd)", "Time to 99%", "s, mean (sd)", arm -> spread(arm.secondsToTarget()))
                .asExtra());
        return new Table<>(columns, study.engines());
    }

    /** A row for each of the named recipes. */
    public static Table<ArmResult> recipes(Differences differences) {
        List<Column<ArmResult>> columns = new ArrayList<>();
        columns.add(Column.words("recipe", "Recipe", ArmResult::name));
        columns.addAll(accuracy());
        return new Table<>(columns, differences.named());
    }

    /** Seeds, mean, standard deviation and interval of the test accuracy. */
    private static List<Column<ArmResult>> accuracy() {
        return List.of(
                Column.figures("seeds", "Seeds", null, ArmResult::seeds),
                Column.numbers("accuracy", "Test accuracy", "%, mean", "%.3f", ArmResult::meanPercent)
                        .ending("%"),
                Column.numbers("sd", "Standard deviation", "points", "%.3f", ArmResult::standardDeviationPoints),
                Column.figures("95% interval", "95% interval", "%", StudyTables::interval));
    }

    private static @Nullable String interval(ArmResult arm) {
        Estimate accuracy = arm.testAccuracy();
        return accuracy.low() == null || accuracy.high() == null
                ? null
                : String.format(
                        Locale.ROOT,
                        "%.3f to %.3f",
                        Math.max(0, 100 * accuracy.low()),
                        Math.min(100, 100 * accuracy.high()));
    }

    private static String reached(ArmResult arm) {
        return "%s of %s".formatted(arm.epochsToTarget().n(), arm.trials().size());
    }

    private static @Nullable String spread(Estimate estimate) {
        if (estimate.mean() == null) {
            return null;
        }
        String mean = String.format(Locale.ROOT, "%,.1f", estimate.mean());
        return estimate.standardDeviation() == null
                ? mean
                : mean + String.format(Locale.ROOT, " (%,.1f)", estimate.standardDeviation());
    }

    /** A row for each two arms. */
    public static Table<ArmPair> pairs(List<ArmPair> pairs) {
        return new Table<>(
                List.of(
                        Column.words("first", "First", ArmPair::first),
                        Column.words("second", "Second", ArmPair::second),
                        Column.<ArmPair>figures("seeds", "Seeds", null, ArmPair::seeds)
                                .asExtra(),
                        Column.figures("difference", "Difference", "points, ± 95%", ArmPair::figures),
                        Column.numbers("t", "t", null, "%.2f", ArmPair::t)
                                .only(Medium.TERMINAL)
                                .asExtra(),
                        Column.numbers("p", "p", null, "%.3f", ArmPair::p)
                                .only(Medium.TERMINAL)
                                .asExtra(),
                        Column.figures("p, t test", "p", "t test", (ArmPair pair) -> probability(pair.p()))
                                .only(Medium.PAGE),
                        Column.figures("p, equivalence", "p", "equivalence", StudyTables::equivalence)
                                .only(Medium.PAGE),
                        Column.words("result", "Result", ArmPair::words)),
                pairs);
    }

    private static @Nullable String equivalence(ArmPair pair) {
        return probability(pair.difference().equivalenceP());
    }

    private static @Nullable String probability(@Nullable Double p) {
        return p == null ? null : p < 0.001 ? "< 0.001" : String.format(Locale.ROOT, "%.3f", p);
    }

    /**
     * A row for each swap.
     *
     * @param swaps of any recipe on a terminal, of one recipe on a page
     */
    public static Table<Swap> swaps(List<Swap> swaps) {
        return new Table<>(
                List.of(
                        Column.words("recipe", "Recipe", Swap::recipe).only(Medium.TERMINAL),
                        Column.words("swap", "Choice", Swap::choice),
                        Column.<Swap>words("from", "From", swap -> Swap.words(swap.from()))
                                .asExtra(),
                        Column.words("to", "To", swap -> Swap.words(swap.to())),
                        Column.<Swap>figures("seeds", "Seeds", null, Swap::seeds)
                                .asExtra(),
                        Column.figures("effect", "Effect", "points, ± 95%", Swap::figures),
                        Column.words("result", "Result", Swap::words)),
                swaps);
    }

    /** How to read the intervals and the seconds of a study. */
    public static String note(int parallel) {
        return "The interval holds the true mean with 95%% confidence; seconds are of training alone%s."
                .formatted(parallel == 1 ? "" : ", with %s trials at a time on the same machine".formatted(parallel));
    }

    /** Why trials are missing, a sentence for each arm that lacks some. */
    public static List<String> missing(List<ArmResult> arms) {
        return arms.stream()
                .filter(arm -> arm.status() != Status.DONE)
                .map(arm -> "%s: %s: %s".formatted(arm.name(), arm.status(), arm.failure()))
                .toList();
    }
}
