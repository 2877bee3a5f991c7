package tandem.engine.java;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * conv1 with its ReLU: one input channel, so 9 multiplications for each output.
 *
 * <pre>
 * forward    out[y][x][c]    = max(0, bias[c] + sum over ky, kx of weight[ky][kx][c] image[y + ky][x + kx])
 * gradient   dWeight[k][c]  += sum over y, x of d[y][x][c] image[y + ky][x + kx]
 *            dBias[c]       += sum over y, x of d[y][x][c]           d: where out > 0, else 0
 * </pre>
 *
 * <p>Both go over one block of L channels at a time: a vector holds L channels of one position, the 9 weights (or their
 * gradients) of the block stay in 9 registers while positions pass by, and a pixel is broadcast to all lanes. Forward
 * computes two neighbours at once: they share 6 of the 9 pixels they need.
 *
 * <p>Where all 9 pixels are background, a position's activation is the same in every image, and its gradients count
 * together. That is so at three of five positions in MNIST, and they are passed over: a thread's activation holds
 * background wherever its last image had none of {@link InkBits}.
 */
interface FirstConvolution {

    /** Called by each thread before its first image after the weights have changed. */
    default void begin(Workspace workspace) {}

    /** Computes all blocks of an image's activation, in the thread's {@link Layout#activation1}. */
    void forward(int image, Workspace workspace);

    /**
     * Adds to the weights' and biases' gradient of one block, from the thread's {@link Layout#gradient1}; entries of it
     * where the activation is 0 do not count. The thread's last {@link #forward} was of this image.
     *
     * @param partial index of the small gradients to add to
     */
    void gradient(int image, int block, Workspace workspace, int partial);

    /** As the definition says. */
    record Plain(Layout layout, float[] memory) implements FirstConvolution {
        @Override
        public void forward(int image, Workspace workspace) {
            for (int block = 0; block < layout.blocks1; block++) {
                for (int y = 0; y < layout.rows1; y++) {
                    for (int x = 0; x < layout.columns1; x++) {
                        position(image, block, y, x, workspace.thread);
                    }
                }
            }
        }

        private void position(int image, int block, int y, int x, int thread) {
            int lanes = layout.lanes;
            int weight = layout.small + layout.conv1Weight + block * Layout.TAPS * lanes;
            int bias = layout.small + layout.conv1Bias + block * lanes;
            int out = layout.activation1(thread, block) + (y * layout.columns1 + x) * lanes;
            for (int c = 0; c < lanes; c++) {
                float sum = memory[bias + c];
                for (int k = 0; k < Layout.TAPS; k++) {
                    sum += memory[weight + k * lanes + c] * memory[pixel(image, y, x, k)];
                }
                memory[out + c] = Math.max(0, sum);
            }
        }

        private int pixel(int image, int y, int x, int tap) {
            return layout.image(image) + (y + tap / 3) * layout.columns + x + tap % 3;
        }

        @Override
        public void gradient(int image, int block, Workspace workspace, int partial) {
            int lanes = layout.lanes;
            int weight = partial + layout.conv1Weight + block * Layout.TAPS * lanes;
            int bias = partial + layout.conv1Bias + block * lanes;
            int activation = layout.activation1(workspace.thread, block);
            int gradient = layout.gradient1(workspace.thread, block);
            for (int y = 0; y < layout.rows1; y++) {
                for (int x = 0; x < layout.columns1; x++) {
                    int at = (y * layout.columns1 + x) * lanes;
                    for (int c = 0; c < lanes; c++) {
                        if (memory[activation + at + c] > 0) {
                            float d = memory[gradient + at + c];
                            memory[bias + c] += d;
                            for (int k = 0; k < Layout.TAPS; k++) {
                                memory[weight + k * lanes + c] += d * memory[pixel(image, y, x, k)];
                            }
                        }
                    }
                }
            }
        }
    }

    /** On vectors. */
    record Vectors(Layout layout, float[] memory, InkBits ink) implements FirstConvolution {
        private static final VectorSpecies<Float> S = Lanes.SPECIES;
        private static final int L = Lanes.COUNT;

        @Override
        public void begin(Workspace workspace) {
            int background = layout.background1(workspace.thread);
            FloatVector pixel = FloatVector.broadcast(S, workspace.background);
            for (int block = 0; block < layout.blocks1; block++) {
                FloatVector sum = FloatVector.fromArray(S, memory, layout.small + layout.conv1Bias + block * L);
                for (int k = 0; k < Layout.TAPS; k++) {
                    int weight = layout.small + layout.conv1Weight + (block * Layout.TAPS + k) * L;
                    sum = FloatVector.fromArray(S, memory, weight).fma(pixel, sum);
                }
                sum.blend(0, sum.compare(VectorOperators.LT, 0)).intoArray(memory, background + block * L);
            }
            Arrays.fill(workspace.inkFrom, 0);
            Arrays.fill(workspace.inkTo, layout.columns1);
        }

