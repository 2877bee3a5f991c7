package tandem.engine.java;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The way back through conv2, from the {@linkplain GradientLists lists} of non-zero gradients of its output. A dense
 * layer of linear algebra would multiply 36,864 gradients of which some 900 are not 0; here each of them is one
 * multiply-add of a 3x3 patch:
 *
 * <pre>
 * weights   dWeight[block][c][k][i]  += g activation1[place + k][i]       for every (c, place, g) of the lists
 * input     dActivation1[place + k][i] += g weight[block][c][k][i]
 * </pre>
 *
 * <p>Both go over one block of L input channels at a time, a vector for each of the 9 taps, and over one output channel
 * after the other: its 9 vectors of weights, or of their gradients, stay in registers while its list passes by. The
 * input's gradient is scattered, and entries that are neighbours wait for each other's sums; where there are registers
 * for it, two blocks at a time fill these waits. The weights' gradient gains nothing by that: it waits for the
 * activation, of which one block just fits into the nearest cache.
 */
interface SecondConvolutionGradient {

    /** Adds to the gradient of the weights, from the thread's {@link Layout#activation1}. */
    void weights(GradientLists lists, int thread, int partial);

    /** Computes the gradient of conv1's output, in the thread's {@link Layout#gradient1}. */
    void input(GradientLists lists, int thread);

    /** As the definition says. */
    record Plain(Layout layout, float[] memory) implements SecondConvolutionGradient {
        @Override
        public void weights(GradientLists lists, int thread, int partial) {
            for (int block = 0; block < layout.blocks1; block++) {
                weights(block, lists, thread, partial);
            }
        }

        private void weights(int block, GradientLists lists, int thread, int partial) {
            int activation = layout.activation1(thread, block);
            for (int c = 0; c < layout.conv2; c++) {
                for (int n = lists.first(c); n < lists.end(c); n++) {
                    for (int k = 0; k < Layout.TAPS; k++) {
                        int weights = weights(partial, block, c, k);
                        int tap = tap(activation + lists.places[n], k);
                        for (int i = 0; i < layout.lanes; i++) {
                            memory[weights + i] += lists.values[n] * memory[tap + i];
                        }
                    }
                }
            }
        }

        private int weights(int run, int block, int channel, int tap) {
            return run + layout.conv2Weight + ((block * layout.conv2 + channel) * Layout.TAPS + tap) * layout.lanes;
        }

        private int tap(int place, int tap) {
            return place + (tap / 3 * layout.columns1 + tap % 3) * layout.lanes;
        }

        @Override
        public void input(GradientLists lists, int thread) {
            for (int block = 0; block < layout.blocks1; block++) {
                input(block, lists, thread);
            }
        }

        private void input(int block, GradientLists lists, int thread) {
            int out = layout.gradient1(thread, block);
            Arrays.fill(memory, out, out + layout.plane1, 0);
            for (int c = 0; c < layout.conv2; c++) {
                for (int n = lists.first(c); n < lists.end(c); n++) {
                    for (int k = 0; k < Layout.TAPS; k++) {
                        int weights = weights(layout.small, block, c, k);
                        int tap = tap(out + lists.places[n], k);
                        for (int i = 0; i < layout.lanes; i++) {
                            memory[tap + i] += lists.values[n] * memory[weights + i];
                        }
                    }
                }
            }
        }
    }

    /** On vectors. */
    record Vectors(Layout layout, float[] memory) implements SecondConvolutionGradient {
        private static final VectorSpecies<Float> S = Lanes.SPECIES;
        private static final int L = Lanes.COUNT;

        /** Floats of the 9 taps of one output channel and one block. */
        private static final int KERNEL = Layout.TAPS * L;

        /** Whether there are registers for two blocks at a time. */
        private static final boolean PAIRS = L == 16;

        @Override
        public void weights(GradientLists lists, int thread, int partial) {
            for (int block = 0; block < layout.blocks1; block++) {
                int activation = layout.activation1(thread, block);
                int out = partial + layout.conv2Weight + block * layout.conv2 * KERNEL;
                for (int c = 0; c < layout.conv2; c++) {
                    if (lists.first(c) < lists.end(c)) {
                        weights(activation, lists, lists.first(c), lists.end(c), out + c * KERNEL);
                    }
                }
            }
        }

