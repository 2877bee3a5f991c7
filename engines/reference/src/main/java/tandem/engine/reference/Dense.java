package tandem.engine.reference;

import static tandem.engine.reference.Vectors.EIGHT;
import static tandem.engine.reference.Vectors.add;
import static tandem.engine.reference.Vectors.add8;

/** A dense layer, {@code y = bias + weight x}, and its derivatives. */
final class Dense {
    private final int in;
    private final int out;

    /** [out][in]. */
    private final double[][] weight;

    /** [in][out]. */
    private final double[][] transposed;

    private double[] bias;

    Dense(int in, int out) {
        this.in = in;
        this.out = out;
        weight = new double[out][in];
        transposed = new double[in][out];
        bias = new double[out];
    }

    /** Copies the weights, [out, in], and holds on to the bias. */
    void load(double[] weight, double[] bias) {
        this.bias = bias;
        for (int o = 0; o < out; o++) {
            System.arraycopy(weight, o * in, this.weight[o], 0, in);
        }
        for (int i = 0; i < in; i++) {
            for (int o = 0; o < out; o++) {
                transposed[i][o] = weight[o * in + i];
            }
        }
    }

    /**
     * Outputs of several inputs, so that weights are used while they are in the cache.
     *
     * @param x inputs, [in] each
     * @param xFirst index of the first input
     * @param y receives outputs, [out] each
     * @param yFirst index of the first output
     * @param count how many
     */
    void forward(double[][] x, int xFirst, double[][] y, int yFirst, int count) {
        for (int n = 0; n < count; n++) {
            System.arraycopy(bias, 0, y[yFirst + n], 0, out);
        }
        int i = 0;
        for (; i + EIGHT <= in; i += EIGHT) {
            for (int n = 0; n < count; n++) {
                add8(x[xFirst + n], i, transposed, y[yFirst + n]);
            }
        }
        for (; i < in; i++) {
            for (int n = 0; n < count; n++) {
                add(x[xFirst + n][i], transposed[i], y[yFirst + n]);
            }
        }
    }

    /** {@code dx += transposed(weight) dy}. */
    void inputGradient(double[] dy, double[] dx) {
        for (int o = 0; o < out; o++) {
            if (dy[o] != 0) {
                add(dy[o], weight[o], dx);
            }
        }
    }

    /** {@code dWeight += dy transposed(x)}, {@code dBias += dy}; dWeight is [out][in]. */
    void weightGradient(double[] x, double[] dy, double[][] dWeight, double[] dBias) {
        for (int o = 0; o < out; o++) {
            if (dy[o] != 0) {
                dBias[o] += dy[o];
                add(dy[o], x, dWeight[o]);
            }
        }
    }

    /**
     * One row of the gradient, as a mean over images.
     *
     * @param x [images][in]
     * @param dy [images][out]
     * @param dWeight receives the row: [out, in]
     * @param dBias receives its bias: [out]
     */
    void meanWeightGradient(double[][] x, double[][] dy, int row, double[] dWeight, double[] dBias) {
        double[] sum = new double[in];
        for (int n = 0; n < x.length; n++) {
            dBias[row] += dy[n][row] / x.length;
            if (dy[n][row] != 0) {
                add(dy[n][row] / x.length, x[n], sum);
            }
        }
        System.arraycopy(sum, 0, dWeight, row * in, in);
    }
}
