package tandem.engine.reference;

import java.util.Arrays;

/**
 * Gradient by a convolution's parameters.
 *
 * @param weight [out][in x KERNEL x KERNEL]
 * @param bias [out]
 */
record KernelGradient(double[][] weight, double[] bias) {

    void clear() {
        Vectors.clear(weight);
        Arrays.fill(bias, 0);
    }

    void add(KernelGradient other) {
        for (int o = 0; o < weight.length; o++) {
            Vectors.add(1, other.weight[o], weight[o]);
        }
        Vectors.add(1, other.bias, bias);
    }

    /** Adds a multiple to canonical tensors: weights are [out, in, KERNEL, KERNEL]. */
    void addTo(double factor, double[] dWeight, double[] dBias) {
        int at = 0;
        for (double[] row : weight) {
            for (double v : row) {
                dWeight[at++] += factor * v;
            }
        }
        Vectors.add(factor, bias, dBias);
    }
}
