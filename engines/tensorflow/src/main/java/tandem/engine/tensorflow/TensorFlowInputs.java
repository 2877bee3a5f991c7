package tandem.engine.tensorflow;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.engine.Batch;

/** A batch of so many images in native memory, filled again for every step. */
final class TensorFlowInputs implements AutoCloseable {
    private final float[] floats;
    private final int[] classes;
    private final TFloat32 images;
    private final TInt32 labels;
    private final @Nullable TFloat32 mask1;
    private final @Nullable TFloat32 mask2;

    /**
     * Where a batch enters the graph; n is open.
     *
     * @param images [n, rows, columns, 1]
     * @param labels [n]
     * @param mask1 factors of dropout1, [n, pooledRows, pooledColumns, conv2]; null if the recipe has no dropout
     * @param mask2 factors of dropout2, [n, hidden]; null if the recipe has no dropout
     */
    record Placeholders(
            Placeholder<TFloat32> images,
            Placeholder<TInt32> labels,
            @Nullable Placeholder<TFloat32> mask1,
            @Nullable Placeholder<TFloat32> mask2) {

        static Placeholders of(Ops tf, Recipe recipe, Placeholder<TFloat32> images) {
            return new Placeholders(
                    images,
                    tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1))),
                    recipe.dropout()
                            ? tf.placeholder(TFloat32.class, Placeholder.shape(mask1Shape(recipe.network(), -1)))
                            : null,
                    recipe.dropout()
                            ? tf.placeholder(TFloat32.class, Placeholder.shape(mask2Shape(recipe.network(), -1)))
                            : null);
        }

        /** Feeds a batch to a run. */
        Session.Runner feed(Session.Runner runner, TensorFlowInputs batch) {
            runner.feed(images, batch.images).feed(labels, batch.labels);
            return mask1 == null || mask2 == null
                    ? runner
                    : runner.feed(mask1, Objects.requireNonNull(batch.mask1))
                            .feed(mask2, Objects.requireNonNull(batch.mask2));
        }
    }

    /** Of n images, or of -1 for as many as there are. */
    static Shape imageShape(Network network, int n) {
        return Shape.of(n, network.rows(), network.columns(), 1);
    }

    private static Shape mask1Shape(Network network, int n) {
        return Shape.of(n, network.pooledRows(), network.pooledColumns(), network.conv2());
    }

    private static Shape mask2Shape(Network network, int n) {
        return Shape.of(n, network.hidden());
    }

    TensorFlowInputs(Recipe recipe, int n) {
        Network network = recipe.network();
        images = TFloat32.tensorOf(imageShape(network, n));
        labels = TInt32.tensorOf(Shape.of(n));
        mask1 = recipe.dropout() ? TFloat32.tensorOf(mask1Shape(network, n)) : null;
        mask2 = recipe.dropout() ? TFloat32.tensorOf(mask2Shape(network, n)) : null;
        int largest = Math.max(network.rows() * network.columns(), Math.max(network.features(), network.hidden()));
        floats = new float[n * largest];
        classes = new int[n];
    }

    int size() {
        return classes.length;
    }

    /** Takes over a batch of {@link #size()} images. */
    void fill(Batch batch) {
        batch.inputs(floats);
        write(images);
        batch.labels(classes);
        labels.asRawTensor().data().asInts().write(classes);
        if (mask1 != null && mask2 != null) {
            batch.mask1ChannelsLast(floats);
            write(mask1);
            batch.mask2(floats);
            write(mask2);
        }
    }

    private void write(TFloat32 tensor) {
        tensor.asRawTensor().data().asFloats().write(floats, 0, (int) tensor.size());
    }

    @Override
    public void close() {
        images.close();
        labels.close();
        if (mask1 != null && mask2 != null) {
            mask1.close();
            mask2.close();
        }
    }
}
