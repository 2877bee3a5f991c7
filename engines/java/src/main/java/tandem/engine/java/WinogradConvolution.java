package tandem.engine.java;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * conv2 by Winograd's minimal filtering F(2x2, 3x3): Lavin and Gray, "Fast algorithms for convolutional neural
 * networks", 2015, arXiv:1509.09308, section 4.1. A 2x2 block of outputs takes 16 multiplications instead of 36, and
 * the result is the same up to rounding. A block is exactly one pool window here, so a window never leaves the
 * registers between its sums and its largest.
 *
 * <pre>
 * d   the 4x4 patch of the input under a window, one input channel i        V = B' d B     16 numbers
 * g   the 3x3 kernel from i to output channel c                             U = G g G'     16 numbers, once a step
 * M[f][c] = sum over i of U[f][i][c] V[f][i]                                for each of the 16 numbers f
 * y   = A' M A                                                              the window's 2x2 sums of channel c
 *
 *      1  0 -1  0           1    0    0
 * B' = 0  1  1  0      G =  1/2  1/2  1/2      A' = 1  1  1  0
 *      0 -1  1  0           1/2 -1/2  1/2           0  1 -1 -1
 *      0  1  0 -1           0    0    1
 * </pre>
 *
 * <p>The sum over i for all windows and channels is, for each f, a product of two matrices: [windows][conv1] times
 * [conv1][channels2]. {@link RegisterTile} does it for 6 windows and a few vectors of channels at a time, with all sums
 * in registers. Windows wait until there are 6, if need be across images; so no tile but a thread's last is partly
 * empty, and V and M of a tile stay in the nearest cache.
 *
 * <p>A larger block would need still fewer multiplications (F(4x4, 3x3): 36 instead of 144), but its transforms have
 * factors up to 8, and float32 then misses the proof's limits.
 */