        private void weights(int activation, GradientLists lists, int from, int to, int out) {
            float[] m = memory;
            int[] places = lists.places;
            float[] values = lists.values;
            int row = layout.columns1 * L;
            FloatVector s0 = FloatVector.fromArray(S, m, out);
            FloatVector s1 = FloatVector.fromArray(S, m, out + L);
            FloatVector s2 = FloatVector.fromArray(S, m, out + 2 * L);
            FloatVector s3 = FloatVector.fromArray(S, m, out + 3 * L);
            FloatVector s4 = FloatVector.fromArray(S, m, out + 4 * L);
            FloatVector s5 = FloatVector.fromArray(S, m, out + 5 * L);
            FloatVector s6 = FloatVector.fromArray(S, m, out + 6 * L);
            FloatVector s7 = FloatVector.fromArray(S, m, out + 7 * L);
            FloatVector s8 = FloatVector.fromArray(S, m, out + 8 * L);
            for (int n = from; n < to; n++) {
                int top = activation + places[n];
                int middle = top + row;
                int bottom = middle + row;
                FloatVector g = FloatVector.broadcast(S, values[n]);
                s0 = FloatVector.fromArray(S, m, top).fma(g, s0);
                s1 = FloatVector.fromArray(S, m, top + L).fma(g, s1);
                s2 = FloatVector.fromArray(S, m, top + 2 * L).fma(g, s2);
                s3 = FloatVector.fromArray(S, m, middle).fma(g, s3);
                s4 = FloatVector.fromArray(S, m, middle + L).fma(g, s4);
                s5 = FloatVector.fromArray(S, m, middle + 2 * L).fma(g, s5);
                s6 = FloatVector.fromArray(S, m, bottom).fma(g, s6);
                s7 = FloatVector.fromArray(S, m, bottom + L).fma(g, s7);
                s8 = FloatVector.fromArray(S, m, bottom + 2 * L).fma(g, s8);
            }
            s0.intoArray(m, out);
            s1.intoArray(m, out + L);
            s2.intoArray(m, out + 2 * L);
            s3.intoArray(m, out + 3 * L);
            s4.intoArray(m, out + 4 * L);
            s5.intoArray(m, out + 5 * L);
            s6.intoArray(m, out + 6 * L);
            s7.intoArray(m, out + 7 * L);
            s8.intoArray(m, out + 8 * L);
        }

        @Override
        public void input(GradientLists lists, int thread) {
            int gradient = layout.gradient1(thread, 0);
            Arrays.fill(memory, gradient, gradient + layout.blocks1 * layout.plane1, 0);
            int block = 0;
            for (; PAIRS && block + 2 <= layout.blocks1; block += 2) {
                int out = layout.gradient1(thread, block);
                int weights = layout.small + layout.conv2Weight + block * layout.conv2 * KERNEL;
                for (int c = 0; c < layout.conv2; c++) {
                    if (lists.first(c) < lists.end(c)) {
                        inputOfTwo(weights + c * KERNEL, lists, lists.first(c), lists.end(c), out);
                    }
                }
            }
            for (; block < layout.blocks1; block++) {
                int out = layout.gradient1(thread, block);
                int weights = layout.small + layout.conv2Weight + block * layout.conv2 * KERNEL;
                for (int c = 0; c < layout.conv2; c++) {
                    if (lists.first(c) < lists.end(c)) {
                        input(weights + c * KERNEL, lists, lists.first(c), lists.end(c), out);
                    }
                }
            }
        }

