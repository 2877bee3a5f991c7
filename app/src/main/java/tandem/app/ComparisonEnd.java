package tandem.app;

import java.util.Comparator;
import java.util.List;
import tandem.lab.compare.Agreement;
import tandem.lab.compare.Comparison;
import tandem.lab.compare.ComparisonTable;
import tandem.lab.compare.EngineResult;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;

/** What {@code compare} and {@code train} print at their end: the table, and what the engines agree on. */
final class ComparisonEnd {
    private ComparisonEnd() {}

    /**
     * @param command that goes on with the run, without its folder
     * @param verbose whether every pair of engines is worth a line
     */
    static void print(
            Comparison comparison, RunDirectory directory, String command, OutputOptions output, boolean verbose) {
        if (!output.printed(comparison)) {
            LabCommand.print(ComparisonTable.of(comparison));
            if (!comparison.notes().isEmpty()) {
                System.out.println();
                comparison.notes().forEach(LabCommand::say);
            }
            agreement(comparison.agreement(), verbose);
            List<EngineResult> interrupted = comparison.engines().stream()
                    .filter(result -> result.status() == Status.INTERRUPTED)
                    .toList();
            if (!interrupted.isEmpty()) {
                System.out.println();
                LabCommand.say("'tandem %s --resume %s' goes on.", command, directory.path());
            }
        }
        output.printFolder(directory);
    }

    /** The sentences about what the engines agree on. */
    static void agreement(Agreement agreement, boolean verbose) {
        if (agreement.sameInputs() == null) {
            return;
        }
        System.out.println();
        LabCommand.say(
                agreement.sameInputs()
                        ? "Inputs: identical for all engines (initial parameters, images, order, masks)."
                        : "Inputs: NOT identical; see \"agreement\" in comparison.json.");
        LabCommand.say(
                Double.valueOf(0).equals(agreement.firstLossSpread())
                        ? "Loss of step 0: the same in all engines."
                        : "Loss of step 0: the engines differ by %.1e of it.",
                agreement.firstLossSpread());
        if (verbose) {
            for (Agreement.EnginePair pair : agreement.pairs()) {
                LabCommand.say(
                        "%s and %s: same answer on %.2f%% of the test images, parameters %.2g apart.",
                        pair.first(), pair.second(), 100 * pair.samePredictions(), pair.parameterDistance());
            }
        } else {
            agreement.pairs().stream()
                    .min(Comparator.comparing(Agreement.EnginePair::samePredictions))
                    .ifPresent(least -> LabCommand.say(
                            agreement.pairs().size() == 1
                                    ? "Answers: both engines agree on %.2f%% of the test images."
                                    : "Answers: any two engines agree on at least %.2f%% of the test images (--verbose: every pair).",
                            100 * least.samePredictions()));
        }
    }
}
