package tandem.engine.java;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * conv2 by Winograd's minimal filtering F(4x4, 3x3): Lavin and Gray, "Fast algorithms for convolutional neural
 * networks", 2015, arXiv:1509.09308. A block of 4x4 outputs, four pool windows, takes 36 multiplications instead of
 * 144, and the result is the same up to rounding.
 *
 * <pre>
 * d   the 6x6 patch of the input under a block, one input channel i         V = B' d B     36 numbers
 * g   the 3x3 kernel from i to output channel c                             U = G g G'     36 numbers, once a step
 * M[f][c] = sum over i of U[f][i][c] V[f][i]                                for each of the 36 numbers f
 * y   = A' M A                                                              the block's 4x4 sums of channel c
 * </pre>
 *
 * <p>{@link WinogradTransforms} has the matrices; each is applied to columns first, then to rows. The sum over i for
 * all blocks and channels is, for each f, a product of two matrices: [blocks][conv1] times [conv1][channels2].
 * {@link RegisterTile} does it for 6 blocks and a few vectors of channels at a time, with all sums in registers. Blocks
 * wait until there are 6, if need be across images; so no tile but a thread's last is partly empty.
 *
 * <p>A block begins at the first window of its row that sees more than background, so that it takes few of them to
 * cover a drawing. Windows of background under a block are left to {@link Background} all the same, and windows that
 * the image does not have to nobody: their patch is filled up with zeros.
 */