        @Override
        public void forward(int image, Workspace workspace) {
            for (int y = 0; y < layout.rows1; y++) {
                findInk(image, y, workspace);
            }
            for (int block = 0; block < layout.blocks1; block++) {
                int weight = layout.small + layout.conv1Weight + block * Layout.TAPS * L;
                int bias = layout.small + layout.conv1Bias + block * L;
                int out = layout.activation1(workspace.thread, block);
                pairs(layout.image(image), weight, bias, out, workspace);
                if (layout.columns1 % 2 != 0) {
                    lastColumn(layout.image(image), weight, bias, out);
                }
            }
        }

        /** Finds the columns of a row that see ink, whole pairs, and clears what the image before had elsewhere. */
        private void findInk(int image, int y, Workspace workspace) {
            int from = 0;
            int to = layout.columns1;
            if (ink.known) {
                long seen = ink.in(image, y, 3);
                if (seen == 0) {
                    to = 0;
                } else {
                    from = Math.max(0, Long.numberOfTrailingZeros(seen) - 2) & -2;
                    to = Math.min(to, Long.SIZE - Long.numberOfLeadingZeros(seen) + 1 & -2);
                }
                int oldFrom = workspace.inkFrom[y];
                int oldTo = workspace.inkTo[y];
                clear(y, oldFrom, Math.min(oldTo, from), workspace.thread);
                clear(y, Math.max(oldFrom, to), oldTo, workspace.thread);
            }
            workspace.inkFrom[y] = from;
            workspace.inkTo[y] = to;
        }

        private void clear(int y, int from, int to, int thread) {
            if (from < to) {
                for (int block = 0; block < layout.blocks1; block++) {
                    FloatVector background = FloatVector.fromArray(S, memory, layout.background1(thread) + block * L);
                    int row = layout.activation1(thread, block) + y * layout.columns1 * L;
                    for (int at = row + from * L; at < row + to * L; at += L) {
                        background.intoArray(memory, at);
                    }
                }
            }
        }

        private void pairs(int image, int weight, int bias, int out, Workspace workspace) {
            float[] m = memory;
            int columns = layout.columns;
            FloatVector w0 = FloatVector.fromArray(S, m, weight);
            FloatVector w1 = FloatVector.fromArray(S, m, weight + L);
            FloatVector w2 = FloatVector.fromArray(S, m, weight + 2 * L);
            FloatVector w3 = FloatVector.fromArray(S, m, weight + 3 * L);
            FloatVector w4 = FloatVector.fromArray(S, m, weight + 4 * L);
            FloatVector w5 = FloatVector.fromArray(S, m, weight + 5 * L);
            FloatVector w6 = FloatVector.fromArray(S, m, weight + 6 * L);
            FloatVector w7 = FloatVector.fromArray(S, m, weight + 7 * L);
            FloatVector w8 = FloatVector.fromArray(S, m, weight + 8 * L);
            FloatVector b = FloatVector.fromArray(S, m, bias);
            for (int y = 0; y < layout.rows1; y++) {
                int from = workspace.inkFrom[y];
                int top = image + y * columns + from;
                int middle = top + columns;
                int bottom = middle + columns;
                int to = out + (y * layout.columns1 + from) * L;
                int pairs = (workspace.inkTo[y] - from) / 2;
                for (int pair = 0; pair < pairs; pair++, top += 2, middle += 2, bottom += 2, to += 2 * L) {
                    FloatVector p = FloatVector.broadcast(S, m[top]);
                    FloatVector left = w0.fma(p, b);
                    p = FloatVector.broadcast(S, m[top + 1]);
                    left = w1.fma(p, left);
                    FloatVector right = w0.fma(p, b);
                    p = FloatVector.broadcast(S, m[top + 2]);
                    left = w2.fma(p, left);
                    right = w1.fma(p, right);
                    right = w2.fma(FloatVector.broadcast(S, m[top + 3]), right);
                    left = w3.fma(FloatVector.broadcast(S, m[middle]), left);
                    p = FloatVector.broadcast(S, m[middle + 1]);
                    left = w4.fma(p, left);
                    right = w3.fma(p, right);
                    p = FloatVector.broadcast(S, m[middle + 2]);
                    left = w5.fma(p, left);
                    right = w4.fma(p, right);
                    right = w5.fma(FloatVector.broadcast(S, m[middle + 3]), right);
                    left = w6.fma(FloatVector.broadcast(S, m[bottom]), left);
                    p = FloatVector.broadcast(S, m[bottom + 1]);
                    left = w7.fma(p, left);
                    right = w6.fma(p, right);
                    p = FloatVector.broadcast(S, m[bottom + 2]);
                    left = w8.fma(p, left);
                    right = w7.fma(p, right);
                    right = w8.fma(FloatVector.broadcast(S, m[bottom + 3]), right);
                    // Not "above 0, else 0": what is not a number must stay visible.
                    left.blend(0, left.compare(VectorOperators.LT, 0)).intoArray(m, to);
                    right.blend(0, right.compare(VectorOperators.LT, 0)).intoArray(m, to + L);
                }
            }
        }

