package tandem.app;

import com.github.freva.asciitable.ColumnData;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import tandem.lab.EngineResult.Status;
import tandem.lab.RunDirectory;
import tandem.lab.StopSignal;
import tandem.lab.report.Reports;
import tandem.lab.statistics.Estimate;
import tandem.lab.study.ArmResult;
import tandem.lab.study.Pair;
import tandem.lab.study.Study;

/** The end of a study on the screen: a table of engines, one of pairs, and where the files are. */
final class StudyReport {
    private StudyReport() {}

    /**
     * Prints the report.
     *
     * @param unavailableIsFine whether an engine that does not run here was not asked for by name
     * @return the exit code
     */
    static int print(Study study, RunDirectory directory, boolean unavailableIsFine, StopSignal stop) {
        System.out.println();
        System.out.println(Tables.of(study.engines(), engines(study)));
        System.out.println();
        System.out.println(notes(study));
        if (!study.pairs().isEmpty()) {
            System.out.println();
            System.out.println(Tables.of(study.pairs(), pairs()));
            System.out.println();
            System.out.println("Differences are of test accuracy, first minus second, in points, on the same seeds; ±"
                    + " is half of the 95% interval.");
        }
        if (Boolean.FALSE.equals(study.sameInputs())) {
            System.out.println("Inputs: NOT identical for all engines; the figures do not compare.");
        }
        missing(study.engines(), study.seeds().size(), directory);
        System.out.println();
        System.out.println("Report: " + Reports.write(directory));
        System.out.println(directory.path());
        if (stop.raised()) {
            return 130;
        }
        boolean fine = study.engines().stream()
                .allMatch(engine ->
                        engine.status() == Status.DONE || unavailableIsFine && engine.status() == Status.UNAVAILABLE);
        return fine ? 0 : 1;
    }

    private static String notes(Study study) {
        return "%d %s, %d %s each. The interval holds the true mean with 95%% confidence; seconds are of training alone%s."
                .formatted(
                        study.seeds().size(),
                        study.seeds().size() == 1 ? "seed" : "seeds",
                        study.recipe().epochs(),
                        study.recipe().epochs() == 1 ? "epoch" : "epochs",
                        study.parallel() == 1
                                ? ""
                                : ", with %d trials at a time on the same machine".formatted(study.parallel()));
    }

    /** Why trials are missing, and how to go on. */
    static void missing(List<ArmResult> arms, int seeds, RunDirectory directory) {
        arms.stream()
                .filter(arm -> arm.status() != Status.DONE && arm.status() != Status.INTERRUPTED)
                .forEach(arm -> System.out.println("%s: %s: %s".formatted(arm.name(), arm.status(), arm.failure())));
        if (arms.stream().anyMatch(arm -> arm.status() == Status.INTERRUPTED)) {
            System.out.println("Interrupted: %d of %d trials are done; the same command with --out %s goes on."
                    .formatted(
                            arms.stream().mapToInt(arm -> arm.trials().size()).sum(),
                            arms.size() * seeds,
                            directory.path()));
        }
    }

    private static List<ColumnData<ArmResult>> engines(Study study) {
        List<ColumnData<ArmResult>> columns = new ArrayList<>();
        columns.add(Tables.text("engine", ArmResult::name));
        if (!study.complete()) {
            columns.add(Tables.text("status", arm -> arm.status().toString()));
        }
        columns.addAll(accuracy());
        columns.add(Tables.number("loss", "%.4f", arm -> arm.testLoss().mean()));
        columns.add(Tables.number("train s", "%.1f", arm -> arm.trainSeconds().mean()));
        columns.add(Tables.right(
                "reached 99%",
                arm -> "%d of %d"
                        .formatted(arm.epochsToTarget().n(), arm.trials().size())));
        columns.add(Tables.right("epochs to 99% (sd)", arm -> spread("%.1f", arm.epochsToTarget())));
        columns.add(Tables.right("s to 99% (sd)", arm -> spread("%.1f", arm.secondsToTarget())));
        return columns;
    }

    /** Seeds, mean, standard deviation and interval of the test accuracy. */
    static List<ColumnData<ArmResult>> accuracy() {
        Function<Double, Double> percent = share -> share == null ? null : 100 * share;
        return List.of(
                Tables.right("seeds", arm -> String.valueOf(arm.testAccuracy().n())),
                Tables.number(
                        "accuracy",
                        "%.3f%%",
                        arm -> percent.apply(arm.testAccuracy().mean())),
                Tables.number(
                        "sd", "%.3f", arm -> percent.apply(arm.testAccuracy().standardDeviation())),
                Tables.right(
                        "95% interval",
                        arm -> arm.testAccuracy().low() == null
                                ? "-"
                                : String.format(
                                        Locale.ROOT,
                                        "%.3f to %.3f",
                                        100 * arm.testAccuracy().low(),
                                        100 * arm.testAccuracy().high())));
    }

    private static String spread(String format, Estimate estimate) {
        if (estimate.mean() == null) {
            return "-";
        }
        String mean = String.format(Locale.ROOT, format, estimate.mean());
        return estimate.standardDeviation() == null
                ? mean
                : mean + " (" + String.format(Locale.ROOT, format, estimate.standardDeviation()) + ")";
    }

    /** Pairs with their difference and what can be said of it. */
    static List<ColumnData<Pair>> pairs() {
        return List.of(
                Tables.text("first", Pair::first),
                Tables.text("second", Pair::second),
                Tables.right(
                        "seeds",
                        pair -> String.valueOf(pair.difference().points().n())),
                Tables.right("difference", pair -> pair.difference().figures()),
                Tables.number("t", "%.2f", pair -> pair.difference().t()),
                Tables.number("p", "%.3f", pair -> pair.difference().p()),
                Tables.text("result", pair -> pair.difference().words()));
    }
}
