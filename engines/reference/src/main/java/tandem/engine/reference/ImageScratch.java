package tandem.engine.reference;

import tandem.core.Network;

/** Space for one image on its way through the convolutions; used for one image after another. */
final class ImageScratch {
    /** Normalised pixels: [rows x columns][1]. */
    final double[][] input;

    /** After ReLU: [(rows - 2) x (columns - 2)][conv1]. */
    final double[][] conv1;

    /** Derivative by conv1. */
    final double[][] dConv1;

    /** Before pooling: [(rows - 4) x (columns - 4)][conv2]; on the way back the derivative by it. */
    final double[][] conv2;

    /** For each feature the position in {@link #conv2} of its window's largest element: [conv2 x pooled positions]. */
    final int[] largest;

    ImageScratch(Network network, Convolution conv1, Convolution conv2) {
        input = conv1.newInput();
        this.conv1 = conv1.newOutput();
        dConv1 = conv1.newOutput();
        this.conv2 = conv2.newOutput();
        largest = new int[network.features()];
    }

    /** Widens one image of many. */
    void read(float[] inputs, int image) {
        for (int i = 0; i < input.length; i++) {
            input[i][0] = inputs[image * input.length + i];
        }
    }
}
