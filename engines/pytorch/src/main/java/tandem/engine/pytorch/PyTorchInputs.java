package tandem.engine.pytorch;

import static org.bytedeco.pytorch.global.torch.empty;

import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tandem.core.Batch;
import tandem.core.Network;

/** A batch of so many images in native memory, filled again for every step. */
final class PyTorchInputs implements AutoCloseable {
    private final float[] floats;
    private final int[] classes;

    /** [n, 1, rows, columns]. */
    final Tensor images;

    /** [n], int64. */
    final Tensor labels;

    /** Factors of dropout1: [n, conv2, pooledRows, pooledColumns]. */
    final Tensor mask1;

    /** Factors of dropout2: [n, hidden]. */
    final Tensor mask2;

    PyTorchInputs(Network network, int n) {
        images = kept(empty(n, 1, network.rows(), network.columns()));
        labels = kept(empty(new long[] {n}, new TensorOptions(ScalarType.Long), new MemoryFormatOptional()));
        mask1 = kept(empty(n, network.conv2(), network.pooledRows(), network.pooledColumns()));
        mask2 = kept(empty(n, network.hidden()));
        floats = new float
                [n * Math.max(network.rows() * network.columns(), Math.max(network.features(), network.hidden()))];
        classes = new int[n];
    }

    private static Tensor kept(Tensor tensor) {
        tensor.retainReference();
        return tensor;
    }

    int size() {
        return classes.length;
    }

    /** Takes over a batch of {@link #size()} images. */
    void fill(Batch batch) {
        batch.inputs(floats);
        write(images);
        batch.mask1ChannelsFirst(floats);
        write(mask1);
        batch.mask2(floats);
        write(mask2);
        batch.labels(classes);
        for (int i = 0; i < classes.length; i++) {
            labels.data_ptr_long().put(i, classes[i]);
        }
    }

    private void write(Tensor tensor) {
        tensor.data_ptr_float().put(floats, 0, (int) tensor.numel());
    }

    @Override
    public void close() {
        images.close();
        labels.close();
        mask1.close();
        mask2.close();
    }
}
