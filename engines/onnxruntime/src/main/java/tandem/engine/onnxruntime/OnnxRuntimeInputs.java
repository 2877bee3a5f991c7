package tandem.engine.onnxruntime;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.onnxruntime.IoBinding;
import org.jspecify.annotations.Nullable;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.engine.Batch;
import tandem.formats.OnnxGraph;

/** A batch of so many images in native memory, filled again for every step. */
final class OnnxRuntimeInputs implements AutoCloseable {
    static final String IMAGES = "images";
    static final String LABELS = "labels";
    static final String MASK_1 = "mask1";
    static final String MASK_2 = "mask2";
    static final String LEARNING_RATE = "learningRate";

    private final float[] floats;
    private final int[] classes;
    private final OnnxRuntimeTensor<FloatPointer> images;
    private final OnnxRuntimeTensor<IntPointer> labels;
    private final OnnxRuntimeTensor<FloatPointer> learningRate;
    private final @Nullable OnnxRuntimeTensor<FloatPointer> mask1;
    private final @Nullable OnnxRuntimeTensor<FloatPointer> mask2;

    /** Where a batch of n images enters a graph. Masks are the factors of dropout, if the recipe has dropout. */
    static void declare(OnnxGraph graph, Recipe recipe, int n) {
        Network network = recipe.network();
        graph.input(OnnxGraph.Value.floats(IMAGES, List.of(n, 1, network.rows(), network.columns())));
        graph.input(new OnnxGraph.Value(LABELS, TensorProto.DataType.INT32, List.of(n), ""));
        graph.input(OnnxGraph.Value.floats(LEARNING_RATE, List.of()));
        if (recipe.dropout()) {
            graph.input(OnnxGraph.Value.floats(
                    MASK_1, List.of(n, network.conv2(), network.pooledRows(), network.pooledColumns())));
            graph.input(OnnxGraph.Value.floats(MASK_2, List.of(n, network.hidden())));
        }
    }

    OnnxRuntimeInputs(Recipe recipe, int n) {
        Network network = recipe.network();
        images = OnnxRuntimeTensor.floats(n, 1, network.rows(), network.columns());
        labels = OnnxRuntimeTensor.integers(n);
        learningRate = OnnxRuntimeTensor.floats();
        mask1 = recipe.dropout()
                ? OnnxRuntimeTensor.floats(n, network.conv2(), network.pooledRows(), network.pooledColumns())
                : null;
        mask2 = recipe.dropout() ? OnnxRuntimeTensor.floats(n, network.hidden()) : null;
        int largest = Math.max(network.rows() * network.columns(), Math.max(network.features(), network.hidden()));
        floats = new float[n * largest];
        classes = new int[n];
    }

    int size() {
        return classes.length;
    }

    /** Takes over a batch of {@link #size()} images. */
    void fill(Batch batch, float rate) {
        batch.inputs(floats);
        write(images);
        batch.labels(classes);
        labels.memory().put(classes);
        learningRate.memory().put(0, rate);
        if (mask1 != null && mask2 != null) {
            batch.mask1ChannelsFirst(floats);
            write(mask1);
            batch.mask2(floats);
            write(mask2);
        }
    }

    private void write(OnnxRuntimeTensor<FloatPointer> tensor) {
        FloatPointer memory = tensor.memory();
        memory.put(floats, 0, (int) memory.capacity());
    }

    /** Makes them a graph's inputs. */
    void bind(IoBinding binding) {
        images.bindInput(binding, IMAGES);
        labels.bindInput(binding, LABELS);
        learningRate.bindInput(binding, LEARNING_RATE);
        if (mask1 != null && mask2 != null) {
            mask1.bindInput(binding, MASK_1);
            mask2.bindInput(binding, MASK_2);
        }
    }

    @Override
    public void close() {
        images.close();
        labels.close();
        learningRate.close();
        if (mask1 != null && mask2 != null) {
            mask1.close();
            mask2.close();
        }
    }
}
