package tandem.engine.reference;

import static tandem.engine.reference.Vectors.axpy;

import java.util.Arrays;

/** A dense layer on a few images at a time, so that a row of weights is used while it is in the cache. */
final class Dense {
    private final int in;
    private final int out;
    private double[] weight;
    private double[] bias;

    /** For the forward pass: [in, out]. */
    private final double[] outInnermost;

    Dense(int in, int out) {
        this.in = in;
        this.out = out;
        outInnermost = new double[in * out];
    }

    /** Takes over the weights, [out, in], and holds on to both arrays. */
    void load(double[] weight, double[] bias) {
        this.weight = weight;
        this.bias = bias;
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                outInnermost[i * out + o] = weight[o * in + i];
            }
        }
    }

    /**
     * {@code y = bias + weight x} for the images from {@code first} up to {@code end}.
     *
     * @param x [images][in]
     * @param y [images][out]
     */
    void forward(double[][] x, double[][] y, int first, int end) {
        for (int n = first; n < end; n++) {
            System.arraycopy(bias, 0, y[n], 0, out);
        }
        for (int i = 0; i < in; i++) {
            for (int n = first; n < end; n++) {
                axpy(out, x[n][i], outInnermost, i * out, y[n], 0);
            }
        }
    }

    /**
     * {@code dx = transposed(weight) dy} for the images from {@code first} up to {@code end}.
     *
     * @param dy [images][out]
     * @param dx [images][in]
     */
    void inputGradient(double[][] dy, double[][] dx, int first, int end) {
        for (int n = first; n < end; n++) {
            Arrays.fill(dx[n], 0);
        }
        for (int o = 0; o < out; o++) {
            for (int n = first; n < end; n++) {
                if (dy[n][o] != 0) {
                    axpy(in, dy[n][o], weight, o * in, dx[n], 0);
                }
            }
        }
    }

    /** One row of the gradient by weights and bias, summed over all images: {@code dWeight[row, i] += dy[row] x[i]}. */
    void weightGradient(double[][] x, double[][] dy, int row, double[] dWeight, double[] dBias) {
        for (int n = 0; n < x.length; n++) {
            if (dy[n][row] != 0) {
                dBias[row] += dy[n][row];
                axpy(in, dy[n][row], x[n], 0, dWeight, row * in);
            }
        }
    }
}
