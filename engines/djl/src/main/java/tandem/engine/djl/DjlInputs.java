package tandem.engine.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.LongBuffer;
import org.jspecify.annotations.Nullable;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.engine.Batch;

/** A batch of so many images in native memory, filled again for every step. */
final class DjlInputs implements AutoCloseable {
    private final NDManager manager;
    private final float[] floats;
    private final int[] classes;

    /** [n, 1, rows, columns]. */
    final NDArray images;

    /** [n], int64. */
    final NDArray labels;

    /** Factors of dropout1: [n, conv2, pooledRows, pooledColumns]; null if the recipe has no dropout. */
    final @Nullable NDArray mask1;

    /** Factors of dropout2: [n, hidden]; null if the recipe has no dropout. */
    final @Nullable NDArray mask2;

    /**
     * A batch.
     *
     * @param owner parent of the manager that frees the arrays
     * @param n number of images
     */
    DjlInputs(NDManager owner, Recipe recipe, int n) {
        Network network = recipe.network();
        manager = owner.newSubManager();
        images = manager.create(new Shape(n, 1, network.rows(), network.columns()), DataType.FLOAT32);
        labels = manager.create(new Shape(n), DataType.INT64);
        Shape pooled = new Shape(n, network.conv2(), network.pooledRows(), network.pooledColumns());
        mask1 = recipe.dropout() ? manager.create(pooled, DataType.FLOAT32) : null;
        mask2 = recipe.dropout() ? manager.create(new Shape(n, network.hidden()), DataType.FLOAT32) : null;
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
        DjlTensors.set(images, floats);
        batch.labels(classes);
        DjlTensors.write(labels, memory -> {
            LongBuffer target = memory.asLongBuffer();
            for (int label : classes) {
                target.put(label);
            }
        });
        if (mask1 != null && mask2 != null) {
            batch.mask1ChannelsFirst(floats);
            DjlTensors.set(mask1, floats);
            batch.mask2(floats);
            DjlTensors.set(mask2, floats);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
