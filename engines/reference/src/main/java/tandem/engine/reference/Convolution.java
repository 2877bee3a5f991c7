package tandem.engine.reference;

import static tandem.core.Network.KERNEL;
import static tandem.engine.reference.Vectors.axpy;
import static tandem.engine.reference.Vectors.axpy3;

/**
 * A 3x3 convolution with stride 1 and no padding, of one image. Images are channels-last: [rows, columns, channels].
 *
 * <p>The kernel is kept in two layouts, each with the channels innermost that its loops run over.
 */
final class Convolution {
    private final int rows;
    private final int columns;
    private final int in;
    private final int out;

    /** For the forward pass: [KERNEL, KERNEL, in, out]. */
    private final double[] outInnermost;

    /** For the backward pass: [out, KERNEL, KERNEL, in]. */
    private final double[] inInnermost;

    private double[] bias;

    /**
     * A convolution.
     *
     * @param rows rows of the output
     * @param columns columns of the output
     * @param in input channels
     * @param out output channels
     */
    Convolution(int rows, int columns, int in, int out) {
        this.rows = rows;
        this.columns = columns;
        this.in = in;
        this.out = out;
        outInnermost = new double[weights()];
        inInnermost = new double[weights()];
    }

    private int weights() {
        return out * KERNEL * KERNEL * in;
    }

    /** Elements of the input: (rows + 2) x (columns + 2) x in. */
    int inputSize() {
        return (rows + KERNEL - 1) * (columns + KERNEL - 1) * in;
    }

    /** Elements of the output: rows x columns x out. */
    int outputSize() {
        return rows * columns * out;
    }

    /** Takes over the weights, [out, in, KERNEL, KERNEL], and holds on to the bias. */
    void load(double[] weight, double[] bias) {
        this.bias = bias;
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                for (int k = 0; k < KERNEL * KERNEL; k++) {
                    double w = weight[(o * in + i) * KERNEL * KERNEL + k];
                    outInnermost[(k * in + i) * out + o] = w;
                    inInnermost[(o * KERNEL * KERNEL + k) * in + i] = w;
                }
            }
        }
    }

    /**
     * {@code y[r, c] = bias + sum over u, v, i of x[r + u, c + v, i] weight[u, v, i]}: vectors over output channels.
     */
    void forward(double[] x, double[] y) {
        for (int r = 0; r < rows; r++) {
            int yRow = r * columns * out;
            for (int c = 0; c < columns; c++) {
                System.arraycopy(bias, 0, y, yRow + c * out, out);
            }
            for (int u = 0; u < KERNEL; u++) {
                for (int i = 0; i < in; i++) {
                    for (int c = 0; c < columns; c++) {
                        int xAt = input(r + u, c) + i;
                        int w = (u * KERNEL * in + i) * out;
                        axpy3(out, x, xAt, in, outInnermost, w, in * out, y, yRow + c * out);
                    }
                }
            }
        }
    }

    private int input(int row, int column) {
        return (row * (columns + KERNEL - 1) + column) * in;
    }

    /**
     * Adds {@code sum over r, c of dy[r, c, o] x[r + u, c + v, i]} to {@code dWeight[o, u, v, i]}, and the sum of
     * {@code dy[r, c, o]} to {@code dBias[o]}. One row of an input patch is contiguous. Most of {@code dy} is zero
     * where pooling passed its gradient to one position in four, so zeros are not visited.
     */
    void weightGradient(double[] x, double[] dy, KernelGradient gradient) {
        double[] dWeight = gradient.weight();
        double[] dBias = gradient.bias();
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                for (int o = 0; o < out; o++) {
                    double g = dy[(r * columns + c) * out + o];
                    if (g != 0) {
                        dBias[o] += g;
                        for (int u = 0; u < KERNEL; u++) {
                            axpy(KERNEL * in, g, x, input(r + u, c), dWeight, (o * KERNEL + u) * KERNEL * in);
                        }
                    }
                }
            }
        }
    }

    /** Adds {@code sum over o of dy[r, c, o] weight[o, u, v, i]} to {@code dx[r + u, c + v, i]}. */
    void inputGradient(double[] dy, double[] dx) {
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                for (int o = 0; o < out; o++) {
                    double g = dy[(r * columns + c) * out + o];
                    if (g != 0) {
                        for (int u = 0; u < KERNEL; u++) {
                            axpy(KERNEL * in, g, inInnermost, (o * KERNEL + u) * KERNEL * in, dx, input(r + u, c));
                        }
                    }
                }
            }
        }
    }

    /** A gradient of zeros. */
    KernelGradient zeroGradient() {
        return new KernelGradient(new double[weights()], new double[out]);
    }

    /** Adds a gradient to one in canonical layout: {@code dWeight} is [out, in, KERNEL, KERNEL]. */
    void addCanonical(KernelGradient gradient, double[] dWeight, double[] dBias) {
        for (int o = 0; o < out; o++) {
            dBias[o] += gradient.bias()[o];
            for (int i = 0; i < in; i++) {
                for (int k = 0; k < KERNEL * KERNEL; k++) {
                    dWeight[(o * in + i) * KERNEL * KERNEL + k] +=
                            gradient.weight()[(o * KERNEL * KERNEL + k) * in + i];
                }
            }
        }
    }
}
