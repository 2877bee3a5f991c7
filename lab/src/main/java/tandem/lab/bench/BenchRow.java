package tandem.lab.bench;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Require;
import tandem.core.engine.EngineProvider;
import tandem.lab.engines.EngineName;
import tandem.lab.progress.Status;

/**
 * How fast one engine, one variant of an engine or one peer is; an entry of bench.json. What is not known is null.
 *
 * @param engine name as in tables
 * @param variantOf name of the engine at its best, if this is a variant
 * @param peer whether this is another program, not an engine, measured for orientation
 * @param status whether all rounds are done
 * @param failure one sentence, or null
 * @param library what computed
 * @param libraryVersion its version
 * @param device where it computed
 * @param threads how many threads computed
 * @param millisPerStep time inside the engine, over the steps of all rounds
 * @param roundMedians median milliseconds a step of each round
 * @param trainImagesPerSecond over all rounds, with what it took to make the batches
 * @param inferenceImagesPerSecond median over the rounds, by images of a call
 * @param startupSeconds process start until ready for the first step
 * @param firstStepSeconds process start until the first step is done, without the wait for the lab
 * @param warmUp what came before the rounds
 * @param peakMemoryMiB the process's resident high-water mark
 * @param memoryGrowth by how much it grows, or null if it was not asked for
 * @param waitingProcessorShare processor time used while others had their turn, over that time: what others lost to it
 * @param ratioToFastestOther median milliseconds a step of the fastest other engine, its best variant, over this row's:
 *     above 1, this is faster
 */
public record BenchRow(
        String engine,
        @Nullable String variantOf,
        boolean peer,
        Status status,
        @Nullable String failure,
        @Nullable String library,
        @Nullable String libraryVersion,
        @Nullable String device,
        @Nullable Integer threads,
        @Nullable Spread millisPerStep,
        List<Double> roundMedians,
        @Nullable Double trainImagesPerSecond,
        Map<Integer, @Nullable Double> inferenceImagesPerSecond,
        @Nullable Double startupSeconds,
        @Nullable Double firstStepSeconds,
        @Nullable WarmUp warmUp,
        @Nullable Double peakMemoryMiB,
        @Nullable MemoryGrowth memoryGrowth,
        @Nullable Double waitingProcessorShare,
        @Nullable Double ratioToFastestOther) {
    /** @throws Failure if a value is out of its range */
    public BenchRow {
        Require.that(status == Status.DONE || failure != null, "failure", null, "a sentence, as not all is done");
        if (threads != null) {
            Require.atLeast(1, "threads", (long) threads);
        }
        roundMedians.forEach(millis -> Require.positive("roundMedians", millis));
        Require.atLeast(0.0, "trainImagesPerSecond", trainImagesPerSecond);
        inferenceImagesPerSecond.forEach(
                (call, perSecond) -> Require.atLeast(0.0, "inferenceImagesPerSecond of " + call, perSecond));
        Require.atLeast(0.0, "startupSeconds", startupSeconds);
        Require.atLeast(0.0, "firstStepSeconds", firstStepSeconds);
        Require.atLeast(0.0, "peakMemoryMiB", peakMemoryMiB);
        Require.atLeast(0.0, "waitingProcessorShare", waitingProcessorShare);
        Require.atLeast(0.0, "ratioToFastestOther", ratioToFastestOther);
    }

    /** One that was not measured yet. */
    static BenchRow waiting(EngineName name, EngineProvider provider) {
        return new BenchRow(
                name.toString(),
                name.variant().isEmpty() ? null : name.engine(),
                false,
                Status.INTERRUPTED,
                "interrupted before it began",
                provider.library(),
                provider.version(),
                null,
                null,
                null,
                List.of(),
                null,
                Map.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
