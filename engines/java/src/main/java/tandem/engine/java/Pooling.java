package tandem.engine.java;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * ReLU, max-pooling and dropout of one window whose four sums lie in memory: see {@link SecondConvolution} for the
 * definition. The largest is found first, ReLU is applied to it alone: the same values and gradients, a quarter of the
 * work.
 */
record Pooling(Layout layout, float[] memory, Pooled pooled) {
    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final long ALL = -1L >>> -L;

    /**
     * Pools one window.
     *
     * @param from index of the four sums without bias: [4][channels2], in row order
     * @param stride floats from one sum to the next; 0 if all are equal
     * @param keep the mask of dropout1
     * @param keepAt index of the image's first word in the mask
     * @param scale what a kept feature is multiplied by
     */
    void window(int from, int stride, int image, int window, long[] keep, int keepAt, float scale) {
        for (int word = 0; word < layout.words; word++) {
            word(
                    from + word * Layout.WORD,
                    stride,
                    image,
                    window,
                    word,
                    keep[keepAt + window * layout.words + word],
                    scale);
        }
    }

    private void word(int from, int stride, int image, int window, int word, long keep, float scale) {
        float[] m = memory;
        int first = word * Layout.WORD;
        int width = Math.min(Layout.WORD, layout.channels2 - first);
        int bias = layout.small + layout.conv2Bias + first;
        int out = layout.pooled(image) + window * layout.channels2 + first;
        long alive = 0;
        long right = 0;
        long lower = 0;
        for (int c = 0; c < width; c += L) {
            FloatVector y00 = FloatVector.fromArray(S, m, from + c);
            FloatVector y01 = FloatVector.fromArray(S, m, from + stride + c);
            FloatVector y10 = FloatVector.fromArray(S, m, from + 2 * stride + c);
            FloatVector y11 = FloatVector.fromArray(S, m, from + 3 * stride + c);
            // The first of equals wins, as in PyTorch: hence "greater", and the upper row before the lower.
            VectorMask<Float> upperRight = y01.compare(VectorOperators.GT, y00);
            VectorMask<Float> lowerRight = y11.compare(VectorOperators.GT, y10);
            FloatVector upperBest = y00.blend(y01, upperRight);
            FloatVector lowerBest = y10.blend(y11, lowerRight);
            VectorMask<Float> below = lowerBest.compare(VectorOperators.GT, upperBest);
            FloatVector best = upperBest.blend(lowerBest, below).add(FloatVector.fromArray(S, m, bias + c));
            best.mul(scale).intoArray(m, out + c);
            long down = below.toLong();
            // Not "greater than 0": what is not a number stays alive, so that the loss tells.
            long dead = best.compare(VectorOperators.LE, 0).toLong();
            alive |= (~dead & keep >>> c & ALL) << c;
            right |= (down & lowerRight.toLong() | ~down & upperRight.toLong()) << c;
            lower |= down << c;
        }
        int index = pooled.index(image, window, word);
        pooled.alive[index] = alive;
        pooled.right[index] = right;
        pooled.lower[index] = lower;
    }
}
