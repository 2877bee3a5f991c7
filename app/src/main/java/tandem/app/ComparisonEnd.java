package tandem.app;

import tandem.lab.compare.Agreement;
import tandem.lab.compare.Comparison;
import tandem.lab.compare.ComparisonTable;
import tandem.lab.run.RunDirectory;

/** What {@code compare} and {@code train} print at their end: the table, and what the engines agree on. */
final class ComparisonEnd {
    private ComparisonEnd() {}

    static void print(Comparison comparison, RunDirectory directory) {
        LabCommand.print(ComparisonTable.of(comparison));
        Agreement agreement = comparison.agreement();
        if (agreement.sameInputs() != null) {
            System.out.println();
            System.out.println(
                    agreement.sameInputs()
                            ? "Inputs: identical for all engines (initial parameters, images, order, masks)."
                            : "Inputs: NOT identical; see \"agreement\" in comparison.json.");
            LabCommand.say("Loss of step 0: the engines differ by %.1e of it.", agreement.firstLossSpread());
            for (Agreement.EnginePair pair : agreement.pairs()) {
                LabCommand.say(
                        "%s and %s: same answer on %.2f%% of the test images, parameters %.2g apart.",
                        pair.first(), pair.second(), 100 * pair.samePredictions(), pair.parameterDistance());
            }
        }
        LabCommand.printFolder(directory);
    }
}
