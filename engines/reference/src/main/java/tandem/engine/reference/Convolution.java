package tandem.engine.reference;

import static tandem.core.Network.KERNEL;

import java.util.Arrays;

/**
 * A 3x3 convolution with stride 1 and no padding: a dense layer that is applied to the patch of every position. A patch
 * is [in, KERNEL, KERNEL], as a row of the weights is. Images are [positions][channels], positions in row-major order.
 */
final class Convolution {
    private final int rows;
    private final int columns;
    private final int in;
    private final int out;
    private final Dense dense;

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
        dense = new Dense(patch(), out);
    }

    /** Elements of a patch. */
    private int patch() {
        return in * KERNEL * KERNEL;
    }

    /** An input image: [(rows + 2) x (columns + 2)][in]. */
    double[][] newInput() {
        return new double[(rows + KERNEL - 1) * (columns + KERNEL - 1)][in];
    }

    /** An output image: [rows x columns][out]. */
    double[][] newOutput() {
        return new double[rows * columns][out];
    }

    /** A gradient of zeros. */
    KernelGradient newGradient() {
        return new KernelGradient(new double[out][patch()], new double[out]);
    }

    /** Copies the weights, [out, in, KERNEL, KERNEL], and holds on to the bias. */
    void load(double[] weight, double[] bias) {
        dense.load(weight, bias);
    }

    /** Convolves an image, one row of positions at a time. */
    void forward(double[][] x, double[][] y) {
        double[][] patches = new double[columns][patch()];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                gather(x, r, c, patches[c]);
            }
            dense.forward(patches, 0, y, r * columns, columns);
        }
    }

    /** Adds to the gradient by the weights. Positions without a derivative are passed over: most, after max-pool. */
    void weightGradient(double[][] x, double[][] dy, KernelGradient gradient) {
        double[] patch = new double[patch()];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                double[] dOut = dy[r * columns + c];
                if (any(dOut)) {
                    gather(x, r, c, patch);
                    dense.weightGradient(patch, dOut, gradient.weight(), gradient.bias());
                }
            }
        }
    }

    /** Adds to the gradient by the input. */
    void inputGradient(double[][] dy, double[][] dx) {
        double[] dPatch = new double[patch()];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                double[] dOut = dy[r * columns + c];
                if (any(dOut)) {
                    Arrays.fill(dPatch, 0);
                    dense.inputGradient(dOut, dPatch);
                    scatter(dPatch, r, c, dx);
                }
            }
        }
    }

    private static boolean any(double[] x) {
        for (double v : x) {
            if (v != 0) {
                return true;
            }
        }
        return false;
    }

    /** Copies the patch of a position out of an image. */
    private void gather(double[][] x, int r, int c, double[] patch) {
        for (int k = 0; k < KERNEL * KERNEL; k++) {
            double[] pixel = x[(r + k / KERNEL) * (columns + KERNEL - 1) + c + k % KERNEL];
            for (int i = 0; i < in; i++) {
                patch[i * KERNEL * KERNEL + k] = pixel[i];
            }
        }
    }

    /** Adds a patch to its position in an image. */
    private void scatter(double[] patch, int r, int c, double[][] x) {
        for (int k = 0; k < KERNEL * KERNEL; k++) {
            double[] pixel = x[(r + k / KERNEL) * (columns + KERNEL - 1) + c + k % KERNEL];
            for (int i = 0; i < in; i++) {
                pixel[i] += patch[i * KERNEL * KERNEL + k];
            }
        }
    }
}
