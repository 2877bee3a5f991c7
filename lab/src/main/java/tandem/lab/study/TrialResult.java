package tandem.lab.study;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Require;
import tandem.core.engine.Library;
import tandem.lab.engines.EngineName;
import tandem.lab.progress.Status;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Identity;

/**
 * One trial of many; the content of its file. What is not known is null.
 *
 * @param arm name of what it belongs to
 * @param engine that trained
 * @param seed of initial parameters, order and masks
 * @param recipe fingerprint of every choice, the seed among them
 * @param status how it ended; only trials that are done have a file
 * @param failure one sentence, or null
 * @param epochs each epoch done
 * @param seconds wall time in the worker: creating the engine, training, evaluation
 * @param library what computed
 * @param identity fingerprints of the images and the initial parameters
 * @param batches fingerprint of every batch: indices, labels, masks
 * @param parameters fingerprint of the trained parameters, which shows whether two machines computed the same bits;
 *     null in files of older versions
 */
public record TrialResult(
        String arm,
        EngineName engine,
        long seed,
        String recipe,
        Status status,
        @Nullable String failure,
        List<Event.Epoch> epochs,
        double seconds,
        @Nullable Library library,
        @Nullable Identity identity,
        @Nullable String batches,
        @Nullable String parameters) {
    /** @throws Failure if a value is out of its range */
    public TrialResult {
        Require.atLeast(0.0, "seconds", seconds);
        Require.that(
                status != Status.DONE || !epochs.isEmpty(), "epochs", epochs, "at least one of a trial that is done");
        for (int i = 0; i < epochs.size(); i++) {
            Require.that(
                    epochs.get(i).epoch() == i + 1,
                    "epochs[%s].epoch".formatted(i),
                    epochs.get(i).epoch(),
                    String.valueOf(i + 1));
        }
    }

    /**
     * Reads the file of a trial.
     *
     * @throws Failure if it cannot be read, or holds something else
     */
    static TrialResult read(Path file) {
        return Json.read(file, TrialResult.class, json -> {
            if (!json.has("parameters")) {
                json.putNull("parameters");
            }
        });
    }

    /** On the test images after the last epoch, from 0 to 1. */
    public double testAccuracy() {
        return epochs.getLast().testAccuracy();
    }

    /** The recipe's loss on the test images after the last epoch. */
    public double testLoss() {
        return epochs.getLast().testLoss();
    }

    /** Seconds of training, without evaluation. */
    public double trainSeconds() {
        return trainSeconds(epochs.size());
    }

    /** The first epoch, from 1, after which the test accuracy is at least this; null if there is none. */
    public @Nullable Integer epochsTo(double accuracy) {
        return epochs.stream()
                .filter(epoch -> epoch.testAccuracy() >= accuracy)
                .map(Event.Epoch::epoch)
                .findFirst()
                .orElse(null);
    }

    /** Seconds of training until then, without evaluation; null if it never was. */
    public @Nullable Double secondsTo(double accuracy) {
        Integer reached = epochsTo(accuracy);
        return reached == null ? null : trainSeconds(reached);
    }

    private double trainSeconds(int first) {
        return epochs.subList(0, first).stream()
                .mapToDouble(Event.Epoch::seconds)
                .sum();
    }
}
