package tandem.engine.reference;

import tandem.core.Batch;
import tandem.core.Network;
import tandem.core.data.Images;

/** What flows through the network for a number of images, and the derivatives of each image's own loss by it. */
final class Activations {
    /** Normalised pixels, [count, rows, columns]: the float32 inputs of every engine. */
    final float[] inputs;

    /** Factors of dropout1, [count, features], or null where nothing is dropped. */
    final float[] mask1;

    /** Factors of dropout2, [count, hidden], or null where nothing is dropped. */
    final float[] mask2;

    /** After pooling, ReLU and dropout1, in channel, row, column order: [count][features]. */
    final double[][] features;

    /** After ReLU and dropout2: [count][hidden]. */
    final double[][] hidden;

    /** [count][classes]. */
    final double[][] logits;

    /** Derivative by {@link #features}. */
    final double[][] dFeatures;

    /** Derivative by the hidden units before ReLU. */
    final double[][] dHidden;

    /** Derivative by {@link #logits}. */
    final double[][] dLogits;

    private Activations(Network network, int count, float[] mask1, float[] mask2) {
        inputs = new float[count * network.rows() * network.columns()];
        this.mask1 = mask1;
        this.mask2 = mask2;
        features = new double[count][network.features()];
        hidden = new double[count][network.hidden()];
        logits = new double[count][network.classes()];
        dFeatures = new double[count][network.features()];
        dHidden = new double[count][network.hidden()];
        dLogits = new double[count][network.classes()];
    }

    /** For a batch with its dropout masks. */
    static Activations of(Network network, Batch batch) {
        float[] mask1 = null;
        float[] mask2 = null;
        if (batch.dropout()) {
            mask1 = new float[batch.size() * network.features()];
            mask2 = new float[batch.size() * network.hidden()];
            batch.mask1ChannelsFirst(mask1);
            batch.mask2(mask2);
        }
        Activations activations = new Activations(network, batch.size(), mask1, mask2);
        batch.inputs(activations.inputs);
        return activations;
    }

    /** For consecutive images without dropout. */
    static Activations of(Network network, Images images, int from, int count) {
        Activations activations = new Activations(network, count, null, null);
        for (int i = 0; i < count; i++) {
            images.normalise(from + i, activations.inputs, i * images.size());
        }
        return activations;
    }

    /** Multiplies an image's row of values by its row of a mask. */
    static void drop(double[] values, float[] mask, int image) {
        if (mask != null) {
            for (int j = 0; j < values.length; j++) {
                values[j] *= mask[image * values.length + j];
            }
        }
    }
}
