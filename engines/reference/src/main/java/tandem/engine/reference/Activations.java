package tandem.engine.reference;

import tandem.core.Network;

/** What flows through the network for a number of images, and the derivatives of each image's own loss by it. */
final class Activations {
    final ReferenceInputs inputs;

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

    Activations(Network network, ReferenceInputs inputs) {
        this.inputs = inputs;
        int count = inputs.count();
        features = new double[count][network.features()];
        hidden = new double[count][network.hidden()];
        logits = new double[count][network.classes()];
        dFeatures = new double[count][network.features()];
        dHidden = new double[count][network.hidden()];
        dLogits = new double[count][network.classes()];
    }

    int count() {
        return inputs.count();
    }
}
