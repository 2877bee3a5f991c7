package tandem.engine.tensorflow;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import tandem.core.Batch;
import tandem.core.Network;

/** A batch of so many images in native memory, filled again for every step. */
final class TensorFlowInputs implements AutoCloseable {
    private final float[] floats;
    private final int[] classes;

    /** [n, rows, columns, 1]. */
    final TFloat32 images;

    /** [n]. */
    final TInt32 labels;

    /** Factors of dropout1: [n, pooledRows, pooledColumns, conv2]. */
    final TFloat32 mask1;

    /** Factors of dropout2: [n, hidden]. */
    final TFloat32 mask2;

    TensorFlowInputs(Network network, int n) {
        images = TFloat32.tensorOf(Shape.of(n, network.rows(), network.columns(), 1));
        labels = TInt32.tensorOf(Shape.of(n));
        mask1 = TFloat32.tensorOf(Shape.of(n, network.pooledRows(), network.pooledColumns(), network.conv2()));
        mask2 = TFloat32.tensorOf(Shape.of(n, network.hidden()));
        floats = new float
                [n * Math.max(network.rows() * network.columns(), Math.max(network.features(), network.hidden()))];
        classes = new int[n];
    }

    int size() {
        return classes.length;
    }

    /** Takes over a batch of {@link #size()} images. */
    void fill(Batch batch) {
        batch.inputs(floats);
        write(images);
        batch.mask1ChannelsLast(floats);
        write(mask1);
        batch.mask2(floats);
        write(mask2);
        batch.labels(classes);
        labels.asRawTensor().data().asInts().write(classes);
    }

    private void write(TFloat32 tensor) {
        tensor.asRawTensor().data().asFloats().write(floats, 0, (int) tensor.size());
    }

    @Override
    public void close() {
        images.close();
        labels.close();
        mask1.close();
        mask2.close();
    }
}
