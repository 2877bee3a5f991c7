package tandem.core.picture;

/**
 * Makes maps smaller: a new value is the mean of the area it covers, parts of values counted by their share. Nothing is
 * skipped, so that thin strokes do not break and noise averages out.
 */
final class AreaAverage {
    private final int[] first;
    private final float[][] weights;

    /** A map that is read row by row. */
    @FunctionalInterface
    interface Rows {
        /** Writes a row: [width, channels]. */
        void read(int y, float[] row);
    }

    /**
     * One axis.
     *
     * @param size old values
     * @param from where the new ones begin, in old values
     * @param to where they end, at most {@code size}
     * @param newSize new values, at least 1
     */
    private AreaAverage(int size, double from, double to, int newSize) {
        first = new int[newSize];
        weights = new float[newSize][];
        double step = (to - from) / newSize;
        for (int i = 0; i < newSize; i++) {
            double low = from + i * step;
            double high = low + step;
            first[i] = Math.clamp((int) Math.floor(low), 0, size - 1);
            // An end that misses a whole number by rounding alone would take in a value with the weight 0.
            int end = Math.clamp((int) Math.ceil(high - 1e-9), first[i] + 1, size);
            weights[i] = new float[end - first[i]];
            for (int k = 0; k < weights[i].length; k++) {
                double overlap = Math.min(high, first[i] + k + 1) - Math.max(low, first[i] + k);
                weights[i][k] = (float) (Math.max(0, overlap) / step);
            }
        }
    }

    /**
     * A whole map made smaller.
     *
     * @return [newHeight, newWidth, channels]
     */
    static float[] of(Rows rows, int width, int height, int channels, int newWidth, int newHeight) {
        return of(rows, width, height, channels, new Box(0, 0, width, height), newWidth, newHeight);
    }

    /**
     * A part of a map made smaller, or larger in squares.
     *
     * @return [newHeight, newWidth, channels]
     */
    static float[] of(Rows rows, int width, int height, int channels, Box part, int newWidth, int newHeight) {
        AreaAverage across = new AreaAverage(width, part.left(), part.right(), newWidth);
        AreaAverage down = new AreaAverage(height, part.top(), part.bottom(), newHeight);
        float[] row = new float[width * channels];
        float[] result = new float[newWidth * newHeight * channels];
        for (int i = 0; i < newHeight; i++) {
            for (int k = 0; k < down.weights[i].length; k++) {
                rows.read(down.first[i] + k, row);
                across.add(row, channels, down.weights[i][k], result, i * newWidth * channels);
            }
        }
        return result;
    }

    /** The same of a map with one channel: [height, width]. */
    static float[] of(float[] map, int width, int height, Box part, int newWidth, int newHeight) {
        return of(
                (y, row) -> System.arraycopy(map, y * width, row, 0, width),
                width,
                height,
                1,
                part,
                newWidth,
                newHeight);
    }

    private void add(float[] row, int channels, float weight, float[] out, int to) {
        for (int i = 0; i < first.length; i++) {
            for (int c = 0; c < channels; c++) {
                float sum = 0;
                for (int k = 0; k < weights[i].length; k++) {
                    sum += weights[i][k] * row[(first[i] + k) * channels + c];
                }
                out[to + i * channels + c] += weight * sum;
            }
        }
    }
}
