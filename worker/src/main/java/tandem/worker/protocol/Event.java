package tandem.worker.protocol;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Require;
import tandem.core.engine.Library;
import tandem.core.engine.Training;

/**
 * What a worker tells the lab: one JSON object a line. Every request is answered by any number of {@link News} and then
 * by one {@link Reply}, or by {@link Failed}. Step and epoch events are also the lines of events.jsonl.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
public sealed interface Event {

    /** What happens while a request is served. */
    sealed interface News extends Event {}

    /** The last event of a request that was served; {@link Request.Question} says which belongs to which. */
    sealed interface Reply extends Event {}

    /** How a trial ended. */
    sealed interface End extends Reply {}

    // ---- a trial

    /**
     * The engine is ready for its first step, of a trial or of a proof.
     *
     * @param library what computes
     * @param startupSeconds from the start of the process, or of the request if the process served another before
     * @param steps steps of the whole run
     * @param imagesPerEpoch training images of an epoch
     * @param firstStep the step the trial starts with, greater than 0 when it goes on from a checkpoint
     * @param identity of the run
     */
    @JsonTypeName("ready")
    record Ready(
            Library library, double startupSeconds, long steps, int imagesPerEpoch, long firstStep, Identity identity)
            implements News {
        /** @throws Failure if a value is out of its range */
        public Ready {
            Require.atLeast(0.0, "startupSeconds", startupSeconds);
            Require.atLeast(1, "steps", steps);
            Require.atLeast(1, "imagesPerEpoch", imagesPerEpoch);
            Require.atLeast(0, "firstStep", firstStep);
        }
    }

    /**
     * One train step.
     *
     * @param epoch from 1
     * @param step from 0 over the whole run
     * @param loss before the update; a float, widened exactly
     * @param learningRate of the update, before it is rounded to a float
     * @param millis spent in the engine
     */
    @JsonTypeName("step")
    record Step(int epoch, long step, double loss, double learningRate, double millis) implements News {
        /** @throws Failure if a value is out of its range */
        public Step {
            Require.atLeast(1, "epoch", epoch);
            Require.atLeast(0, "step", step);
            Require.finite("loss", loss);
            Require.atLeast(0.0, "learningRate", learningRate);
            Require.atLeast(0.0, "millis", millis);
        }

        /** As the training loop has it. */
        public static Step of(Training.Step step) {
            return new Step(step.epoch(), step.step(), step.loss(), step.learningRate(), step.millis());
        }
    }

    /**
     * A test in the middle of an epoch.
     *
     * @param step steps done
     * @param testAccuracy from 0 to 1
     * @param images test images that were asked for
     */
    @JsonTypeName("tested")
    record Tested(long step, double testAccuracy, int images) implements News {
        /** @throws Failure if a value is out of its range */
        public Tested {
            Require.atLeast(1, "step", step);
            Require.share("testAccuracy", testAccuracy);
            Require.atLeast(1, "images", images);
        }
    }

    /**
     * How far an evaluation is.
     *
     * @param done images done
     * @param total images to do
     */
    @JsonTypeName("evaluating")
    record Evaluating(int done, int total) implements News {
        /** @throws Failure if a value is out of its range */
        public Evaluating {
            Require.atLeast(0, "done", done);
            Require.that(total >= done, "total", total, "at least " + done + ", which are done");
        }
    }

    /**
     * One epoch and its evaluation.
     *
     * @param epoch from 1
     * @param trainLoss mean of the epoch's step losses
     * @param testLoss the recipe's loss on the test images
     * @param testAccuracy from 0 to 1
     * @param seconds of training, without the evaluation
     * @param imagesPerSecond training images a second
     */
    @JsonTypeName("epoch")
    record Epoch(
            int epoch, double trainLoss, double testLoss, double testAccuracy, double seconds, double imagesPerSecond)
            implements News {
        /** @throws Failure if a value is out of its range */
        public Epoch {
            Require.atLeast(1, "epoch", epoch);
            Require.finite("trainLoss", trainLoss);
            Require.finite("testLoss", testLoss);
            Require.share("testAccuracy", testAccuracy);
            Require.atLeast(0.0, "seconds", seconds);
            Require.atLeast(0.0, "imagesPerSecond", imagesPerSecond);
        }
    }

    /**
     * The trial is done; model and checkpoint are written.
     *
     * @param inferenceImagesPerSecond of the last evaluation
     * @param peakMemoryMiB resident high-water mark of the process, or null where the system does not tell
     * @param confusion of the last evaluation: [classes, classes], rows are labels
     * @param batches fingerprint of every batch the trial saw: indices, labels, masks
     * @param parameters fingerprint of the trained parameters, see {@link tandem.core.Parameters#fingerprint}
     */
    @JsonTypeName("done")
    record Done(
            double inferenceImagesPerSecond,
            @Nullable Double peakMemoryMiB,
            int[][] confusion,
            String batches,
            String parameters)
            implements End {
        /** @throws Failure if a value is out of its range */
        public Done {
            Require.atLeast(0.0, "inferenceImagesPerSecond", inferenceImagesPerSecond);
            Require.atLeast(0.0, "peakMemoryMiB", peakMemoryMiB);
            Require.confusion("confusion", confusion);
        }
    }

    /**
     * The trial ended early because it was asked to; the checkpoint is written.
     *
     * @param steps steps done
     */
    @JsonTypeName("interrupted")
    record Interrupted(long steps) implements End {
        /** @throws Failure if a value is out of its range */
        public Interrupted {
            Require.atLeast(0, "steps", steps);
        }
    }

    // ---- measurements

    /**
     * The engine is ready to be measured.
     *
     * @param library what computes
     * @param startupSeconds from the start of the process
     * @param identity of what the engine was given; null from a peer, which draws its own
     */
    @JsonTypeName("prepared")
    record Prepared(
            Library library,
            double startupSeconds,
            @Nullable Identity identity) implements Reply {
        /** @throws Failure if a value is out of its range */
        public Prepared {
            Require.atLeast(0.0, "startupSeconds", startupSeconds);
        }
    }

    /**
     * A measurement is done.
     *
     * @param calls steps, or calls for logits
     * @param images in all calls together
     * @param seconds of all calls together, with what it took to make the batches
     * @param peakMemoryMiB resident high-water mark of the process so far, or null where the system does not tell
     * @param residentMemoryMiB what is resident now, or null where the system does not tell
     */
    @JsonTypeName("measured")
    record Measured(
            int calls,
            long images,
            double seconds,
            @Nullable Double peakMemoryMiB,
            @Nullable Double residentMemoryMiB) implements Reply {
        /** @throws Failure if a value is out of its range */
        public Measured {
            Require.atLeast(1, "calls", calls);
            Require.atLeast(1, "images", images);
            Require.positive("seconds", seconds);
            Require.atLeast(0.0, "peakMemoryMiB", peakMemoryMiB);
            Require.atLeast(0.0, "residentMemoryMiB", residentMemoryMiB);
        }
    }

    // ---- a proof

    /**
     * The engine took the step of a proof; its tensors are in the start's folder, see {@link Request.ProofStart}.
     *
     * @param received what it took the step from
     * @param loss before the update, as the train step returned it
     * @param gradientsLoss the same, as it came with the gradients
     * @param logits with dropout: [batch, classes]
     * @param prediction logits without dropout: [batch, classes]
     */
    @JsonTypeName("proved")
    record Proved(Received received, float loss, float gradientsLoss, float[] logits, float[] prediction)
            implements News {}

    /**
     * The steps after the proofs are done.
     *
     * @param initialParameters fingerprint of the parameters they began with, as read back from the engine
     * @param batches fingerprint of every batch: indices, labels, masks
     */
    @JsonTypeName("trained")
    record Trained(String initialParameters, String batches) implements Reply {}

    // ---- a trained model

    /**
     * A model is read and ready to predict.
     *
     * @param library what computes
     * @param startupSeconds from the start of the process
     */
    @JsonTypeName("opened")
    record Opened(Library library, double startupSeconds) implements Reply {
        /** @throws Failure if a value is out of its range */
        public Opened {
            Require.atLeast(0.0, "startupSeconds", startupSeconds);
        }
    }

    /**
     * What the open model makes of images.
     *
     * @param logits [count, classes]
     */
    @JsonTypeName("predicted")
    record Predicted(float[] logits) implements Reply {}

    /** A model is written in the library's own format. */
    @JsonTypeName("exported")
    record Exported() implements Reply {}

    /**
     * The request failed.
     *
     * @param sentence what went wrong; the stack trace is in the log
     */
    @JsonTypeName("failed")
    record Failed(String sentence) implements Event {}
}
