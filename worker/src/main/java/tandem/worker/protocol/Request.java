package tandem.worker.protocol;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.Require;
import tandem.core.data.Normalisation;

/**
 * What the lab asks of a worker: one JSON object a line. A worker serves any number of trials, one after the other; or
 * it prepares an engine once and measures it whenever asked; or it takes the steps of a proof; or it opens a model once
 * and predicts whenever asked; or it exports.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "request")
public sealed interface Request {

    /**
     * A request that is answered.
     *
     * @param <R> the last event of the answer, unless it is {@link Event.Failed}
     */
    sealed interface Question<R extends Event.Reply> extends Request {
        /** The class of the last event. */
        @JsonIgnore
        Class<R> reply();
    }

    /**
     * Train one trial.
     *
     * @param recipe its network already has the dataset's sizes
     * @param threads how many threads may compute
     * @param variant one of the engine's variants, or the empty string
     * @param initialParameters safetensors file to start from, or null to draw them
     * @param checkpoint file of the position to go on from, see {@link Checkpoint}; null to start anew
     * @param files what is written; null to write nothing
     * @param tests of the network while it learns, besides those at the ends of epochs; null for none
     */
    @JsonTypeName("train")
    record Train(
            Recipe recipe,
            int threads,
            String variant,
            @Nullable String initialParameters,
            @Nullable String checkpoint,
            @Nullable TrialFiles files,
            @Nullable Tests tests)
            implements Question<Event.End> {
        /** @throws Failure if a value is out of its range */
        public Train {
            Require.atLeast(1, "threads", threads);
        }

        @Override
        public Class<Event.End> reply() {
            return Event.End.class;
        }
    }

    /**
     * What a trial writes.
     *
     * @param folder of events.jsonl and checkpoints
     * @param every when a checkpoint is written, besides on a stop
     * @param results whether the end of every epoch has a checkpoint, too, and the end of the trial its model and
     *     predictions; otherwise there is only what it takes to go on
     */
    record TrialFiles(String folder, CheckpointEvery every, boolean results) {}

    /**
     * Tests of a network while it learns. They change nothing of the training, and its seconds are without them.
     *
     * @param everySteps steps between two tests, over the whole run
     * @param images number of test images, from the first on; all if there are fewer
     */
    record Tests(int everySteps, int images) {
        /** @throws Failure if a value is out of its range */
        public Tests {
            Require.atLeast(1, "everySteps", everySteps);
            Require.atLeast(1, "images", images);
        }
    }

    /**
     * Create an engine that is kept for measurements.
     *
     * @param recipe its network already has the dataset's sizes
     * @param threads how many threads may compute
     * @param variant one of the engine's variants, or the empty string
     */
    @JsonTypeName("prepare")
    record Prepare(Recipe recipe, int threads, String variant) implements Question<Event.Prepared> {
        /** @throws Failure if a value is out of its range */
        public Prepare {
            Require.atLeast(1, "threads", threads);
        }

        @Override
        public Class<Event.Prepared> reply() {
            return Event.Prepared.class;
        }
    }

    /** Measure the prepared engine. Between measurements a worker sleeps. */
    sealed interface Measurement extends Question<Event.Measured> {
        @Override
        default Class<Event.Measured> reply() {
            return Event.Measured.class;
        }
    }

    /**
     * Go on training; every step is an event of its own.
     *
     * @param steps how many, at least 1
     */
    @JsonTypeName("measureSteps")
    record MeasureSteps(int steps) implements Measurement {
        /** @throws Failure if a value is out of its range */
        public MeasureSteps {
            Require.atLeast(1, "steps", steps);
        }
    }

    /**
     * Ask for logits of test images, over and over.
     *
     * @param images of one call, at most the number of test images
     * @param seconds at least for so long
     */
    @JsonTypeName("measureInference")
    record MeasureInference(int images, double seconds) implements Measurement {
        /** @throws Failure if a value is out of its range */
        public MeasureInference {
            Require.atLeast(1, "images", images);
            Require.atLeast(0.0, "seconds", seconds);
        }
    }

    /**
     * Take single steps from given starts, each told by {@link Event.Proved}; then train some steps from the recipe's
     * own start, every step an event of its own; answered by {@link Event.Trained}.
     *
     * @param recipe its network already has the dataset's sizes
     * @param threads how many threads may compute
     * @param variant one of the engine's variants, or the empty string
     * @param firstImage training images before this one are left out
     * @param initialParameters safetensors file to start from, or null to draw them
     * @param starts of the single steps
     * @param steps how many after them
     * @param model where the parameters after these steps are written
     */
    @JsonTypeName("prove")
    record Prove(
            Recipe recipe,
            int threads,
            String variant,
            int firstImage,
            @Nullable String initialParameters,
            List<ProofStart> starts,
            int steps,
            String model)
            implements Question<Event.Trained> {
        /** @throws Failure if a value is out of its range */
        public Prove {
            Require.atLeast(1, "threads", threads);
            Require.atLeast(0, "firstImage", firstImage);
            Require.atLeast(0, "steps", steps);
        }

        @Override
        public Class<Event.Trained> reply() {
            return Event.Trained.class;
        }
    }

    /**
     * Where a single step starts.
     *
     * @param step from 0 over the whole run: decides masks, order and learning rate
     * @param positions the batch's images: positions in the order of the step's epoch
     * @param start folder of parameters and accumulators, see {@link TensorFiles}
     * @param outcome folder where gradients, parameters and accumulators after the step are written
     */
    record ProofStart(long step, int[] positions, String start, String outcome) {
        /** @throws Failure if a value is out of its range */
        public ProofStart {
            Require.atLeast(0, "step", step);
        }
    }

    /**
     * Read a trained model that is kept for predictions; one that is open is closed.
     *
     * @param network the model's
     * @param threads how many threads may compute
     * @param variant one of the engine's variants, or the empty string
     * @param model safetensors file of the parameters
     */
    @JsonTypeName("open")
    record Open(Network network, int threads, String variant, String model) implements Question<Event.Opened> {
        /** @throws Failure if a value is out of its range */
        public Open {
            Require.atLeast(1, "threads", threads);
        }

        @Override
        public Class<Event.Opened> reply() {
            return Event.Opened.class;
        }
    }

    /**
     * Ask the open model for logits of images of one's own.
     *
     * @param normalisation how pixels become inputs
     * @param pixels [count, rows, columns], 0 is background; Base64 in JSON
     */
    @JsonTypeName("predict")
    record Predict(Normalisation normalisation, byte[] pixels) implements Question<Event.Predicted> {
        @Override
        public Class<Event.Predicted> reply() {
            return Event.Predicted.class;
        }
    }

    /**
     * Write a trained model in the library's own format.
     *
     * @param network the model's
     * @param model safetensors file of the parameters
     * @param normalisation how pixels become inputs
     * @param rawPixels whether the normalisation is a part of what is written
     * @param folder where it is written
     */
    @JsonTypeName("export")
    record Export(Network network, String model, Normalisation normalisation, boolean rawPixels, String folder)
            implements Question<Event.Exported> {
        @Override
        public Class<Event.Exported> reply() {
            return Event.Exported.class;
        }
    }

    /** End the trial or the measurement after the current step. A trial keeps a checkpoint. */
    @JsonTypeName("stop")
    record Stop() implements Request {}

    /** End the process. */
    @JsonTypeName("exit")
    record Exit() implements Request {}
}
