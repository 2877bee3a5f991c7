package tandem.engine.java;

import java.util.Arrays;

/**
 * Which pixels of a batch's images are not background, a bit for each: what depends on background alone is the same in
 * every image and need not be computed again. See {@link FirstConvolution.Vectors} and {@link Background}.
 */
final class InkBits {
    /** Whether ink is told from background. If not, every pixel is taken for ink. */
    final boolean known;

    private final int rows;

    /** A word for each row of pixels: [capacity][rows]. */
    private final long[] words;

    /**
     * Of images that are yet to come.
     *
     * @param wanted whether ink is to be told from background; rows of more pixels than a word has bits go without
     */
    InkBits(Layout layout, boolean wanted) {
        known = wanted && layout.columns <= Long.SIZE;
        rows = layout.rows;
        words = new long[layout.capacity * rows];
        Arrays.fill(words, -1);
    }

    /** Bit {@code x} says whether pixel {@code x} of a row is not background. */
    void set(int image, int row, long bits) {
        if (known) {
            words[image * rows + row] = bits;
        }
    }

    /** Columns with ink in any of {@code count} rows, a bit for each. */
    long in(int image, int row, int count) {
        long ink = 0;
        for (int n = 0; n < count; n++) {
            ink |= words[image * rows + row + n];
        }
        return ink;
    }
}
