package tandem.core;

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
    private int[] order;
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
     * Fills a batch.
     *
     * @param batch made by {@link #allocate()}
     * @param step global step, from 0 over the whole run
     */
    public void fill(Batch batch, long step) {
        int epoch = epoch(step);
        if (epoch != orderedEpoch) {
            order = recipe.shuffle()
                    ? Order.shuffled(recipe.seed(), epoch, images.count())
                    : Order.inFileOrder(images.count());
            orderedEpoch = epoch;
        }
        int first = (int) (step % perEpoch()) * recipe.batchSize();
        batch.size = Math.min(recipe.batchSize(), images.count() - first);
        System.arraycopy(order, first, batch.indices, 0, batch.size);
        if (recipe.dropout()) {
            for (int i = 0; i < batch.size; i++) {
                mask1.draw(recipe.seed(), first + i, step, batch.keep1, i * mask1.words());
                mask2.draw(recipe.seed(), first + i, step, batch.keep2, i * mask2.words());
            }
        }
    }

    /** The epoch of a step, from 1. */
    public int epoch(long step) {
        return Math.toIntExact(step / perEpoch()) + 1;
    }
}
