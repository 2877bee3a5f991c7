package tandem.lab.parity;

/** Distances between an engine's float32 values and the reference's float64. A NaN anywhere makes the error NaN. */
final class Errors {
    private Errors() {}

    /** Largest difference, relative to max(1, largest expected). */
    static double largest(float[] actual, double[] expected) {
        double difference = 0;
        double scale = 1;
        for (int i = 0; i < expected.length; i++) {
            difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
            scale = Math.max(scale, Math.abs(expected[i]));
        }
        return difference / scale;
    }

    /** Norm of the difference. */
    static double norm(float[] actual, double[] expected) {
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = actual[i] - expected[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    /** Euclidean norm. */
    static double norm(double[] values) {
        return norm(new float[values.length], values);
    }

    /** Norm of the difference, relative to the norm of what is expected. */
    static double relative(float[] actual, double[] expected) {
        return relative(norm(actual, expected), norm(expected));
    }

    /** An error over its scale; where the scale is zero, any error is infinitely large. */
    static double relative(double error, double scale) {
        return error == 0 ? 0 : error / scale;
    }

    /** Error of an update, relative to its norm, beyond the rounding of one or both sides to float32. */
    static double update(float[] before, float[] after, double[] expected, int rounded) {
        double difference = 0;
        double update = 0;
        for (int i = 0; i < expected.length; i++) {
            double rounding = rounded * Math.ulp((float) expected[i]) / 2;
            double beyond = Math.max(0, Math.abs(after[i] - expected[i]) - rounding);
            difference += beyond * beyond;
            update += (expected[i] - before[i]) * (expected[i] - before[i]);
        }
        return relative(Math.sqrt(difference), Math.sqrt(update));
    }
}
