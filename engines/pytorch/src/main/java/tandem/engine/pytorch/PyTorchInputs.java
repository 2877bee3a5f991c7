package tandem.engine.pytorch;

import static org.bytedeco.pytorch.global.torch.empty;

import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.engine.Batch;

/** A batch of so many images in the memory of a device, filled again for every step. */
final class PyTorchInputs implements AutoCloseable {
    private final float[] floats;
    private final int[] classes;

    /** [n, 1, rows, columns]. */
    final Tensor images;

    /** [n], int64. */
    final Tensor labels;

    /** Factors of dropout1: [n, conv2, pooledRows, pooledColumns]; null if the recipe has no dropout. */
    final @Nullable Tensor mask1;

    /** Factors of dropout2: [n, hidden]; null if the recipe has no dropout. */
    final @Nullable Tensor mask2;

    PyTorchInputs(Recipe recipe, int n, Device device) {
        Network network = recipe.network();
        images = kept(empty(n, 1, network.rows(), network.columns()).to(device, ScalarType.Float));
        labels = kept(longs(n).to(device, ScalarType.Long));
        mask1 = recipe.dropout()
                ? kept(empty(n, network.conv2(), network.pooledRows(), network.pooledColumns())
                        .to(device, ScalarType.Float))
                : null;
        mask2 = recipe.dropout() ? kept(empty(n, network.hidden()).to(device, ScalarType.Float)) : null;
        int largest = Math.max(network.rows() * network.columns(), Math.max(network.features(), network.hidden()));
        floats = new float[n * largest];
        classes = new int[n];
    }

    private static Tensor longs(int n) {
        return empty(new long[] {n}, new TensorOptions(ScalarType.Long), new MemoryFormatOptional());
    }

    private static Tensor kept(Tensor tensor) {
        tensor.retainReference();
        return tensor;
    }

    int size() {
        return classes.length;
    }

    /** Takes over a batch of {@link #size()} images; within a scope, which frees what a GPU is sent. */
    void fill(Batch batch) {
        batch.inputs(floats);
        write(images);
        batch.labels(classes);
        Tensor host = labels.is_cpu() ? labels : longs(classes.length);
        LongPointer target = host.data_ptr_long();
        for (int i = 0; i < classes.length; i++) {
            target.put(i, classes[i]);
        }
        send(host, labels);
        if (mask1 != null && mask2 != null) {
            batch.mask1ChannelsFirst(floats);
            write(mask1);
            batch.mask2(floats);
            write(mask2);
        }
    }

    private void write(Tensor tensor) {
        Tensor host = tensor.is_cpu() ? tensor : empty(tensor.shape());
        host.data_ptr_float().put(floats, 0, (int) tensor.numel());
        send(host, tensor);
    }

    private static void send(Tensor host, Tensor tensor) {
        if (host != tensor) {
            tensor.copy_(host);
        }
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
