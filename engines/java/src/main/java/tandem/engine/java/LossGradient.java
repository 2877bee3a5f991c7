package tandem.engine.java;

import tandem.core.Loss;

/**
 * Loss of one image and its gradient by the logits, in float64: ten numbers an image cost nothing. {@link StrictMath},
 * because {@link Math} may give other bits on another processor.
 */
final class LossGradient {
    private final Loss loss;
    private final int classes;
    private final double[] p;
    private final double[] q;

    LossGradient(Loss loss, int classes) {
        this.loss = loss;
        this.classes = classes;
        p = new double[classes];
        q = new double[classes];
    }

    /**
     * Computes both.
     *
     * @param logits of many images
     * @param from index of this image's first logit
     * @param label the right class
     * @param images of the batch, over which the loss is a mean
     * @param dLogits receives the gradient of the mean: [classes]
     * @return the loss of this image
     */
    double of(float[] logits, int from, int label, int images, float[] dLogits) {
        for (int k = 0; k < classes; k++) {
            p[k] = logits[from + k];
        }
        double z = p[label];
        double total = softmax(p);
        return switch (loss) {
            case CROSS_ENTROPY -> {
                for (int k = 0; k < classes; k++) {
                    dLogits[k] = (float) ((p[k] - (k == label ? 1 : 0)) / images);
                }
                yield total - z;
            }
            case DOUBLE_SOFTMAX -> {
                System.arraycopy(p, 0, q, 0, classes);
                double outer = softmax(q);
                // Through the outer softmax: e = q - onehot(label); through the inner: p (e - sum of p e).
                double mean = 0;
                for (int k = 0; k < classes; k++) {
                    mean += p[k] * (q[k] - (k == label ? 1 : 0));
                }
                for (int k = 0; k < classes; k++) {
                    dLogits[k] = (float) (p[k] * (q[k] - (k == label ? 1 : 0) - mean) / images);
                }
                yield outer - p[label];
            }
        };
    }

    /** Replaces logits by their softmax; returns the logarithm of the sum of their exponentials. */
    private double softmax(double[] z) {
        double max = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < classes; k++) {
            max = Math.max(max, z[k]);
        }
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            z[k] = StrictMath.exp(z[k] - max);
            sum += z[k];
        }
        for (int k = 0; k < classes; k++) {
            z[k] /= sum;
        }
        return max + StrictMath.log(sum);
    }
}
