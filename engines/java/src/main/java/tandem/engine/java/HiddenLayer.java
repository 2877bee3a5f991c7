package tandem.engine.java;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * fc1, the large dense layer: 9,216 features by 128 hidden units, 98% of all parameters. Only features that are alive
 * are visited, one 128-float row of weights for each, so the work shrinks with the activation: a dead feature is 0 and
 * adds nothing, and what flows back into it is multiplied by 0 anyway.
 *
 * <pre>
 * forward          z[j]      = bias[j] + sum over alive f of weight[f][j] pooled[f]
 * input gradient   dPooled[f] = scale sum over j of weight[f][j] dz[j]                   for alive f
 * weight gradient  dWeight[f][j] = sum over the images where f is alive of pooled[f] dz[j]
 * </pre>
 *
 * <p>The first two go over the features in words of 64 and, for each word, over the images of a thread: 64 rows, 32 KB,
 * are read from the cache as often as there are images. The third goes over images for each feature. Hidden units are
 * taken 8 vectors at a time with all sums in registers where there are exactly 8, as in the seed's network on AVX-512,
 * and 16 on AVX2; else one vector after the other.
 */
interface HiddenLayer {

    /**
     * Computes the preactivations of some images.
     *
     * @param images of which the first {@code count} are meant
     */
    void forward(int[] images, int count);

    /**
     * Computes the gradient of the pooled activation of some images: of the features that are alive, one after the
     * other, in the order of windows and channels.
     *
     * @param images of which the first {@code count} are meant
     * @param scale of dropout1
     */
    void inputGradient(int[] images, int count, float scale);

    /**
     * Computes the gradient of one feature's row of weights: [hiddenPadded] at {@code out}.
     *
     * @param alive the images the feature is alive in: bit {@code i % 64} of every 64th word, from {@code aliveAt} on
     * @param images of the batch
     */
    void weightGradient(int window, int channel, long[] alive, int aliveAt, int images, int out);

    /** As the definition says. */
    record Plain(Layout layout, float[] memory, Pooled pooled) implements HiddenLayer {
        @Override
        public void forward(int[] images, int count) {
            for (int n = 0; n < count; n++) {
                int i = images[n];
                System.arraycopy(
                        memory, layout.small + layout.fc1Bias, memory, layout.preactivation(i), layout.hiddenPadded);
            }
            for (int window = 0; window < layout.windows; window++) {
                for (int n = 0; n < count; n++) {
                    int i = images[n];
                    for (int c = 0; c < layout.conv2; c++) {
                        if (isAlive(i, window, c)) {
                            float x = memory[layout.pooled(i) + window * layout.channels2 + c];
                            axpy(x, layout.large + layout.feature(window, c), layout.preactivation(i));
                        }
                    }
                }
            }
        }

        private boolean isAlive(int image, int window, int channel) {
            return (pooled.alive[pooled.index(image, window, channel / Layout.WORD)] >>> channel & 1) != 0;
        }

        private void axpy(float a, int x, int y) {
            for (int j = 0; j < layout.hiddenPadded; j++) {
                memory[y + j] += a * memory[x + j];
            }
        }

        @Override
        public void inputGradient(int[] images, int count, float scale) {
            for (int n = 0; n < count; n++) {
                pooled.gradients[images[n]] = 0;
            }
            for (int window = 0; window < layout.windows; window++) {
                for (int n = 0; n < count; n++) {
                    int i = images[n];
                    for (int c = 0; c < layout.conv2; c++) {
                        if (isAlive(i, window, c)) {
                            int weights = layout.large + layout.feature(window, c);
                            int delta = layout.hiddenGradient(i);
                            float sum = 0;
                            for (int j = 0; j < layout.hiddenPadded; j++) {
                                sum += memory[weights + j] * memory[delta + j];
                            }
                            memory[layout.pooledGradient(i) + pooled.gradients[i]++] = scale * sum;
                        }
                    }
                }
            }
        }

        @Override
        public void weightGradient(int window, int channel, long[] alive, int aliveAt, int images, int out) {
            for (int j = 0; j < layout.hiddenPadded; j++) {
                memory[out + j] = 0;
            }
            for (int i = 0; i < images; i++) {
                if ((alive[aliveAt + i / Layout.WORD * Layout.WORD] >>> i & 1) != 0) {
                    float x = memory[layout.pooled(i) + window * layout.channels2 + channel];
                    axpy(x, layout.hiddenGradient(i), out);
                }
            }
        }
    }

    /** On vectors. */
    record Vectors(Layout layout, float[] memory, Pooled pooled) implements HiddenLayer {
        private static final VectorSpecies<Float> S = Lanes.SPECIES;
        private static final int L = Lanes.COUNT;

        /** Floats of 8 vectors, what a kernel holds in registers. */
        private static final int OCTET = 8 * L;

