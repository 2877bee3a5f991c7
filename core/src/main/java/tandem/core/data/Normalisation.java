package tandem.core.data;

/**
 * How a pixel byte becomes the network's input: {@code float32((pixel / 255 - mean) / standardDeviation)}, computed in
 * float64 and rounded once, so that every engine starts from the same 256 floats.
 *
 * @param mean mean of pixel / 255 over the training images
 * @param standardDeviation its standard deviation, greater than 0
 */
public record Normalisation(double mean, double standardDeviation) {

    /** The input for each of the 256 values of a pixel. */
    public float[] table() {
        float[] table = new float[256];
        for (int pixel = 0; pixel < 256; pixel++) {
            table[pixel] = (float) ((pixel / 255.0 - mean) / standardDeviation);
        }
        return table;
    }
}
