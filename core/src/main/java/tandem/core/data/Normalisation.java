package tandem.core.data;

import tandem.core.Failure;
import tandem.core.Require;

/**
 * How a pixel byte becomes the network's input: {@code float32((pixel / 255 - mean) / standardDeviation)}, computed in
 * float64 and rounded once, so that every engine starts from the same 256 floats.
 *
 * @param mean mean of pixel / 255 over the training images
 * @param standardDeviation its standard deviation, greater than 0
 */
public record Normalisation(double mean, double standardDeviation) {
    /** @throws Failure if one is not finite, or the standard deviation is less than 0 */
    public Normalisation {
        Require.finite("mean", mean);
        Require.atLeast(0.0, "standardDeviation", standardDeviation);
    }

    /**
     * The normalisation of training images, both constants rounded to four decimals, as the published ones are.
     *
     * @param pixels of all training images, at least one; if all are equal the standard deviation is 0
     */
    static Normalisation of(byte[] pixels) {
        long[] counts = new long[256];
        for (byte pixel : pixels) {
            counts[pixel & 0xff]++;
        }
        // Whole numbers up to 255^2 x 2^31: exact in a long.
        long sum = 0;
        long squares = 0;
        for (int pixel = 0; pixel < 256; pixel++) {
            sum += counts[pixel] * pixel;
            squares += counts[pixel] * pixel * pixel;
        }
        double mean = (double) sum / pixels.length;
        double variance = (double) squares / pixels.length - mean * mean;
        return new Normalisation(rounded(mean / 255), rounded(Math.sqrt(Math.max(0, variance)) / 255));
    }

    private static double rounded(double value) {
        return Math.rint(value * 1e4) / 1e4;
    }

    /** The input for each of the 256 values of a pixel. */
    public float[] table() {
        float[] table = new float[256];
        for (int pixel = 0; pixel < 256; pixel++) {
            table[pixel] = (float) ((pixel / 255.0 - mean) / standardDeviation);
        }
        return table;
    }
}
