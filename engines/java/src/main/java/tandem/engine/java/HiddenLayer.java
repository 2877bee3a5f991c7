package tandem.engine.java;

import java.util.Arrays;
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
 * <p>Threads divide the rows among them, not the images: together the rows are more than a near cache holds, and each
 * is read twice a step. Forward goes over a part of the windows and, for each, over all images: 64 rows, 32 KB, are
 * read from the cache as often as there are images. Each part has sums of its own, so the order of additions is always
 * the same. Back, both gradients of a row are computed in one visit, and its update may follow at once. Hidden units
 * are taken 8 vectors at a time with all sums in registers: one round in the seed's network on AVX-512, two on AVX2;
 * what is left is taken one vector after the other.
 */
interface HiddenLayer {

    /**
     * Computes what a part of the windows adds to the preactivations of all images: {@link Layout#sum}.
     *
     * @param count of the images
     */
    void forward(int part, int count);

    /** Adds the parts' sums and the bias: the {@link Layout#preactivation} of an image. */
    void add(int image);

    /**
     * Computes the gradient of one feature's row of weights: [hiddenPadded] at {@code out}; and of the feature itself
     * in the images it is alive in.
     *
     * @param alive the images the feature is alive in: bit {@code i % 64} of every 64th word, from {@code aliveAt} on
     * @param images of the batch
     * @param scale of dropout1
     * @param places for each image, where the feature's gradient belongs; is moved on by 1
     */
    void backward(int window, int channel, long[] alive, int aliveAt, int images, float scale, int[] places, int out);

