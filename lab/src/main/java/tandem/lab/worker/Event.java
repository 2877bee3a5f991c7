package tandem.lab.worker;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import tandem.core.Training;
import tandem.core.engine.Library;

/** What a worker tells the lab: one JSON object a line. Step and epoch events are also the lines of events.jsonl. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
public sealed interface Event {

    /**
     * The engine is ready for the trial's first step.
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
            implements Event {}

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
    record Step(int epoch, long step, double loss, double learningRate, double millis) implements Event {

        static Step of(Training.Step step) {
            return new Step(step.epoch(), step.step(), step.loss(), step.learningRate(), step.millis());
        }
    }

    /**
     * How far an evaluation is.
     *
     * @param done images done
     * @param total images to do
     */
    @JsonTypeName("evaluating")
    record Evaluating(int done, int total) implements Event {}

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
            implements Event {}

    /**
     * The trial is done; model and checkpoint are written.
     *
     * @param inferenceImagesPerSecond of the last evaluation
     * @param peakMemoryMiB resident high-water mark of the process, or null where the system does not tell
     * @param confusion of the last evaluation: [classes, classes], rows are labels
     * @param predictions of the last evaluation, one class for each test image
     * @param batches fingerprint of every batch the trial saw: indices, labels, masks
     */
    @JsonTypeName("done")
    record Done(
            double inferenceImagesPerSecond, Double peakMemoryMiB, int[][] confusion, int[] predictions, String batches)
            implements Event {}

    /**
     * The trial ended early because it was asked to; the checkpoint is written.
     *
     * @param steps steps done
     */
    @JsonTypeName("interrupted")
    record Interrupted(long steps) implements Event {}

    /** What answers requests other than to train a trial. */
    sealed interface Answer extends Event {}

    /**
     * The engine is ready to be measured, or to be proved.
     *
     * @param library what computes
     * @param startupSeconds from the start of the process
     * @param identity of what the engine was given; null from a peer, which draws its own
     */
    @JsonTypeName("prepared")
    record Prepared(Library library, double startupSeconds, Identity identity) implements Answer {}

    /**
     * A measurement is done.
     *
     * @param calls steps, or calls for logits
     * @param images in all calls together
     * @param seconds of all calls together, with what it took to make the batches
     * @param peakMemoryMiB resident high-water mark of the process so far, or null where the system does not tell
     */
    @JsonTypeName("measured")
    record Measured(int calls, long images, double seconds, Double peakMemoryMiB) implements Answer {}

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
            implements Answer {}

    /**
     * The steps after the proofs are done.
     *
     * @param initialParameters fingerprint of the parameters they began with, as read back from the engine
     * @param batches fingerprint of every batch: indices, labels, masks
     */
    @JsonTypeName("trained")
    record Trained(String initialParameters, String batches) implements Answer {}

    /**
     * What a model makes of images.
     *
     * @param library what computed
     * @param logits [count, classes]
     */
    @JsonTypeName("predicted")
    record Predicted(Library library, float[] logits) implements Answer {}

    /** A model is written in the library's own format. */
    @JsonTypeName("exported")
    record Exported() implements Answer {}

    /**
     * The trial or the measurement failed.
     *
     * @param sentence what went wrong; the stack trace is in the log
     */
    @JsonTypeName("failed")
    record Failed(String sentence) implements Event {}
}
