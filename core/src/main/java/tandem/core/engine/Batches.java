package tandem.core.engine;

import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.data.Images;
import tandem.core.random.DropoutMask;
import tandem.core.random.Order;

/**
 * The batches of a run: which images, in which order, with which masks. All of it is a function of the recipe's seed,
 * the epoch and the step, so every worker makes its own and all are the same.
 */
public final class Batches {
    private final Recipe recipe;
    private final Images images;
    private final DropoutMask mask1;
    private final DropoutMask mask2;
    private int[] order = {};
    private int orderedEpoch;

    /** Batches of training images by a recipe. */
    public Batches(Recipe recipe, Images images) {
        this.recipe = recipe;
        this.images = images;
        Network network = recipe.network();
        mask1 = DropoutMask.first(network.dropout1(), network.pooledPositions(), network.conv2());
        mask2 = DropoutMask.second(network.dropout2(), network.hidden());
    }

    /** Steps of one epoch; the last one may have fewer images. */
    public int perEpoch() {
        return Math.ceilDiv(images.count(), recipe.batchSize());
    }

    /** A batch to be filled. */
    public Batch allocate() {
        return new Batch(recipe.network(), images, Math.min(recipe.batchSize(), images.count()), recipe.dropout());
    }

    /**
     * Fills a batch with the images of a step.
     *
     * @param batch made by {@link #allocate()}
     * @param step global step, from 0 over the whole run
     */
    public void fill(Batch batch, long step) {
        orderEpochOf(step);
        int first = first(step);
        batch.size = Math.min(recipe.batchSize(), images.count() - first);
        for (int i = 0; i < batch.size; i++) {
            place(batch, i, first + i, step);
        }
    }

    /**
     * Fills a batch with chosen images: the masks are those that a step draws for these positions.
     *
     * @param batch made by {@link #allocate()}
     * @param step global step, from 0 over the whole run
     * @param positions positions in the order of the step's epoch, at most the batch's capacity
     */
    public void fill(Batch batch, long step, int[] positions) {
        orderEpochOf(step);
        batch.size = positions.length;
        for (int i = 0; i < positions.length; i++) {
            place(batch, i, positions[i], step);
        }
    }

    private void orderEpochOf(long step) {
        int epoch = epoch(step);
        if (epoch != orderedEpoch) {
            order = recipe.shuffle()
                    ? Order.shuffled(recipe.seed(), epoch, images.count())
                    : Order.inFileOrder(images.count());
            orderedEpoch = epoch;
        }
    }

    private void place(Batch batch, int i, int position, long step) {
        batch.indices[i] = order[position];
        if (recipe.dropout()) {
            mask1.draw(recipe.seed(), position, step, batch.keep1, i * mask1.words());
            mask2.draw(recipe.seed(), position, step, batch.keep2, i * mask2.words());
        }
    }

    /** Position of a step's first image in the order of its epoch. */
    public int first(long step) {
        return (int) (step % perEpoch()) * recipe.batchSize();
    }

    /** The epoch of a step, from 1. */
    public int epoch(long step) {
        return Math.toIntExact(step / perEpoch()) + 1;
    }
}
