package tandem.engine.java;

/**
 * conv2 with all that follows it up to the dense layer: ReLU, 2x2 max-pooling and dropout. Together, because nothing
 * else ever looks at the activation in between: per image 36,864 sums come out of the convolution and 9,216 features
 * leave here, of which a third is alive in the beginning and a tenth later on.
 *
 * <pre>
 * y[py][px][c]   = bias[c] + sum over ky, kx, i of weight[c][ky][kx][i] activation1[2 wy + py + ky][2 wx + px + kx][i]
 * best           = the largest of the window's four y, the first in row order if several are
 * alive          = best > 0 and dropout keeps the feature
 * pooled         = scale best where alive
 * </pre>
 *
 * <p>What the way back needs is noted in {@link Pooled}.
 */
interface SecondConvolution {

    /**
     * Called by each thread before its first image after the weights have changed, and after
     * {@link FirstConvolution#begin}.
     */
    default void begin(Workspace workspace) {}

    /**
     * Computes the pooled activation of an image, and what of it is alive, from the thread's
     * {@link Layout#activation1}.
     *
     * @param keep the mask of dropout1
     * @param keepAt index of the image's first word in the mask
     * @param scale what a kept feature is multiplied by
     */
    void forward(int image, long[] keep, int keepAt, float scale, Workspace workspace);

    /**
     * Called by each thread after its last image of a pass: only then are all images done.
     *
     * @param keep as for {@link #forward}
     * @param scale as for {@link #forward}
     */
    default void end(long[] keep, float scale, Workspace workspace) {}

    /**
     * Derives from the weights what {@link #forward} reads, for input channels from one to, not including, another.
     * Expects {@link #transpose} to be done for these.
     */
    default void prepare(int from, int to) {}

    /** Sorts conv2.weight by input channel: {@link Layout#conv2Transposed}. */
    static void transpose(Layout layout, float[] memory, int from, int to) {
        int lanes = layout.lanes;
        for (int i = from; i < to; i++) {
            int in = layout.small + layout.conv2Weight + i / lanes * layout.conv2 * Layout.TAPS * lanes + i % lanes;
            int out = layout.conv2Transposed + i * Layout.TAPS * layout.channels2;
            for (int k = 0; k < Layout.TAPS; k++) {
                for (int c = 0; c < layout.conv2; c++) {
                    memory[out + k * layout.channels2 + c] = memory[in + (c * Layout.TAPS + k) * lanes];
                }
            }
        }
    }

    /**
     * As the definition says. Weights and sums have arrays of their own, both indexed by the output channel: that is
     * what it takes for the JIT compiler to vectorise the innermost loop by itself, which makes it ten times faster.
     */
    final class Plain implements SecondConvolution {
        private final Layout layout;
        private final float[] memory;
        private final Pooled pooled;

        /** By input channel and tap: [conv1 * 9][conv2]. */
        private final float[][] weights;

        /** Of each thread, four positions: [threads][4][conv2]. */
        private final float[][][] sums;

        Plain(Layout layout, float[] memory, Pooled pooled) {
            this.layout = layout;
            this.memory = memory;
            this.pooled = pooled;
            weights = new float[layout.conv1 * Layout.TAPS][layout.conv2];
            sums = new float[layout.threads][4][layout.conv2];
        }

        @Override
        public void prepare(int from, int to) {
            for (int tap = from * Layout.TAPS; tap < to * Layout.TAPS; tap++) {
                int at = layout.conv2Transposed + tap * layout.channels2;
                System.arraycopy(memory, at, weights[tap], 0, layout.conv2);
            }
        }

        @Override
        public void forward(int image, long[] keep, int keepAt, float scale, Workspace workspace) {
            float[][] y = sums[workspace.thread];
            for (int window = 0; window < layout.windows; window++) {
                for (int position = 0; position < 4; position++) {
                    convolve(workspace.thread, window, position, y[position]);
                }
                for (int word = 0; word < layout.words; word++) {
                    pool(y, image, window, word, keep[keepAt + window * layout.words + word], scale);
                }
            }
        }

        private void convolve(int thread, int window, int position, float[] sum) {
            int y = 2 * (window / layout.windowColumns) + position / 2;
            int x = 2 * (window % layout.windowColumns) + position % 2;
            System.arraycopy(memory, layout.small + layout.conv2Bias, sum, 0, layout.conv2);
            for (int i = 0; i < layout.conv1; i++) {
                int plane = layout.activation1(thread, i / layout.lanes) + i % layout.lanes;
                for (int k = 0; k < Layout.TAPS; k++) {
                    float a = memory[plane + ((y + k / 3) * layout.columns1 + x + k % 3) * layout.lanes];
                    float[] weight = weights[i * Layout.TAPS + k];
                    for (int c = 0; c < sum.length; c++) {
                        sum[c] += a * weight[c];
                    }
                }
            }
        }

        private void pool(float[][] y, int image, int window, int word, long keep, float scale) {
            int index = pooled.index(image, window, word);
            int first = word * Layout.WORD;
            int out = layout.pooled(image) + window * layout.channels2;
            pooled.alive[index] = 0;
            pooled.right[index] = 0;
            pooled.lower[index] = 0;
            for (int c = first; c < Math.min(first + Layout.WORD, layout.conv2); c++) {
                int best = 0;
                for (int position = 1; position < 4; position++) {
                    if (y[position][c] > y[best][c]) {
                        best = position;
                    }
                }
                float value = y[best][c];
                long bit = 1L << c;
                // Not "greater than 0": what is not a number stays alive, so that the loss tells.
                if (!(value <= 0) && (keep & bit) != 0) {
                    pooled.alive[index] |= bit;
                }
                pooled.right[index] |= (best & 1) != 0 ? bit : 0;
                pooled.lower[index] |= (best & 2) != 0 ? bit : 0;
                memory[out + c] = scale * value;
            }
        }
    }
}
