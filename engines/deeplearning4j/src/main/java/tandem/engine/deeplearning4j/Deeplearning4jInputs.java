package tandem.engine.deeplearning4j;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.engine.Batch;

/** A batch of so many images in native memory, filled again for every step. */
final class Deeplearning4jInputs implements AutoCloseable {
    private final Network network;
    private final float[] floats;
    private final int[] classes;

    /** [n, rows, columns, 1]. */
    final INDArray images;

    /** One-hot: [n, classes]. */
    final INDArray labels;

    /** Factors of dropout1: [n, features] in row, column, channel order; null if the recipe has no dropout. */
    final @Nullable INDArray mask1;

    /** Factors of dropout2: [n, hidden]; null if the recipe has no dropout. */
    final @Nullable INDArray mask2;

    Deeplearning4jInputs(Recipe recipe, int n) {
        network = recipe.network();
        images = Deeplearning4jTensors.allocate(n, network.rows(), network.columns(), 1);
        labels = Deeplearning4jTensors.allocate(n, network.classes());
        mask1 = recipe.dropout() ? Deeplearning4jTensors.allocate(n, network.features()) : null;
        mask2 = recipe.dropout() ? Deeplearning4jTensors.allocate(n, network.hidden()) : null;
        int largest = Math.max(
                Math.max(network.rows() * network.columns(), network.classes()),
                Math.max(network.features(), network.hidden()));
        floats = new float[n * largest];
        classes = new int[n];
    }

    int size() {
        return classes.length;
    }

    /** Takes over a batch of {@link #size()} images. */
    void fill(Batch batch) {
        batch.inputs(floats);
        Deeplearning4jTensors.write(images, floats);
        batch.labels(classes);
        Arrays.fill(floats, 0, classes.length * network.classes(), 0);
        for (int i = 0; i < classes.length; i++) {
            floats[i * network.classes() + classes[i]] = 1;
        }
        Deeplearning4jTensors.write(labels, floats);
        if (mask1 != null && mask2 != null) {
            batch.mask1ChannelsLast(floats);
            Deeplearning4jTensors.write(mask1, floats);
            batch.mask2(floats);
            Deeplearning4jTensors.write(mask2, floats);
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