        @Override
        public void forward(int[] images, int count) {
            for (int n = 0; n < count; n++) {
                int i = images[n];
                System.arraycopy(
                        memory, layout.small + layout.fc1Bias, memory, layout.preactivation(i), layout.hiddenPadded);
            }
            for (int window = 0; window < layout.windows; window++) {
                for (int word = 0; word < layout.words; word++) {
                    int first = word * Layout.WORD;
                    int weights = layout.large + layout.feature(window, first);
                    for (int n = 0; n < count; n++) {
                        int i = images[n];
                        int in = layout.pooled(i) + window * layout.channels2 + first;
                        long alive = pooled.alive[pooled.index(i, window, word)];
                        int out = layout.preactivation(i);
                        int j = 0;
                        for (; j + OCTET <= layout.hiddenPadded; j += OCTET) {
                            forward8(in, weights + j, out + j, alive);
                        }
                        for (; j < layout.hiddenPadded; j += L) {
                            forward1(in, weights + j, out + j, alive);
                        }
                    }
                }
            }
        }

        private void forward8(int in, int weights, int out, long alive) {
            float[] m = memory;
            int row = layout.hiddenPadded;
            FloatVector s0 = FloatVector.fromArray(S, m, out);
            FloatVector s1 = FloatVector.fromArray(S, m, out + L);
            FloatVector s2 = FloatVector.fromArray(S, m, out + 2 * L);
            FloatVector s3 = FloatVector.fromArray(S, m, out + 3 * L);
            FloatVector s4 = FloatVector.fromArray(S, m, out + 4 * L);
            FloatVector s5 = FloatVector.fromArray(S, m, out + 5 * L);
            FloatVector s6 = FloatVector.fromArray(S, m, out + 6 * L);
            FloatVector s7 = FloatVector.fromArray(S, m, out + 7 * L);
            for (long left = alive; left != 0; left &= left - 1) {
                int bit = Long.numberOfTrailingZeros(left);
                FloatVector x = FloatVector.broadcast(S, m[in + bit]);
                int at = weights + bit * row;
                s0 = FloatVector.fromArray(S, m, at).fma(x, s0);
                s1 = FloatVector.fromArray(S, m, at + L).fma(x, s1);
                s2 = FloatVector.fromArray(S, m, at + 2 * L).fma(x, s2);
                s3 = FloatVector.fromArray(S, m, at + 3 * L).fma(x, s3);
                s4 = FloatVector.fromArray(S, m, at + 4 * L).fma(x, s4);
                s5 = FloatVector.fromArray(S, m, at + 5 * L).fma(x, s5);
                s6 = FloatVector.fromArray(S, m, at + 6 * L).fma(x, s6);
                s7 = FloatVector.fromArray(S, m, at + 7 * L).fma(x, s7);
            }
            s0.intoArray(m, out);
            s1.intoArray(m, out + L);
            s2.intoArray(m, out + 2 * L);
            s3.intoArray(m, out + 3 * L);
            s4.intoArray(m, out + 4 * L);
            s5.intoArray(m, out + 5 * L);
            s6.intoArray(m, out + 6 * L);
            s7.intoArray(m, out + 7 * L);
        }

        private void forward1(int in, int weights, int out, long alive) {
            float[] m = memory;
            FloatVector sum = FloatVector.fromArray(S, m, out);
            for (long left = alive; left != 0; left &= left - 1) {
                int bit = Long.numberOfTrailingZeros(left);
                FloatVector x = FloatVector.broadcast(S, m[in + bit]);
                sum = FloatVector.fromArray(S, m, weights + bit * layout.hiddenPadded)
                        .fma(x, sum);
            }
            sum.intoArray(m, out);
        }

        @Override
        public void inputGradient(int[] images, int count, float scale) {
            for (int n = 0; n < count; n++) {
                pooled.gradients[images[n]] = 0;
            }
            for (int window = 0; window < layout.windows; window++) {
                for (int word = 0; word < layout.words; word++) {
                    int first = word * Layout.WORD;
                    int weights = layout.large + layout.feature(window, first);
                    for (int n = 0; n < count; n++) {
                        int i = images[n];
                        int out = layout.pooledGradient(i) + pooled.gradients[i];
                        long alive = pooled.alive[pooled.index(i, window, word)];
                        pooled.gradients[i] += Long.bitCount(alive);
                        if (layout.hiddenPadded == OCTET) {
                            inputGradient8(layout.hiddenGradient(i), weights, out, alive, scale);
                        } else {
                            inputGradient1(layout.hiddenGradient(i), weights, out, alive, scale);
                        }
                    }
                }
            }
        }

