package tandem.lab;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import tandem.lab.worker.Event;

/**
 * How one engine did; an entry of comparison.json. What is not known is null.
 *
 * @param engine name as in tables
 * @param status how its trial ended
 * @param failure one sentence, or null
 * @param testAccuracy after the last epoch, from 0 to 1
 * @param testLoss the recipe's loss on the test images after the last epoch
 * @param epochs each epoch done
 * @param trainSeconds training time of all epochs, without evaluation
 * @param secondsPerEpoch its mean
 * @param millisPerStepMedian time in the engine
 * @param startupSeconds process start until ready for the first step
 * @param inferenceImagesPerSecond of the last evaluation
 * @param peakMemoryMiB the worker's resident high-water mark
 * @param confusion of the last evaluation: rows are labels, columns predictions
 * @param library what computed
 * @param libraryVersion its version
 * @param device where it computed
 * @param threads how many threads computed
 */
public record EngineResult(
        EngineName engine,
        Status status,
        String failure,
        Double testAccuracy,
        Double testLoss,
        List<Event.Epoch> epochs,
        Double trainSeconds,
        Double secondsPerEpoch,
        Double millisPerStepMedian,
        Double startupSeconds,
        Double inferenceImagesPerSecond,
        Double peakMemoryMiB,
        int[][] confusion,
        String library,
        String libraryVersion,
        String device,
        Integer threads) {

    /** How a trial ended. */
    public enum Status {
        /** All epochs are done. */
        DONE,
        /** Something went wrong; {@link #failure()} says what. */
        FAILED,
        /** It was asked to stop; a checkpoint is kept. */
        INTERRUPTED,
        /** The engine cannot run on this machine. */
        UNAVAILABLE;

        @JsonValue
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** An engine that did not come to train. */
    static EngineResult without(EngineName engine, Status status, String failure, String library, String version) {
        return new EngineResult(
                engine, status, failure, null, null, List.of(), null, null, null, null, null, null, null, library,
                version, null, null);
    }
}
