package tandem.engine.reference;

import java.util.Arrays;

/**
 * The innermost loops. Their arrays share one index that starts at zero, and no element waits for another: the JIT
 * compiler turns that into vector instructions without changing a bit, which it may not do with the running sum of a
 * dot product, and does not do where offsets differ. So layers keep their weights as rows, in the order their loops
 * need.
 */
final class Vectors {
    /** How many vectors {@link #add8} adds at once. */
    static final int EIGHT = 8;

    private Vectors() {}

    /** {@code y += a x}. */
    static void add(double a, double[] x, double[] y) {
        for (int i = 0; i < y.length; i++) {
            y[i] += a * x[i];
        }
    }

    /** {@code y += a[k] x[k] + … + a[k + 7] x[k + 7]}: a third of the time of eight times {@link #add}. */
    static void add8(double[] a, int k, double[][] x, double[] y) {
        double a0 = a[k];
        double a1 = a[k + 1];
        double a2 = a[k + 2];
        double a3 = a[k + 3];
        double a4 = a[k + 4];
        double a5 = a[k + 5];
        double a6 = a[k + 6];
        double a7 = a[k + 7];
        double[] x0 = x[k];
        double[] x1 = x[k + 1];
        double[] x2 = x[k + 2];
        double[] x3 = x[k + 3];
        double[] x4 = x[k + 4];
        double[] x5 = x[k + 5];
        double[] x6 = x[k + 6];
        double[] x7 = x[k + 7];
        for (int i = 0; i < y.length; i++) {
            y[i] += a0 * x0[i]
                    + a1 * x1[i]
                    + a2 * x2[i]
                    + a3 * x3[i]
                    + a4 * x4[i]
                    + a5 * x5[i]
                    + a6 * x6[i]
                    + a7 * x7[i];
        }
    }

    /** {@code max(0, x)} in place. */
    static void relu(double[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.max(0, x[i]);
        }
    }

    /** Takes a derivative back through ReLU, in place: it passes where ReLU's output {@code y} is greater than zero. */
    static void reluGradient(double[] y, double[] dy) {
        for (int i = 0; i < y.length; i++) {
            dy[i] = y[i] > 0 ? dy[i] : 0;
        }
    }

    /** Zeros. */
    static void clear(double[][] x) {
        for (double[] row : x) {
            Arrays.fill(row, 0);
        }
    }

    /** Euclidean norm of all rows together. */
    static double norm(double[]... x) {
        double sum = 0;
        for (double[] row : x) {
            for (double v : row) {
                sum += v * v;
            }
        }
        return Math.sqrt(sum);
    }
}