record WinogradConvolution(Layout layout, float[] memory, Pooled pooled, Background background, Pooling pooling)
        implements SecondConvolution {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final long ALL = -1L >>> -L;

    @Override
    public void begin(Workspace workspace, float pixel) {
        workspace.waiting = 0;
        background.compute(workspace.thread, pixel);
    }

    @Override
    public void forward(int image, long[] keep, int keepAt, float scale, Workspace workspace) {
        for (int wy = 0; wy < layout.windowRows; wy++) {
            long ink = background.ink(workspace, wy);
            for (int wx = 0; wx < layout.windowColumns; wx++) {
                int window = wy * layout.windowColumns + wx;
                if (Background.covers(ink, wx)) {
                    pooling.window(layout.background(workspace.thread), 0, image, window, keep, keepAt, scale);
                } else {
                    int n = workspace.waiting++;
                    workspace.waitingImages[n] = image;
                    workspace.waitingWindows[n] = window;
                    workspace.waitingMasks[n] = keepAt;
                    transformInput(image, wy, wx, layout.transformed(workspace.thread) + n * layout.channels1);
                    if (workspace.waiting == Layout.TILE_ROWS) {
                        end(keep, scale, workspace);
                    }
                }
            }
        }
    }

    /** Multiplies and pools the windows that wait, whether they fill a tile or not. */
    @Override
    public void end(long[] keep, float scale, Workspace workspace) {
        if (workspace.waiting == 0) {
            return;
        }
        multiply(workspace.thread);
        for (int n = 0; n < workspace.waiting; n++) {
            int window = workspace.waitingWindows[n];
            for (int word = 0; word < layout.words; word++) {
                pool(
                        layout.product(workspace.thread) + n * layout.channels2 + word * Layout.WORD,
                        workspace.waitingImages[n],
                        window,
                        word,
                        keep[workspace.waitingMasks[n] + window * layout.words + word],
                        scale);
            }
        }
        workspace.waiting = 0;
    }

    // ---- V = B' d B

    private void transformInput(int image, int wy, int wx, int to) {
        int corner = 2 * (wy * layout.columns1 + wx) * L;
        for (int block = 0; block < layout.blocks1; block++) {
            transformInput(layout.activation1(image, block) + corner, to + block * L);
        }
    }

    /** Columns first (B' d), then rows, each for L channels. */
    private void transformInput(int from, int to) {
        float[] m = memory;
        int row = layout.columns1 * L;
        int step = Layout.TILE_ROWS * layout.channels1;
        int second = from + row;
        int third = second + row;
        int fourth = third + row;

        FloatVector e0 = FloatVector.fromArray(S, m, second);
        FloatVector e1 = FloatVector.fromArray(S, m, second + L);
        FloatVector e2 = FloatVector.fromArray(S, m, second + 2 * L);
        FloatVector e3 = FloatVector.fromArray(S, m, second + 3 * L);
        FloatVector f0 = FloatVector.fromArray(S, m, third);
        FloatVector f1 = FloatVector.fromArray(S, m, third + L);
        FloatVector f2 = FloatVector.fromArray(S, m, third + 2 * L);
        FloatVector f3 = FloatVector.fromArray(S, m, third + 3 * L);

        FloatVector t0 = FloatVector.fromArray(S, m, from).sub(f0);
        FloatVector t1 = FloatVector.fromArray(S, m, from + L).sub(f1);
        FloatVector t2 = FloatVector.fromArray(S, m, from + 2 * L).sub(f2);
        FloatVector t3 = FloatVector.fromArray(S, m, from + 3 * L).sub(f3);
        t0.sub(t2).intoArray(m, to);
        t1.add(t2).intoArray(m, to + step);
        t2.sub(t1).intoArray(m, to + 2 * step);
        t1.sub(t3).intoArray(m, to + 3 * step);

        t0 = e0.add(f0);
        t1 = e1.add(f1);
        t2 = e2.add(f2);
        t3 = e3.add(f3);
        t0.sub(t2).intoArray(m, to + 4 * step);
        t1.add(t2).intoArray(m, to + 5 * step);
        t2.sub(t1).intoArray(m, to + 6 * step);
        t1.sub(t3).intoArray(m, to + 7 * step);

        t0 = f0.sub(e0);
        t1 = f1.sub(e1);
        t2 = f2.sub(e2);
        t3 = f3.sub(e3);
        t0.sub(t2).intoArray(m, to + 8 * step);
        t1.add(t2).intoArray(m, to + 9 * step);
        t2.sub(t1).intoArray(m, to + 10 * step);
        t1.sub(t3).intoArray(m, to + 11 * step);

        t0 = e0.sub(FloatVector.fromArray(S, m, fourth));
        t1 = e1.sub(FloatVector.fromArray(S, m, fourth + L));
        t2 = e2.sub(FloatVector.fromArray(S, m, fourth + 2 * L));
        t3 = e3.sub(FloatVector.fromArray(S, m, fourth + 3 * L));
        t0.sub(t2).intoArray(m, to + 12 * step);
        t1.add(t2).intoArray(m, to + 13 * step);
        t2.sub(t1).intoArray(m, to + 14 * step);
        t1.sub(t3).intoArray(m, to + 15 * step);
    }

    // ---- M = U V

    /** The products of a whole tile of windows; what lies beyond those that wait is not looked at. */
    private void multiply(int thread) {
        int width = layout.tileVectors * L;
        int tiles = layout.channels2 / width;
        for (int f = 0; f < Layout.FREQUENCIES; f++) {
            for (int tile = 0; tile < tiles; tile++) {
                RegisterTile.multiply(
                        layout.tileVectors,
                        memory,
                        layout.conv2Winograd + (f * tiles + tile) * layout.conv1 * width,
                        layout.transformed(thread) + f * Layout.TILE_ROWS * layout.channels1,
                        layout.channels1,
                        layout.conv1,
                        layout.product(thread) + f * Layout.TILE_ROWS * layout.channels2 + tile * width,
                        layout.channels2);
            }
        }
    }

    // ---- y = A' M A, then the largest of each window

    private void pool(int from, int image, int window, int word, long keep, float scale) {
        float[] m = memory;
        int step = Layout.TILE_ROWS * layout.channels2;
        int first = word * Layout.WORD;
        int width = Math.min(Layout.WORD, layout.channels2 - first);
        int bias = layout.small + layout.conv2Bias + first;
        int out = layout.pooled(image) + window * layout.channels2 + first;
        long alive = 0;
        long right = 0;
        long lower = 0;
        for (int c = 0; c < width; c += L) {
            int f = from + c;
            FloatVector a = FloatVector.fromArray(S, m, f + 4 * step);
            FloatVector b = FloatVector.fromArray(S, m, f + 8 * step);
            FloatVector upper0 = FloatVector.fromArray(S, m, f).add(a).add(b);
            FloatVector lower0 = a.sub(b).sub(FloatVector.fromArray(S, m, f + 12 * step));
            a = FloatVector.fromArray(S, m, f + 5 * step);
            b = FloatVector.fromArray(S, m, f + 9 * step);
            FloatVector upper1 = FloatVector.fromArray(S, m, f + step).add(a).add(b);
            FloatVector lower1 = a.sub(b).sub(FloatVector.fromArray(S, m, f + 13 * step));
            a = FloatVector.fromArray(S, m, f + 6 * step);
            b = FloatVector.fromArray(S, m, f + 10 * step);
            FloatVector upper2 =
                    FloatVector.fromArray(S, m, f + 2 * step).add(a).add(b);
            FloatVector lower2 = a.sub(b).sub(FloatVector.fromArray(S, m, f + 14 * step));
            a = FloatVector.fromArray(S, m, f + 7 * step);
            b = FloatVector.fromArray(S, m, f + 11 * step);
            FloatVector upper3 =
                    FloatVector.fromArray(S, m, f + 3 * step).add(a).add(b);
            FloatVector lower3 = a.sub(b).sub(FloatVector.fromArray(S, m, f + 15 * step));

            FloatVector y00 = upper0.add(upper1).add(upper2);
            FloatVector y01 = upper1.sub(upper2).sub(upper3);
            FloatVector y10 = lower0.add(lower1).add(lower2);
            FloatVector y11 = lower1.sub(lower2).sub(lower3);

            // From here on as in Pooling.
            VectorMask<Float> upperRight = y01.compare(VectorOperators.GT, y00);
            VectorMask<Float> lowerRight = y11.compare(VectorOperators.GT, y10);
            FloatVector upperBest = y00.blend(y01, upperRight);
            FloatVector lowerBest = y10.blend(y11, lowerRight);
            VectorMask<Float> below = lowerBest.compare(VectorOperators.GT, upperBest);
            FloatVector best = upperBest.blend(lowerBest, below).add(FloatVector.fromArray(S, m, bias + c));
            best.mul(scale).intoArray(m, out + c);
            long down = below.toLong();
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

    // ---- U = G g G'

    @Override
    public void prepare(int from, int to) {
        int width = layout.tileVectors * L;
        for (int i = from; i < to; i++) {
            for (int c = 0; c < layout.channels2; c += L) {
                int weights = layout.conv2Transposed + i * Layout.TAPS * layout.channels2 + c;
                int out = layout.conv2Winograd + (c / width * layout.conv1 + i) * width + c % width;
                transformKernel(weights, out);
            }
        }
    }

    private void transformKernel(int weights, int out) {
        float[] m = memory;
        int tap = layout.channels2;
        int step = layout.channels2 * layout.conv1;
        for (int column = 0; column < 3; column++) {
            // G g, one column of the kernel at a time, kept where the first four frequencies of a row will be.
            FloatVector g0 = FloatVector.fromArray(S, m, weights + column * tap);
            FloatVector g1 = FloatVector.fromArray(S, m, weights + (3 + column) * tap);
            FloatVector g2 = FloatVector.fromArray(S, m, weights + (6 + column) * tap);
            FloatVector outer = g0.add(g2).mul(0.5f);
            FloatVector inner = g1.mul(0.5f);
            g0.intoArray(m, out + column * step);
            outer.add(inner).intoArray(m, out + (4 + column) * step);
            outer.sub(inner).intoArray(m, out + (8 + column) * step);
            g2.intoArray(m, out + (12 + column) * step);
        }
        for (int row = 0; row < 4; row++) {
            int at = out + 4 * row * step;
            FloatVector g0 = FloatVector.fromArray(S, m, at);
            FloatVector g1 = FloatVector.fromArray(S, m, at + step);
            FloatVector g2 = FloatVector.fromArray(S, m, at + 2 * step);
            FloatVector outer = g0.add(g2).mul(0.5f);
            FloatVector inner = g1.mul(0.5f);
            outer.add(inner).intoArray(m, at + step);
            outer.sub(inner).intoArray(m, at + 2 * step);
            g2.intoArray(m, at + 3 * step);
        }
    }
}