        /** Two blocks of input channels at a time, whose 18 weights AVX-512 has registers for. */
        private void inputOfTwo(int weights, GradientLists lists, int from, int to, int out) {
            float[] m = memory;
            int[] places = lists.places;
            float[] values = lists.values;
            int row = layout.columns1 * L;
            int plane = layout.plane1;
            int next = weights + layout.conv2 * KERNEL;
            FloatVector v0 = FloatVector.fromArray(S, m, weights);
            FloatVector v1 = FloatVector.fromArray(S, m, weights + L);
            FloatVector v2 = FloatVector.fromArray(S, m, weights + 2 * L);
            FloatVector v3 = FloatVector.fromArray(S, m, weights + 3 * L);
            FloatVector v4 = FloatVector.fromArray(S, m, weights + 4 * L);
            FloatVector v5 = FloatVector.fromArray(S, m, weights + 5 * L);
            FloatVector v6 = FloatVector.fromArray(S, m, weights + 6 * L);
            FloatVector v7 = FloatVector.fromArray(S, m, weights + 7 * L);
            FloatVector v8 = FloatVector.fromArray(S, m, weights + 8 * L);
            FloatVector w0 = FloatVector.fromArray(S, m, next);
            FloatVector w1 = FloatVector.fromArray(S, m, next + L);
            FloatVector w2 = FloatVector.fromArray(S, m, next + 2 * L);
            FloatVector w3 = FloatVector.fromArray(S, m, next + 3 * L);
            FloatVector w4 = FloatVector.fromArray(S, m, next + 4 * L);
            FloatVector w5 = FloatVector.fromArray(S, m, next + 5 * L);
            FloatVector w6 = FloatVector.fromArray(S, m, next + 6 * L);
            FloatVector w7 = FloatVector.fromArray(S, m, next + 7 * L);
            FloatVector w8 = FloatVector.fromArray(S, m, next + 8 * L);
            for (int n = from; n < to; n++) {
                FloatVector g = FloatVector.broadcast(S, values[n]);
                int top = out + places[n];
                int middle = top + row;
                int bottom = middle + row;
                v0.fma(g, FloatVector.fromArray(S, m, top)).intoArray(m, top);
                v1.fma(g, FloatVector.fromArray(S, m, top + L)).intoArray(m, top + L);
                v2.fma(g, FloatVector.fromArray(S, m, top + 2 * L)).intoArray(m, top + 2 * L);
                v3.fma(g, FloatVector.fromArray(S, m, middle)).intoArray(m, middle);
                v4.fma(g, FloatVector.fromArray(S, m, middle + L)).intoArray(m, middle + L);
                v5.fma(g, FloatVector.fromArray(S, m, middle + 2 * L)).intoArray(m, middle + 2 * L);
                v6.fma(g, FloatVector.fromArray(S, m, bottom)).intoArray(m, bottom);
                v7.fma(g, FloatVector.fromArray(S, m, bottom + L)).intoArray(m, bottom + L);
                v8.fma(g, FloatVector.fromArray(S, m, bottom + 2 * L)).intoArray(m, bottom + 2 * L);
                top += plane;
                middle += plane;
                bottom += plane;
                w0.fma(g, FloatVector.fromArray(S, m, top)).intoArray(m, top);
                w1.fma(g, FloatVector.fromArray(S, m, top + L)).intoArray(m, top + L);
                w2.fma(g, FloatVector.fromArray(S, m, top + 2 * L)).intoArray(m, top + 2 * L);
                w3.fma(g, FloatVector.fromArray(S, m, middle)).intoArray(m, middle);
                w4.fma(g, FloatVector.fromArray(S, m, middle + L)).intoArray(m, middle + L);
                w5.fma(g, FloatVector.fromArray(S, m, middle + 2 * L)).intoArray(m, middle + 2 * L);
                w6.fma(g, FloatVector.fromArray(S, m, bottom)).intoArray(m, bottom);
                w7.fma(g, FloatVector.fromArray(S, m, bottom + L)).intoArray(m, bottom + L);
                w8.fma(g, FloatVector.fromArray(S, m, bottom + 2 * L)).intoArray(m, bottom + 2 * L);
            }
        }

        private void input(int weights, GradientLists lists, int from, int to, int out) {
            float[] m = memory;
            int[] places = lists.places;
            float[] values = lists.values;
            int row = layout.columns1 * L;
            FloatVector w0 = FloatVector.fromArray(S, m, weights);
            FloatVector w1 = FloatVector.fromArray(S, m, weights + L);
            FloatVector w2 = FloatVector.fromArray(S, m, weights + 2 * L);
            FloatVector w3 = FloatVector.fromArray(S, m, weights + 3 * L);
            FloatVector w4 = FloatVector.fromArray(S, m, weights + 4 * L);
            FloatVector w5 = FloatVector.fromArray(S, m, weights + 5 * L);
            FloatVector w6 = FloatVector.fromArray(S, m, weights + 6 * L);
            FloatVector w7 = FloatVector.fromArray(S, m, weights + 7 * L);
            FloatVector w8 = FloatVector.fromArray(S, m, weights + 8 * L);
            for (int n = from; n < to; n++) {
                int top = out + places[n];
                int middle = top + row;
                int bottom = middle + row;
                FloatVector g = FloatVector.broadcast(S, values[n]);
                w0.fma(g, FloatVector.fromArray(S, m, top)).intoArray(m, top);
                w1.fma(g, FloatVector.fromArray(S, m, top + L)).intoArray(m, top + L);
                w2.fma(g, FloatVector.fromArray(S, m, top + 2 * L)).intoArray(m, top + 2 * L);
                w3.fma(g, FloatVector.fromArray(S, m, middle)).intoArray(m, middle);
                w4.fma(g, FloatVector.fromArray(S, m, middle + L)).intoArray(m, middle + L);
                w5.fma(g, FloatVector.fromArray(S, m, middle + 2 * L)).intoArray(m, middle + 2 * L);
                w6.fma(g, FloatVector.fromArray(S, m, bottom)).intoArray(m, bottom);
                w7.fma(g, FloatVector.fromArray(S, m, bottom + L)).intoArray(m, bottom + L);
                w8.fma(g, FloatVector.fromArray(S, m, bottom + 2 * L)).intoArray(m, bottom + 2 * L);
            }
        }
    }
}
