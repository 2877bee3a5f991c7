package tandem.lab.parity;

import tandem.core.Network;
import tandem.engine.reference.Pass;

/**
 * How far a right engine in float32 may be from the reference, relative as {@link Quantity} says. Measured with PyTorch
 * 2.10 and TensorFlow 2.18 on x86-64, on batches of 64 images whose choices are decided. In 100 proofs at step 0, of
 * three recipes: logits off by at most 5.8e-7, gradients by 7.0e-7, accumulators by 1.1e-5, updates by 9.1e-6. In 72
 * proofs along six epochs, half of them from accumulators of zero: gradients by 1.0e-5, and by 2.3e-5 where the loss
 * was below 0.05; accumulators by 5.9e-5, updates by 1.8e-5.
 *
 * @param network for how many positions a gradient is summed over
 * @param images number of images in the batch
 * @param pass the reference's
 */
record Limits(Network network, int images, Pass pass) {
    /** Limit of logits, prediction and loss. */
    static final double FORWARD = 1e-5;

    private static final double GRADIENT = 1e-5;
    private static final double UPDATE = 1e-4;

    /** Below this loss most images' gradients have only a few digits left, see {@link #gradient}. */
    private static final double SMALL_LOSS = 0.05;

    private static final double SMALL_LOSS_GRADIENT = 1e-4;

    /** Half a unit in the last place of 1 in float32. */
    private static final double ROUNDING = 0x1p-24;

    /**
     * Limit of a gradient, in three parts: a constant; what a sum of this many terms loses, one after the other, by
     * about the root of their number (PyTorch sums conv1.bias over 64 x 676 positions; late in training a single image
     * may be nearly all of the gradient, and every term after it is rounded to its last place: 1.0e-5 measured); and
     * what softmax minus one-hot loses where they cancel (measured: one to two roundings of 1, four allowed).
     */
    double gradient(String tensor) {
        double constant = pass.loss() < SMALL_LOSS ? SMALL_LOSS_GRADIENT : GRADIENT;
        double softmax = pass.imageNorm("fc2.bias");
        return constant + ROUNDING * (Math.sqrt(terms(tensor)) + 4 / softmax);
    }

    /**
     * Over how many positions of how many images a gradient is summed, positions passed over by max-pool not counted.
     */
    private double terms(String tensor) {
        int border = Network.KERNEL - 1;
        int positions = switch (tensor.substring(0, tensor.indexOf('.'))) {
            case "conv1" -> (network.rows() - border) * (network.columns() - border);
            case "conv2" -> network.pooledPositions();
            default -> 1;
        };
        return (double) images * positions;
    }

    /**
     * Limit of accumulators and update: accumulators square the gradient, so they may be off by twice as much as it
     * may, which is given relative to an image's gradient and here counts relative to the batch's.
     */
    double update(String tensor) {
        double norm = Errors.norm(pass.gradients().get(tensor));
        return Math.max(UPDATE, 2 * gradient(tensor) * Errors.relative(pass.imageNorm(tensor), norm));
    }
}