        private void inputGradient8(int delta, int weights, int out, long alive, float scale) {
            float[] m = memory;
            FloatVector d0 = FloatVector.fromArray(S, m, delta);
            FloatVector d1 = FloatVector.fromArray(S, m, delta + L);
            FloatVector d2 = FloatVector.fromArray(S, m, delta + 2 * L);
            FloatVector d3 = FloatVector.fromArray(S, m, delta + 3 * L);
            FloatVector d4 = FloatVector.fromArray(S, m, delta + 4 * L);
            FloatVector d5 = FloatVector.fromArray(S, m, delta + 5 * L);
            FloatVector d6 = FloatVector.fromArray(S, m, delta + 6 * L);
            FloatVector d7 = FloatVector.fromArray(S, m, delta + 7 * L);
            int to = out;
            for (long left = alive; left != 0; left &= left - 1) {
                int at = weights + Long.numberOfTrailingZeros(left) * OCTET;
                FloatVector even = FloatVector.fromArray(S, m, at).mul(d0);
                FloatVector odd = FloatVector.fromArray(S, m, at + L).mul(d1);
                even = FloatVector.fromArray(S, m, at + 2 * L).fma(d2, even);
                odd = FloatVector.fromArray(S, m, at + 3 * L).fma(d3, odd);
                even = FloatVector.fromArray(S, m, at + 4 * L).fma(d4, even);
                odd = FloatVector.fromArray(S, m, at + 5 * L).fma(d5, odd);
                even = FloatVector.fromArray(S, m, at + 6 * L).fma(d6, even);
                odd = FloatVector.fromArray(S, m, at + 7 * L).fma(d7, odd);
                m[to++] = Lanes.sum(even.add(odd)) * scale;
            }
        }

        private void inputGradient1(int delta, int weights, int out, long alive, float scale) {
            float[] m = memory;
            int to = out;
            for (long left = alive; left != 0; left &= left - 1) {
                int at = weights + Long.numberOfTrailingZeros(left) * layout.hiddenPadded;
                FloatVector sum = FloatVector.zero(S);
                for (int j = 0; j < layout.hiddenPadded; j += L) {
                    sum = FloatVector.fromArray(S, m, at + j).fma(FloatVector.fromArray(S, m, delta + j), sum);
                }
                m[to++] = Lanes.sum(sum) * scale;
            }
        }

        @Override
        public void weightGradient(int window, int channel, long[] alive, int aliveAt, int images, int out) {
            int value = layout.pooled(0) + window * layout.channels2 + channel;
            int delta = layout.hiddenGradient(0);
            int j = 0;
            for (; j + OCTET <= layout.hiddenPadded; j += OCTET) {
                weightGradient8(value, delta + j, alive, aliveAt, images, out + j);
            }
            for (; j < layout.hiddenPadded; j += L) {
                weightGradient1(value, delta + j, alive, aliveAt, images, out + j);
            }
        }

        private void weightGradient8(int value, int delta, long[] alive, int aliveAt, int images, int out) {
            float[] m = memory;
            int valueStride = layout.pooledStride;
            int row = layout.hiddenPadded;
            FloatVector s0 = FloatVector.zero(S);
            FloatVector s1 = FloatVector.zero(S);
            FloatVector s2 = FloatVector.zero(S);
            FloatVector s3 = FloatVector.zero(S);
            FloatVector s4 = FloatVector.zero(S);
            FloatVector s5 = FloatVector.zero(S);
            FloatVector s6 = FloatVector.zero(S);
            FloatVector s7 = FloatVector.zero(S);
            for (int first = 0; first < images; first += Layout.WORD) {
                for (long left = alive[aliveAt + first]; left != 0; left &= left - 1) {
                    int i = first + Long.numberOfTrailingZeros(left);
                    FloatVector x = FloatVector.broadcast(S, m[value + i * valueStride]);
                    int at = delta + i * row;
                    s0 = FloatVector.fromArray(S, m, at).fma(x, s0);
                    s1 = FloatVector.fromArray(S, m, at + L).fma(x, s1);
                    s2 = FloatVector.fromArray(S, m, at + 2 * L).fma(x, s2);
                    s3 = FloatVector.fromArray(S, m, at + 3 * L).fma(x, s3);
                    s4 = FloatVector.fromArray(S, m, at + 4 * L).fma(x, s4);
                    s5 = FloatVector.fromArray(S, m, at + 5 * L).fma(x, s5);
                    s6 = FloatVector.fromArray(S, m, at + 6 * L).fma(x, s6);
                    s7 = FloatVector.fromArray(S, m, at + 7 * L).fma(x, s7);
                }
            }
            s0.intoArray(m, out);
            s1.intoArray(m, out + L);
            s2.intoArray(m, out + 2 * L);
            s3.intoArray(m, out + 3 * L);
            s4.intoArray(m, out + 4 * L);
            s5.intoArray(m, out + 5 * L);
            s6.intoArray(m, out + 6 * L);
            s7.intoArray(m, out + 7 * L);
        }

        private void weightGradient1(int value, int delta, long[] alive, int aliveAt, int images, int out) {
            float[] m = memory;
            FloatVector sum = FloatVector.zero(S);
            for (int first = 0; first < images; first += Layout.WORD) {
                for (long left = alive[aliveAt + first]; left != 0; left &= left - 1) {
                    int i = first + Long.numberOfTrailingZeros(left);
                    FloatVector x = FloatVector.broadcast(S, m[value + i * layout.pooledStride]);
                    sum = FloatVector.fromArray(S, m, delta + i * layout.hiddenPadded)
                            .fma(x, sum);
                }
            }
            sum.intoArray(m, out);
        }
    }
}
