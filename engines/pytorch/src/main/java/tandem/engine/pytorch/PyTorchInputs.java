package tandem.engine.pytorch;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.engine.Batch;

/** A batch of so many images in the memory of a device, filled again for every step. */
final class PyTorchInputs implements AutoCloseable {
    private final float[] pixels;
    private final int[] classes;
    private final long[] wideClasses;
    private final PyTorchInput images;
    private final PyTorchInput labels;
    private final @Nullable PyTorchMasks masks;

    PyTorchInputs(Recipe recipe, int n, Device device) {
        Network network = recipe.network();
        images = PyTorchInput.floats(device, n, 1, network.rows(), network.columns());
        labels = PyTorchInput.longs(device, n);
        masks = recipe.dropout() ? PyTorchMasks.of(network, n, device) : null;
        pixels = new float[n * network.rows() * network.columns()];
        classes = new int[n];
        wideClasses = new long[n];
    }

    int size() {
        return classes.length;
    }

    /** [n, 1, rows, columns]. */
    Tensor images() {
        return images.tensor();
    }

    /** [n], int64. */
    Tensor labels() {
        return labels.tensor();
    }

    /** Factors of dropout1: [n, conv2, pooledRows, pooledColumns]; null if the recipe has no dropout. */
    @Nullable
    Tensor mask1() {
        return masks == null ? null : masks.mask1();
    }

    /** Factors of dropout2: [n, hidden]; null if the recipe has no dropout. */
    @Nullable
    Tensor mask2() {
        return masks == null ? null : masks.mask2();
    }

    /**
     * Takes over a batch of {@link #size()} images. A result of the batch before must have been read: until then, a GPU
     * may still copy what is overwritten here.
     */
    void fill(Batch batch) {
        if (masks != null) {
            masks.fill(batch);
        }
        batch.inputs(pixels);
        images.write(pixels);
        batch.labels(classes);
        for (int i = 0; i < classes.length; i++) {
            wideClasses[i] = classes[i];
        }
        labels.write(wideClasses);
    }

    @Override
    public void close() {
        images.close();
        labels.close();
        if (masks != null) {
            masks.close();
        }
    }
}
