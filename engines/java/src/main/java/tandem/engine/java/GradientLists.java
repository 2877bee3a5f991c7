package tandem.engine.java;

/**
 * The non-zero gradients of conv2's output for one image, as lists: with ReLU, max-pooling and dropout behind it, of
 * 36,864 gradients no more than 9,216 can be non-zero, and once the network has learned a little, 600 to 1,200 are.
 * Each entry is a value and a place; a place is the offset, in a block of conv1's output, of the upper left corner of
 * the position's 3x3 patch.
 *
 * <p>There is a list for each output channel, in the order of the windows.
 */
final class GradientLists {
    private final Layout layout;

    /** Where each entry belongs: [conv2][windows], of which a channel's entries are the {@link #first} ones. */
    final int[] places;

    /** The gradients, as {@link #places}. */
    final float[] values;

    /** Index behind each channel's last entry. */
    private final int[] ends;

    GradientLists(Layout layout) {
        this.layout = layout;
        places = new int[layout.conv2 * layout.windows];
        values = new float[layout.conv2 * layout.windows];
        ends = new int[layout.conv2];
    }

    /** Index of a channel's first entry. */
    int first(int channel) {
        return channel * layout.windows;
    }

    /** Index behind a channel's last entry. */
    int end(int channel) {
        return ends[channel];
    }

    /**
     * Lists an image's gradients and adds them to the gradient of conv2's biases.
     *
     * @param partial index of the small gradients to add to
     */
    void fill(int image, Pooled pooled, float[] memory, int partial) {
        int bias = partial + layout.conv2Bias;
        int row = layout.columns1 * layout.lanes;
        for (int channel = 0; channel < layout.conv2; channel++) {
            ends[channel] = first(channel);
        }
        for (int window = 0; window < layout.windows; window++) {
            int corner = 2 * (window / layout.windowColumns) * row + 2 * (window % layout.windowColumns) * layout.lanes;
            int gradient = layout.pooledGradient(image) + window * layout.channels2;
            for (int word = 0; word < layout.words; word++) {
                int index = pooled.index(image, window, word);
                long right = pooled.right[index];
                long lower = pooled.lower[index];
                int first = word * Layout.WORD;
                for (long alive = pooled.alive[index]; alive != 0; alive &= alive - 1) {
                    int bit = Long.numberOfTrailingZeros(alive);
                    int at = ends[first + bit]++;
                    float value = memory[gradient++];
                    places[at] = corner + (int) (lower >>> bit & 1) * row + (int) (right >>> bit & 1) * layout.lanes;
                    values[at] = value;
                    memory[bias + first + bit] += value;
                }
            }
        }
    }
}
