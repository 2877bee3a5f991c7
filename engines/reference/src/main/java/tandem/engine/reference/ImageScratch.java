package tandem.engine.reference;

import tandem.core.Network;

/** Space for one image on its way through the convolutions, channels-last; used for one image after another. */
final class ImageScratch {
    /** Normalised pixels: [rows, columns]. */
    final double[] input;

    /** After ReLU: [rows - 2, columns - 2, conv1]. */
    final double[] conv1;

    /** Derivative by conv1 before ReLU. */
    final double[] dConv1;

    /** Before pooling: [rows - 4, columns - 4, conv2]; on the way back the derivative by it. */
    final double[] conv2;

    /** For each feature the index in {@link #conv2} of its window's largest element. */
    final int[] largest;

    ImageScratch(Network network, Convolution conv1, Convolution conv2) {
        input = new double[conv1.inputSize()];
        this.conv1 = new double[conv1.outputSize()];
        dConv1 = new double[conv1.outputSize()];
        this.conv2 = new double[conv2.outputSize()];
        largest = new int[network.features()];
    }

    /** Widens one image of many. */
    void read(float[] inputs, int image) {
        for (int i = 0; i < input.length; i++) {
            input[i] = inputs[image * input.length + i];
        }
    }
}
