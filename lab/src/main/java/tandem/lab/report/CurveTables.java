package tandem.lab.report;

import java.nio.file.Path;
import java.util.StringJoiner;
import tandem.core.AtomicFile;
import tandem.lab.worker.Event;

/**
 * The curves as tables for other programs: steps.csv and epochs.csv, a line for each step or epoch of each engine, with
 * the names that events.jsonl has. Names of engines hold neither commas nor quotes.
 */
final class CurveTables {
    private CurveTables() {}

    /**
     * Writes both files, replacing those that are there.
     *
     * @throws tandem.core.Failure if one cannot be written
     */
    static void write(ComparisonReport report, Path folder) {
        StringJoiner steps = new StringJoiner("\n", "engine,epoch,step,loss,learningRate,millis\n", "\n");
        StringJoiner epochs =
                new StringJoiner("\n", "engine,epoch,trainLoss,testLoss,testAccuracy,seconds,imagesPerSecond\n", "\n");
        for (EngineRun run : report.stepped()) {
            for (Event.Step step : run.steps()) {
                steps.add("%s,%d,%d,%s,%s,%s"
                        .formatted(
                                run.name(),
                                step.epoch(),
                                step.step(),
                                step.loss(),
                                step.learningRate(),
                                step.millis()));
            }
            for (Event.Epoch epoch : run.result().epochs()) {
                epochs.add("%s,%d,%s,%s,%s,%s,%s"
                        .formatted(
                                run.name(),
                                epoch.epoch(),
                                epoch.trainLoss(),
                                epoch.testLoss(),
                                epoch.testAccuracy(),
                                epoch.seconds(),
                                epoch.imagesPerSecond()));
            }
        }
        AtomicFile.write(folder.resolve("steps.csv"), steps.toString());
        AtomicFile.write(folder.resolve("epochs.csv"), epochs.toString());
    }
}