        /** The column without a neighbour, if their number is odd. */
        private void lastColumn(int image, int weight, int bias, int out) {
            float[] m = memory;
            int x = layout.columns1 - 1;
            for (int y = 0; y < layout.rows1; y++) {
                FloatVector sum = FloatVector.fromArray(S, m, bias);
                for (int k = 0; k < Layout.TAPS; k++) {
                    float pixel = m[image + (y + k / 3) * layout.columns + x + k % 3];
                    sum = FloatVector.fromArray(S, m, weight + k * L).fma(FloatVector.broadcast(S, pixel), sum);
                }
                sum.blend(0, sum.compare(VectorOperators.LT, 0)).intoArray(m, out + (y * layout.columns1 + x) * L);
            }
        }

        @Override
        public void gradient(int image, int block, Workspace workspace, int partial) {
            float[] m = memory;
            int columns = layout.columns;
            int columns1 = layout.columns1;
            int weight = partial + layout.conv1Weight + block * Layout.TAPS * L;
            int bias = partial + layout.conv1Bias + block * L;
            FloatVector zero = FloatVector.zero(S);
            FloatVector w0 = FloatVector.fromArray(S, m, weight);
            FloatVector w1 = FloatVector.fromArray(S, m, weight + L);
            FloatVector w2 = FloatVector.fromArray(S, m, weight + 2 * L);
            FloatVector w3 = FloatVector.fromArray(S, m, weight + 3 * L);
            FloatVector w4 = FloatVector.fromArray(S, m, weight + 4 * L);
            FloatVector w5 = FloatVector.fromArray(S, m, weight + 5 * L);
            FloatVector w6 = FloatVector.fromArray(S, m, weight + 6 * L);
            FloatVector w7 = FloatVector.fromArray(S, m, weight + 7 * L);
            FloatVector w8 = FloatVector.fromArray(S, m, weight + 8 * L);
            FloatVector b = FloatVector.fromArray(S, m, bias);
            int activation = layout.activation1(workspace.thread, block);
            int gradient = layout.gradient1(workspace.thread, block);
            FloatVector even = zero;
            FloatVector odd = zero;
            int at = 0;
            for (int y = 0; y < layout.rows1; y++) {
                int from = workspace.inkFrom[y];
                int ink = (y * columns1 + from) * L;
                for (; at + L < ink; at += 2 * L) {
                    even = even.add(FloatVector.fromArray(S, m, gradient + at));
                    odd = odd.add(FloatVector.fromArray(S, m, gradient + at + L));
                }
                if (at < ink) {
                    even = even.add(FloatVector.fromArray(S, m, gradient + at));
                }
                int top = layout.image(image) + y * columns + from;
                int middle = top + columns;
                int bottom = middle + columns;
                int end = (y * columns1 + workspace.inkTo[y]) * L;
                for (at = ink; at < end; top++, middle++, bottom++, at += L) {
                    VectorMask<Float> on =
                            FloatVector.fromArray(S, m, activation + at).compare(VectorOperators.GT, 0);
                    FloatVector d = zero.blend(FloatVector.fromArray(S, m, gradient + at), on);
                    b = b.add(d);
                    w0 = d.fma(FloatVector.broadcast(S, m[top]), w0);
                    w1 = d.fma(FloatVector.broadcast(S, m[top + 1]), w1);
                    w2 = d.fma(FloatVector.broadcast(S, m[top + 2]), w2);
                    w3 = d.fma(FloatVector.broadcast(S, m[middle]), w3);
                    w4 = d.fma(FloatVector.broadcast(S, m[middle + 1]), w4);
                    w5 = d.fma(FloatVector.broadcast(S, m[middle + 2]), w5);
                    w6 = d.fma(FloatVector.broadcast(S, m[bottom]), w6);
                    w7 = d.fma(FloatVector.broadcast(S, m[bottom + 1]), w7);
                    w8 = d.fma(FloatVector.broadcast(S, m[bottom + 2]), w8);
                }
            }
            for (; at < layout.plane1; at += L) {
                even = even.add(FloatVector.fromArray(S, m, gradient + at));
            }
            VectorMask<Float> on = FloatVector.fromArray(S, m, layout.background1(workspace.thread) + block * L)
                    .compare(VectorOperators.GT, 0);
            FloatVector rest = zero.blend(even.add(odd), on);
            FloatVector pixel = FloatVector.broadcast(S, workspace.background);
            b = b.add(rest);
            w0 = rest.fma(pixel, w0);
            w1 = rest.fma(pixel, w1);
            w2 = rest.fma(pixel, w2);
            w3 = rest.fma(pixel, w3);
            w4 = rest.fma(pixel, w4);
            w5 = rest.fma(pixel, w5);
            w6 = rest.fma(pixel, w6);
            w7 = rest.fma(pixel, w7);
            w8 = rest.fma(pixel, w8);
            w0.intoArray(m, weight);
            w1.intoArray(m, weight + L);
            w2.intoArray(m, weight + 2 * L);
            w3.intoArray(m, weight + 3 * L);
            w4.intoArray(m, weight + 4 * L);
            w5.intoArray(m, weight + 5 * L);
            w6.intoArray(m, weight + 6 * L);
            w7.intoArray(m, weight + 7 * L);
            w8.intoArray(m, weight + 8 * L);
            b.intoArray(m, bias);
        }
    }
}
