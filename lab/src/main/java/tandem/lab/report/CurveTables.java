package tandem.lab.report;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import tandem.core.AtomicFile;
import tandem.worker.protocol.Event;

/**
 * The curves as tables for other programs: steps.csv and epochs.csv, a line for each step or epoch of each engine, with
 * the names that events.jsonl has. Names of engines hold neither commas nor quotes.
 */
final class CurveTables {
    private CurveTables() {}

    /** Writes both files, replacing those that are there. */
    static void write(ComparisonReport report, Path folder) {
        StringJoiner steps = new StringJoiner("\n", "engine,epoch,step,loss,learningRate,millis\n", "\n");
        StringJoiner epochs =
                new StringJoiner("\n", "engine,epoch,trainLoss,testLoss,testAccuracy,seconds,imagesPerSecond\n", "\n");
        for (EngineRun run : report.stepped()) {
            String name = run.name();
            for (Event.Step step : run.steps()) {
                steps.add(line(name, step.epoch(), step.step(), step.loss(), step.learningRate(), step.millis()));
            }
            for (Event.Epoch epoch : run.result().epochs()) {
                epochs.add(line(
                        name,
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

    private static String line(Object... values) {
        return Arrays.stream(values).map(String::valueOf).collect(Collectors.joining(","));
    }
}
