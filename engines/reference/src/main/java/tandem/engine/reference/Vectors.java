package tandem.engine.reference;

/** The innermost loops. */
final class Vectors {
    private Vectors() {}

    /**
     * {@code y += a x} (BLAS: daxpy), for {@code n} elements of {@code x} from {@code xAt} and of {@code y} from
     * {@code yAt} on. Every layer lays out its weights so that its innermost loop is this one: elements are
     * independent, so the JIT compiler vectorises it without changing a bit, which it may not do with a sum.
     */
    static void axpy(int n, double a, double[] x, int xAt, double[] y, int yAt) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] += a * x[xAt + i];
        }
    }

    /** Three times axpy in one go: the factors and the vectors lie {@code aStep} and {@code xStep} apart. */
    static void axpy3(int n, double[] a, int aAt, int aStep, double[] x, int xAt, int xStep, double[] y, int yAt) {
        double a0 = a[aAt];
        double a1 = a[aAt + aStep];
        double a2 = a[aAt + 2 * aStep];
        int x1 = xAt + xStep;
        int x2 = xAt + 2 * xStep;
        for (int i = 0; i < n; i++) {
            y[yAt + i] += a0 * x[xAt + i] + a1 * x[x1 + i] + a2 * x[x2 + i];
        }
    }

    /** Multiplies every element. */
    static void scale(double[] x, double factor) {
        for (int i = 0; i < x.length; i++) {
            x[i] *= factor;
        }
    }

    /** {@code max(0, x)} in place. */
    static void relu(double[] x) {
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.max(0, x[i]);
        }
    }

    /** Sum of squares. */
    static double squares(double[] x) {
        double sum = 0;
        for (double v : x) {
            sum += v * v;
        }
        return sum;
    }

    /** Euclidean norm. */
    static double norm(double[] x) {
        return Math.sqrt(squares(x));
    }
}
