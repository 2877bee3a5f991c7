package tandem.engine.reference;

import java.util.Arrays;

/**
 * Gradient by a convolution's parameters.
 *
 * @param weight [out, KERNEL, KERNEL, in]
 * @param bias [out]
 */
record KernelGradient(double[] weight, double[] bias) {

    void clear() {
        Arrays.fill(weight, 0);
        Arrays.fill(bias, 0);
    }

    void add(KernelGradient other) {
        Vectors.axpy(weight.length, 1, other.weight, 0, weight, 0);
        Vectors.axpy(bias.length, 1, other.bias, 0, bias, 0);
    }
}
