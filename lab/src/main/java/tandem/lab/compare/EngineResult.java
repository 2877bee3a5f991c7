package tandem.lab.compare;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Require;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.FoundEngine;
import tandem.lab.progress.Status;
import tandem.lab.statistics.Proportion;
import tandem.worker.protocol.Event;

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
        @Nullable String failure,
        @Nullable Double testAccuracy,
        @Nullable Double testLoss,
        List<Event.Epoch> epochs,
        @Nullable Double trainSeconds,
        @Nullable Double secondsPerEpoch,
        @Nullable Double millisPerStepMedian,
        @Nullable Double startupSeconds,
        @Nullable Double inferenceImagesPerSecond,
        @Nullable Double peakMemoryMiB,
        int @Nullable [][] confusion,
        String library,
        String libraryVersion,
        @Nullable String device,
        @Nullable Integer threads) {
    /** @throws Failure if a value is out of its range */
    public EngineResult {
        Require.share("testAccuracy", testAccuracy);
        Require.finite("testLoss", testLoss);
        for (int i = 1; i < epochs.size(); i++) {
            Require.that(
                    epochs.get(i).epoch() > epochs.get(i - 1).epoch(),
                    "epochs[%s].epoch".formatted(i),
                    epochs.get(i).epoch(),
                    "later than the one before");
        }
        Require.that(
                epochs.isEmpty()
                        || Objects.equals(testAccuracy, epochs.getLast().testAccuracy()),
                "testAccuracy",
                testAccuracy,
                "that of the last epoch");
        Require.that(
                (trainSeconds == null) == epochs.isEmpty(),
                "trainSeconds",
                trainSeconds,
                "known as soon as there is an epoch");
        Require.positive("trainSeconds", trainSeconds);
        Require.atLeast(0.0, "secondsPerEpoch", secondsPerEpoch);
        Require.positive("millisPerStepMedian", millisPerStepMedian);
        Require.atLeast(0.0, "startupSeconds", startupSeconds);
        Require.atLeast(0.0, "inferenceImagesPerSecond", inferenceImagesPerSecond);
        Require.atLeast(0.0, "peakMemoryMiB", peakMemoryMiB);
        Require.confusion("confusion", confusion);
        if (status == Status.DONE) {
            Require.that(confusion != null, "confusion", null, "known, as the engine is done");
        } else {
            Require.that(failure != null, "failure", null, "a sentence, as the engine is not done");
        }
        if (threads != null) {
            Require.atLeast(1, "threads", (long) threads);
        }
    }

    /** One that has not trained yet; whoever reads this knows that it was to. */
    static EngineResult interrupted(EngineName name, FoundEngine engine, String reason) {
        return new EngineResult(
                name,
                Status.INTERRUPTED,
                reason,
                null,
                null,
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                engine.provider().library(),
                engine.provider().version(),
                null,
                null);
    }

    /** Whether all epochs are done, of the number that was asked for. */
    boolean hasEpochs(int count) {
        return status == Status.DONE && !epochs.isEmpty() && epochs.getLast().epoch() == count;
    }

    /** Test accuracy in percent, or null. */
    @Nullable
    Double percentage() {
        return testAccuracy == null ? null : 100 * testAccuracy;
    }

    /**
     * Test accuracy with its interval, which the number of test images gives it; null unless the engine is done. A
     * second seed moves it besides.
     */
    public @Nullable Proportion accuracy() {
        if (testAccuracy == null || confusion == null) {
            return null;
        }
        long images = Arrays.stream(confusion).flatMapToInt(Arrays::stream).sum();
        return images == 0 ? null : Proportion.of(testAccuracy, images);
    }

    /** Images trained on in a second of training, over all epochs; null before the first is done. */
    public @Nullable Double trainImagesPerSecond() {
        return trainSeconds == null ? null : images() / trainSeconds;
    }

    /** Images trained on in all epochs that are done, but for rounding. */
    double images() {
        return epochs.stream()
                .mapToDouble(epoch -> epoch.imagesPerSecond() * epoch.seconds())
                .sum();
    }
}