    /** As the definition says. */
    record Plain(Layout layout, float[] memory, Pooled pooled) implements HiddenLayer {
        @Override
        public void forward(int part, int count) {
            int sums = layout.sum(part, 0);
            Arrays.fill(memory, sums, sums + count * layout.hiddenPadded, 0);
            for (int window = layout.firstWindow(part); window < layout.firstWindow(part + 1); window++) {
                for (int i = 0; i < count; i++) {
                    for (int c = 0; c < layout.conv2; c++) {
                        if (isAlive(i, window, c)) {
                            float x = memory[layout.pooled(i) + window * layout.channels2 + c];
                            axpy(x, layout.large + layout.feature(window, c), layout.sum(part, i));
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
        public void add(int image) {
            int out = layout.preactivation(image);
            System.arraycopy(memory, layout.small + layout.fc1Bias, memory, out, layout.hiddenPadded);
            for (int part = 0; part < Layout.PARTS; part++) {
                axpy(1, layout.sum(part, image), out);
            }
        }

        @Override
        public void backward(
                int window, int channel, long[] alive, int aliveAt, int images, float scale, int[] places, int out) {
            int weights = layout.large + layout.feature(window, channel);
            for (int j = 0; j < layout.hiddenPadded; j++) {
                memory[out + j] = 0;
            }
            for (int i = 0; i < images; i++) {
                if ((alive[aliveAt + i / Layout.WORD * Layout.WORD] >>> i & 1) != 0) {
                    float x = memory[layout.pooled(i) + window * layout.channels2 + channel];
                    int delta = layout.hiddenGradient(i);
                    axpy(x, delta, out);
                    float sum = 0;
                    for (int j = 0; j < layout.hiddenPadded; j++) {
                        sum += memory[weights + j] * memory[delta + j];
                    }
                    memory[places[i]++] = scale * sum;
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
        public void forward(int part, int count) {
            int sums = layout.sum(part, 0);
            Arrays.fill(memory, sums, sums + count * layout.hiddenPadded, 0);
            for (int window = layout.firstWindow(part); window < layout.firstWindow(part + 1); window++) {
                for (int word = 0; word < layout.words; word++) {
                    int first = word * Layout.WORD;
                    int weights = layout.large + layout.feature(window, first);
                    for (int i = 0; i < count; i++) {
                        int in = layout.pooled(i) + window * layout.channels2 + first;
                        long alive = pooled.alive[pooled.index(i, window, word)];
                        int out = sums + i * layout.hiddenPadded;
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
        public void add(int image) {
            float[] m = memory;
            int out = layout.preactivation(image);
            int stride = layout.sum(1, 0) - layout.sum(0, 0);
            for (int j = 0; j < layout.hiddenPadded; j += L) {
                FloatVector sum = FloatVector.fromArray(S, m, layout.small + layout.fc1Bias + j);
                int at = layout.sum(0, image) + j;
                for (int part = 0; part < Layout.PARTS; part++, at += stride) {
                    sum = sum.add(FloatVector.fromArray(S, m, at));
                }
                sum.intoArray(m, out + j);
            }
        }

        @Override
        public void backward(
                int window, int channel, long[] alive, int aliveAt, int images, float scale, int[] places, int out) {
            int value = layout.pooled(0) + window * layout.channels2 + channel;
            int weights = layout.large + layout.feature(window, channel);
            int delta = layout.hiddenGradient(0);
            int end = layout.hiddenPadded;
            int j = 0;
            for (; j + OCTET <= end; j += OCTET) {
                int step = j + OCTET == end ? 1 : 0;
                backward8(value, weights + j, delta + j, alive, aliveAt, images, scale, places, j == 0, step, out + j);
            }
            for (; j < end; j += L) {
                int step = j + L == end ? 1 : 0;
                backward1(value, weights + j, delta + j, alive, aliveAt, images, scale, places, j == 0, step, out + j);
            }
        }

        private void backward8(
                int value,
                int weights,
                int delta,
                long[] alive,
                int aliveAt,
                int images,
                float scale,
                int[] places,
                boolean begins,
                int step,
                int out) {
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
            FloatVector w0 = FloatVector.fromArray(S, m, weights);
            FloatVector w1 = FloatVector.fromArray(S, m, weights + L);
            FloatVector w2 = FloatVector.fromArray(S, m, weights + 2 * L);
            FloatVector w3 = FloatVector.fromArray(S, m, weights + 3 * L);
            FloatVector w4 = FloatVector.fromArray(S, m, weights + 4 * L);
            FloatVector w5 = FloatVector.fromArray(S, m, weights + 5 * L);
            FloatVector w6 = FloatVector.fromArray(S, m, weights + 6 * L);
            FloatVector w7 = FloatVector.fromArray(S, m, weights + 7 * L);
            for (int first = 0; first < images; first += Layout.WORD) {
                for (long left = alive[aliveAt + first]; left != 0; left &= left - 1) {
                    int i = first + Long.numberOfTrailingZeros(left);
                    FloatVector x = FloatVector.broadcast(S, m[value + i * valueStride]);
                    int at = delta + i * row;
                    FloatVector d = FloatVector.fromArray(S, m, at);
                    s0 = d.fma(x, s0);
                    FloatVector even = d.mul(w0);
                    d = FloatVector.fromArray(S, m, at + L);
                    s1 = d.fma(x, s1);
                    FloatVector odd = d.mul(w1);
                    d = FloatVector.fromArray(S, m, at + 2 * L);
                    s2 = d.fma(x, s2);
                    even = d.fma(w2, even);
                    d = FloatVector.fromArray(S, m, at + 3 * L);
                    s3 = d.fma(x, s3);
                    odd = d.fma(w3, odd);
                    d = FloatVector.fromArray(S, m, at + 4 * L);
                    s4 = d.fma(x, s4);
                    even = d.fma(w4, even);
                    d = FloatVector.fromArray(S, m, at + 5 * L);
                    s5 = d.fma(x, s5);
                    odd = d.fma(w5, odd);
                    d = FloatVector.fromArray(S, m, at + 6 * L);
                    s6 = d.fma(x, s6);
                    even = d.fma(w6, even);
                    d = FloatVector.fromArray(S, m, at + 7 * L);
                    s7 = d.fma(x, s7);
                    odd = d.fma(w7, odd);
                    float sum = Lanes.sum(even.add(odd)) * scale;
                    int to = places[i];
                    m[to] = begins ? sum : m[to] + sum;
                    places[i] = to + step;
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

        private void backward1(
                int value,
                int weights,
                int delta,
                long[] alive,
                int aliveAt,
                int images,
                float scale,
                int[] places,
                boolean begins,
                int step,
                int out) {
            float[] m = memory;
            FloatVector sum = FloatVector.zero(S);
            FloatVector w = FloatVector.fromArray(S, m, weights);
            for (int first = 0; first < images; first += Layout.WORD) {
                for (long left = alive[aliveAt + first]; left != 0; left &= left - 1) {
                    int i = first + Long.numberOfTrailingZeros(left);
                    FloatVector x = FloatVector.broadcast(S, m[value + i * layout.pooledStride]);
                    FloatVector d = FloatVector.fromArray(S, m, delta + i * layout.hiddenPadded);
                    sum = d.fma(x, sum);
                    float product = Lanes.sum(d.mul(w)) * scale;
                    int to = places[i];
                    m[to] = begins ? product : m[to] + product;
                    places[i] = to + step;
                }
            }
            sum.intoArray(m, out);
        }
    }
}