record WinogradConvolution(Layout layout, float[] memory, Background background, Pooling pooling)
        implements SecondConvolution {

    private static final VectorSpecies<Float> S = Lanes.SPECIES;
    private static final int L = Lanes.COUNT;
    private static final int PATCH = WinogradTransforms.PATCH;
    private static final int BLOCK = WinogradTransforms.BLOCK;

    /** Windows of a block, in each direction; and positions of a window. */
    private static final int HALF = BLOCK / 2;

    @Override
    public void begin(Workspace workspace) {
        background.compute(workspace.thread);
    }

    @Override
    public void forward(int image, long[] keep, int keepAt, float scale, Workspace workspace) {
        for (int wy = 0; wy < layout.windowRows; wy += HALF) {
            int rows = Math.min(HALF, layout.windowRows - wy);
            long upper = background.ink(image, wy);
            long lower = rows == HALF ? background.ink(image, wy + 1) : 0;
            for (int wx = 0; wx < layout.windowColumns; ) {
                int columns = Math.min(HALF, layout.windowColumns - wx);
                int inked = inked(upper, lower, rows, wx);
                if (inked == 0) {
                    columns = 1;
                } else if (columns == HALF) {
                    inked |= inked(upper, lower, rows, wx + 1) << 1;
                }
                int window = wy * layout.windowColumns + wx;
                for (int row = 0; row < rows; row++) {
                    for (int column = 0; column < columns; column++) {
                        if ((inked >>> HALF * row + column & 1) == 0) {
                            int background = layout.background2(workspace.thread);
                            int at = window + row * layout.windowColumns + column;
                            pooling.window(background, 0, image, at, keep, keepAt, scale);
                        }
                    }
                }
                if (inked != 0) {
                    int n = workspace.waiting++;
                    workspace.waitingImages[n] = image;
                    workspace.waitingWindows[n] = window;
                    workspace.waitingInked[n] = inked;
                    workspace.waitingMasks[n] = keepAt;
                    transformInput(wy, wx, workspace.thread, n);
                    if (workspace.waiting == Layout.TILE_ROWS) {
                        end(keep, scale, workspace);
                    }
                }
                wx += columns;
            }
        }
    }

    /** Which windows of a column see more than background: bit 0 for the upper one, bit 2 for the lower one. */
    private static int inked(long upper, long lower, int rows, int wx) {
        int inked = Background.covers(upper, wx) ? 0 : 1;
        return rows < HALF || Background.covers(lower, wx) ? inked : inked | 1 << HALF;
    }

    /** Multiplies and pools the blocks that wait, whether they fill a tile or not. */
    @Override
    public void end(long[] keep, float scale, Workspace workspace) {
        if (workspace.waiting == 0) {
            return;
        }
        multiply(workspace.thread);
        for (int n = 0; n < workspace.waiting; n++) {
            transformOutput(workspace.thread, n);
            for (int q = 0; q < HALF * HALF; q++) {
                if ((workspace.waitingInked[n] >>> q & 1) != 0) {
                    pooling.window(
                            layout.block(workspace.thread) + q * HALF * HALF * layout.channels2,
                            layout.channels2,
                            workspace.waitingImages[n],
                            workspace.waitingWindows[n] + q / HALF * layout.windowColumns + q % HALF,
                            keep,
                            workspace.waitingMasks[n],
                            scale);
                }
            }
        }
        workspace.waiting = 0;
    }

    // ---- V = B' d B

    private void transformInput(int wy, int wx, int thread, int n) {
        int step = Layout.TILE_ROWS * layout.channels1;
        boolean whole = wy + HALF <= layout.windowRows && wx + HALF <= layout.windowColumns;
        int half = layout.patch(thread);
        for (int block = 0; block < layout.blocks1; block++) {
            int patch = layout.activation1(thread, block) + 2 * (wy * layout.columns1 + wx) * L;
            int row = layout.columns1 * L;
            if (!whole) {
                fillUp(thread, block, wy, wx);
                patch = layout.filled(thread);
                row = PATCH * L;
            }
            WinogradTransforms.input(memory, patch, row, L, half, PATCH * L, L);
            int to = layout.transformed(thread) + n * layout.channels1 + block * L;
            WinogradTransforms.input(memory, half, L, PATCH * L, to, step, PATCH * step);
        }
    }

    /** Copies a patch that ends beyond the last row or column, with zeros there. */
    private void fillUp(int thread, int block, int wy, int wx) {
        int to = layout.filled(thread);
        for (int y = 0; y < PATCH; y++) {
            for (int x = 0; x < PATCH; x++) {
                int row = 2 * wy + y;
                int column = 2 * wx + x;
                FloatVector value = FloatVector.zero(S);
                if (row < layout.rows1 && column < layout.columns1) {
                    int at = layout.activation1(thread, block) + (row * layout.columns1 + column) * L;
                    value = FloatVector.fromArray(S, memory, at);
                }
                value.intoArray(memory, to + (y * PATCH + x) * L);
            }
        }
    }

    // ---- M = U V

    /** The products of a whole tile of blocks; what lies beyond those that wait is not looked at. */
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

    // ---- y = A' M A

    /** Into [4 windows][4 positions][channels2], both in row order: as {@link Pooling} wants them. */
    private void transformOutput(int thread, int n) {
        int channels2 = layout.channels2;
        int step = Layout.TILE_ROWS * channels2;
        int half = layout.patch(thread);
        for (int c = 0; c < channels2; c += L) {
            int from = layout.product(thread) + n * channels2 + c;
            WinogradTransforms.output(memory, PATCH, from, PATCH * step, step, half, PATCH * L, 2 * PATCH * L, L);
            for (int row = 0; row < BLOCK; row += HALF) {
                int to = layout.block(thread) + row / HALF * HALF * BLOCK * channels2 + c;
                WinogradTransforms.output(
                        memory,
                        HALF,
                        half + row * PATCH * L,
                        L,
                        PATCH * L,
                        to,
                        channels2,
                        BLOCK * channels2,
                        HALF * channels2);
            }
        }
    }

    // ---- U = G g G'

    @Override
    public void prepare(int from, int to) {
        int width = layout.tileVectors * L;
        int tap = layout.channels2;
        int step = layout.channels2 * layout.conv1;
        for (int i = from; i < to; i++) {
            for (int c = 0; c < layout.channels2; c += L) {
                int weights = layout.conv2Transposed + i * Layout.TAPS * layout.channels2 + c;
                int out = layout.conv2Winograd + (c / width * layout.conv1 + i) * width + c % width;
                // G g is kept where the first three of a row of six will be.
                WinogradTransforms.kernel(memory, 3, weights, 3 * tap, tap, out, PATCH * step, step);
                WinogradTransforms.kernel(memory, PATCH, out, step, PATCH * step, out, step, PATCH * step);
            }
        }
    }
}
