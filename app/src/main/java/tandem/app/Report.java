package tandem.app;

import com.github.freva.asciitable.ColumnData;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tandem.lab.Agreement;
import tandem.lab.Comparison;
import tandem.lab.EngineResult;
import tandem.lab.EngineResult.Status;
import tandem.lab.RunDirectory;
import tandem.lab.StopSignal;
import tandem.lab.report.Reports;

/** The end of a run: the table on the screen, what the engines agree on, and report.html. */
final class Report {
    private Report() {}

    /**
     * Prints the report.
     *
     * @param unavailableIsFine whether an engine that does not run here was not asked for by name
     * @return the exit code
     */
    static int print(Comparison comparison, RunDirectory directory, boolean unavailableIsFine, StopSignal stop) {
        System.out.println();
        System.out.println(Tables.of(comparison.engines(), columns(comparison)));
        agreement(comparison.agreement());
        System.out.println();
        System.out.println("Report: " + Reports.write(directory));
        System.out.println(directory.path());
        if (stop.raised()) {
            return 130;
        }
        boolean fine = comparison.engines().stream()
                .allMatch(engine ->
                        engine.status() == Status.DONE || unavailableIsFine && engine.status() == Status.UNAVAILABLE);
        return fine ? 0 : 1;
    }

    private static List<ColumnData<EngineResult>> columns(Comparison comparison) {
        List<ColumnData<EngineResult>> columns = new ArrayList<>();
        columns.add(Tables.text("engine", result -> result.engine().toString()));
        if (!comparison.complete()) {
            columns.add(Tables.text("status", result -> result.status().toString()));
        }
        columns.add(Tables.number("accuracy", "%.2f%%", result -> percent(result.testAccuracy())));
        columns.add(Tables.number("loss", "%.4f", EngineResult::testLoss));
        columns.add(Tables.number("s/epoch", "%.1f", EngineResult::secondsPerEpoch));
        columns.add(Tables.number("ms/step", "%.2f", EngineResult::millisPerStepMedian));
        if (comparison.engines().size() > 1) {
            columns.add(Tables.number("x fastest other", "%.2f", comparison::ratioToFastestOther));
        }
        columns.add(Tables.number("inference/s", "%,.0f", EngineResult::inferenceImagesPerSecond));
        columns.add(Tables.number("start-up s", "%.1f", EngineResult::startupSeconds));
        columns.add(Tables.number("peak MiB", "%,.0f", EngineResult::peakMemoryMiB));
        columns.add(Tables.text("library", result -> result.library() + " " + result.libraryVersion()));
        return columns;
    }

    private static Double percent(Double share) {
        return share == null ? null : 100 * share;
    }

    private static void agreement(Agreement agreement) {
        if (agreement.sameInputs() == null) {
            return;
        }
        System.out.println();
        System.out.println(
                agreement.sameInputs()
                        ? "Inputs: identical for all engines (initial parameters, images, order, masks)."
                        : "Inputs: NOT identical; see \"agreement\" in comparison.json.");
        System.out.println(String.format(
                Locale.ROOT, "Loss of step 0: the engines differ by %.1e of it.", agreement.firstLossSpread()));
        for (Agreement.Pair pair : agreement.pairs()) {
            System.out.println(String.format(
                    Locale.ROOT,
                    "%s and %s: same answer on %.2f%% of the test images, parameters %.2g apart.",
                    pair.first(),
                    pair.second(),
                    100 * pair.samePredictions(),
                    pair.parameterDistance()));
        }
    }
}
