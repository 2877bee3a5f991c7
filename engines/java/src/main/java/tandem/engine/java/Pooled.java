package tandem.engine.java;

/**
 * Which features of the pooled activation are alive, and where in its window each was largest. A feature that ReLU or
 * dropout made 0 has no gradient either, and after max-pooling a gradient belongs to one of four positions: three bits
 * for each feature say all that the way back needs, and the activation before pooling is never stored.
 *
 * <p>Bit {@code c % 64} of word {@code index(image, window, c / 64)} belongs to channel {@code c}, as in the dropout
 * masks of {@link tandem.core.engine.Batch}.
 */
final class Pooled {
    private final int wordsPerImage;
    private final int wordsPerWindow;

    /** The feature is greater than 0 and kept by dropout. */
    final long[] alive;

    /** The largest of the window lay in its right column. */
    final long[] right;

    /** The largest of the window lay in its lower row. */
    final long[] lower;

    Pooled(Layout layout) {
        wordsPerWindow = layout.words;
        wordsPerImage = layout.windows * layout.words;
        alive = new long[layout.capacity * wordsPerImage];
        right = new long[layout.capacity * wordsPerImage];
        lower = new long[layout.capacity * wordsPerImage];
    }

    int index(int image, int window, int word) {
        return image * wordsPerImage + window * wordsPerWindow + word;
    }
}
