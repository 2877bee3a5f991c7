package tandem.core.engine;

import java.util.function.Consumer;
import tandem.core.Failure;
import tandem.core.Recipe;
import tandem.core.data.Images;

/**
 * The training loop: the train steps of a recipe, one after the other, each with its time. It is the same for a program
 * of ten lines, for trials and for measurements.
 */
public final class Training {
    private final Recipe recipe;
    private final Batches batches;
    private final Batch batch;
    private long next;
    private long fingerprint;

    /**
     * One train step.
     *
     * @param epoch from 1
     * @param step from 0 over the whole run
     * @param loss mean over the batch, before the update
     * @param learningRate of the update
     * @param millis spent in the engine
     */
    public record Step(int epoch, long step, double loss, double learningRate, double millis) {}

    /** What takes a step. */
    @FunctionalInterface
    public interface Learner {
        /** Forward, backward and update on a batch; returns the loss before the update. */
        double trainStep(Batch batch, double learningRate);
    }

    /** Steps over training images, from the first one on. */
    public Training(Recipe recipe, Images images) {
        this.recipe = recipe;
        batches = new Batches(recipe, images);
        batch = batches.allocate();
    }

    /**
     * Leaves out the steps that were done before.
     *
     * @param step the next step, from 0 over the whole run
     * @param fingerprint of the batches before it
     */
    public void goOnFrom(long step, long fingerprint) {
        this.next = step;
        this.fingerprint = fingerprint;
    }

    /** Steps of one epoch. */
    public int perEpoch() {
        return batches.perEpoch();
    }

    /** The next step, from 0 over the whole run. */
    public long next() {
        return next;
    }

    /** The batch of the last step. It is filled again for the next one. */
    public Batch batch() {
        return batch;
    }

    /** Fingerprint of every batch so far: indices, labels, masks. */
    public long fingerprint() {
        return fingerprint;
    }

    /**
     * Trains to the end of the epoch.
     *
     * @param steps receives every step
     * @throws Failure if the loss is no longer a number
     */
    public void epoch(Engine engine, Consumer<Step> steps) {
        do {
            steps.accept(step(engine));
        } while (next % perEpoch() != 0);
    }

    /**
     * Makes the next batch and trains on it.
     *
     * @throws Failure if the loss is no longer a number
     */
    public Step step(Engine engine) {
        return step((Batch batch, double learningRate) -> engine.trainStep(batch, (float) learningRate));
    }

    /** As {@link #step(Engine)}, for what is not an engine. */
    public Step step(Learner learner) {
        batches.fill(batch, next);
        fingerprint = batch.mix(fingerprint);
        int epoch = batches.epoch(next);
        double learningRate = recipe.learningRate(epoch, next);
        long start = System.nanoTime();
        double loss = learner.trainStep(batch, learningRate);
        long end = System.nanoTime();
        if (!Double.isFinite(loss)) {
            throw new Failure(
                    "the loss became %s at step %s; try a smaller learning rate (--lr)".formatted(loss, next));
        }
        return new Step(epoch, next++, loss, learningRate, (end - start) / 1e6);
    }
}
