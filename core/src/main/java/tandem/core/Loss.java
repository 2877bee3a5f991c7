package tandem.core;

import java.util.Locale;

/** What a network is trained on, as a mean over the batch. */
public enum Loss {
    /** Cross-entropy of the logits: {@code -log softmax(z)[label]}. */
    CROSS_ENTROPY {
        @Override
        public double of(float[] logits, int from, int classes, int label) {
            double[] z = new double[classes];
            for (int k = 0; k < classes; k++) {
                z[k] = logits[from + k];
            }
            return logSumExp(z) - z[label];
        }
    },

    /**
     * Cross-entropy that takes softmax outputs for logits, {@code -log softmax(softmax(z))[label]}: what the published
     * PyTorch notebook computes.
     */
    DOUBLE_SOFTMAX {
        @Override
        public double of(float[] logits, int from, int classes, int label) {
            double[] z = new double[classes];
            for (int k = 0; k < classes; k++) {
                z[k] = logits[from + k];
            }
            double total = logSumExp(z);
            for (int k = 0; k < classes; k++) {
                z[k] = Math.exp(z[k] - total);
            }
            return logSumExp(z) - z[label];
        }
    };

    /**
     * Loss of one image, computed in float64.
     *
     * @param logits logits of many images
     * @param from index of this image's first logit
     * @param classes number of logits
     * @param label the right class
     */
    public abstract double of(float[] logits, int from, int classes, int label);

    private static double logSumExp(double[] z) {
        double max = Double.NEGATIVE_INFINITY;
        for (double v : z) {
            max = Math.max(max, v);
        }
        double sum = 0;
        for (double v : z) {
            sum += Math.exp(v - max);
        }
        return max + Math.log(sum);
    }

    /** The name in recipes and options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
