package tandem.engine.reference;

/**
 * How far one image's choices are from falling otherwise, relative to the size of float32 rounding errors; see
 * {@link Margins}.
 *
 * @param conv1 of the first ReLU
 * @param conv2 of max-pool and the second ReLU
 * @param fc1 of the third ReLU
 */
public record Margin(double conv1, double conv2, double fc1) {

    /** The smallest of the three. */
    public double smallest() {
        return Math.min(conv1, Math.min(conv2, fc1));
    }
}
