package tandem.lab.worker;

import tandem.core.Batch;
import tandem.core.Batches;
import tandem.core.Failure;
import tandem.core.Recipe;
import tandem.core.data.Images;
import tandem.core.engine.Engine;

/** The train steps of a recipe, one after the other, each with its time; the same for trials and for measurements. */
final class TrainSteps {
    private final Recipe recipe;
    private final Batches batches;
    private final Batch batch;
    private long next;
    private long fingerprint;

    /** Steps over training images, from the first one on. */
    TrainSteps(Recipe recipe, Images images) {
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
    void goOnFrom(long step, long fingerprint) {
        this.next = step;
        this.fingerprint = fingerprint;
    }

    /** Steps of one epoch. */
    int perEpoch() {
        return batches.perEpoch();
    }

    /** The next step, from 0 over the whole run. */
    long next() {
        return next;
    }

    /** Fingerprint of every batch so far: indices, labels, masks. */
    long fingerprint() {
        return fingerprint;
    }

    /** Images of the last step. */
    int images() {
        return batch.size();
    }

    /**
     * Makes the next batch and trains on it.
     *
     * @return the step, with the time inside the engine
     * @throws Failure if the loss is no longer a number
     */
    Event.Step run(Engine engine) {
        batches.fill(batch, next);
        fingerprint = batch.mix(fingerprint);
        int epoch = batches.epoch(next);
        double learningRate = recipe.learningRate(epoch, next);
        long start = System.nanoTime();
        float loss = engine.trainStep(batch, (float) learningRate);
        long end = System.nanoTime();
        if (!Float.isFinite(loss)) {
            throw new Failure(
                    "the loss became %s at step %d; try a smaller learning rate (--lr)".formatted(loss, next));
        }
        return new Event.Step(epoch, next++, loss, learningRate, (end - start) / 1e6);
    }
}
