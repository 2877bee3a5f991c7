package tandem.engine.java;

import tandem.core.Failure;
import tandem.core.Network;

/**
 * Where everything lies. All tensors of an engine share one float array, so that a kernel takes one array and a few
 * indices, and every tensor begins on a cache line: a 64-byte load that crosses two lines takes twice as long.
 *
 * <p>Layouts follow the vectors. Let {@code L} be the lanes of a vector. Channels are innermost and padded with zeros
 * to whole vectors, so no kernel has tails over channels; a padded channel has weight 0 and gradient 0 and stays 0
 * under Adadelta.
 *
 * <pre>
 * image               [rows][columns]
 * activation1         [blocks1][rows1][columns1][L]           output of conv1 and ReLU, by blocks of L channels;
 *                                                             of one image for each thread
 * pooled              [windows][channels2]                    output of conv2, ReLU, pooling, dropout; see Pooled
 * hidden              [hiddenPadded]
 *
 * conv1.weight        [blocks1][9][L out]
 * conv2.weight        [blocks1][conv2 out][9][L in]
 * fc1.weight          [windows][conv2][hiddenPadded]
 * fc2.weight          [classes][hiddenPadded]
 * </pre>
 *
 * <p>All parameters but fc1.weight, 1.7% of them, lie in one run called small, and so do their gradients and
 * accumulators; fc1.weight has runs of its own.
 */
final class Layout {
    /** Taps of a 3x3 kernel. */
    static final int TAPS = Network.KERNEL * Network.KERNEL;

    /** Channels of one word of a mask. */
    static final int WORD = Long.SIZE;

    /** Rows of a register tile of the Winograd product: blocks of pool windows. */
    static final int TILE_ROWS = 6;

    /** Pool windows are divided into so many parts, whatever the number of threads: fc1 sums each separately. */
    static final int PARTS = 8;

    /** Images are divided into at most so many groups, whatever the number of threads. */
    static final int GROUPS = 16;

    /**
     * A group has at least so many images, if the batch has: each has sums of its own, which cost as much as an image.
     */
    private static final int SMALLEST_GROUP = 8;

    /** Numbers of a patch, and as many in the Winograd domain: 6x6, see {@link WinogradConvolution}. */
    static final int FREQUENCIES = 36;

    /** Positions of a block of the Winograd product: 4x4. */
    private static final int POSITIONS = 16;

    /** Floats of a cache line. */
    private static final int LINE = 16;

    /**
     * The first index on a cache line. HotSpot's G1 puts an array of more than half a region at the start of a region
     * and never moves it; its elements begin after a header of 16 bytes. Under another collector everything still
     * works, but loads may cross cache lines.
     */
    private static final int FIRST = LINE - 16 / Float.BYTES;

    /** Free floats behind every run, so that no two runs lie a multiple of 4 KiB apart, which caches handle badly. */
    private static final int GAP = LINE + 256;

    final Network network;
    final int capacity;
    final int threads;
    final int lanes;

    /** Vectors across a register tile of the Winograd product: channels of conv2. */
    final int tileVectors;

    final int rows;
    final int columns;
    final int conv1;
    final int conv2;
    final int classes;

    final int rows1;
    final int columns1;
    final int blocks1;

    /** conv1, padded to whole vectors. */
    final int channels1;

    /** Floats of one block of activation1. */
    final int plane1;

    final int windowRows;
    final int windowColumns;
    final int windows;
    final int channels2;

    /** Words of a mask for each window. */
    final int words;

    final int hiddenPadded;

    /** Floats from one image to the next in pooled activations: one line more than needed, see {@link #GAP}. */
    final int pooledStride;

    // ---- small parameters: offsets in a run of smallSize floats

    final int conv1Weight;
    final int conv1Bias;
    final int conv2Weight;
    final int conv2Bias;
    final int fc1Bias;
    final int fc2Weight;
    final int fc2Bias;
    final int smallSize;

    // ---- runs: indices in the array

    final int small;
    final int smallSquare;
    final int smallDelta;
    final int smallGradient;
    final int large;
    final int largeSquare;
    final int largeDelta;

    /** conv2.weight by input channel: [conv1][9][channels2]. */
    final int conv2Transposed;

    /** conv2.weight in the Winograd domain, by tiles of tileVectors vectors: [36][tiles][conv1][tileVectors * L]. */
    final int conv2Winograd;

    private final int partials;
    private final int partialStride;
    private final int images;
    private final int activations1;
    private final int activationStride;
    private final int pooled;
    private final int pooledGradients;
    private final int sums;
    private final int preactivations;
    private final int hiddens;
    private final int hiddenGradients;

    /** Scratch of each thread. */
    private final int scratch;

    private final int scratchStride;
    private final int scratchProduct;
    private final int scratchPatch;
    private final int scratchFilled;
    private final int scratchBlock;
    private final int scratchGradient;
    private final int scratchBackground;
    private final int scratchRow;

    /** Floats of the array. */
    final int floats;

    private long next = FIRST;

    /**
     * Lays out a network.
     *
     * @param capacity largest number of images of a batch
     * @param trains whether there is room for gradients and accumulators; their indices mean nothing otherwise
     * @param threads that compute
     * @param lanes floats of a vector
     * @param tileVectors vectors across a register tile, see {@link WinogradConvolution}
     * @throws Failure if the array would be too large for Java
     */
    Layout(Network network, int capacity, boolean trains, int threads, int lanes, int tileVectors) {
        this.network = network;
        this.capacity = capacity;
        this.threads = threads;
        this.lanes = lanes;
        this.tileVectors = tileVectors;
        rows = network.rows();
        columns = network.columns();
        conv1 = network.conv1();
        conv2 = network.conv2();
        classes = network.classes();
        rows1 = rows - 2;
        columns1 = columns - 2;
        blocks1 = Math.ceilDiv(conv1, lanes);
        channels1 = blocks1 * lanes;
        plane1 = rows1 * columns1 * lanes;
        windowRows = network.pooledRows();
        windowColumns = network.pooledColumns();
        windows = windowRows * windowColumns;
        channels2 = padded(conv2, lanes * tileVectors);
        words = Math.ceilDiv(conv2, WORD);
        hiddenPadded = padded(network.hidden(), lanes);
        pooledStride = windows * channels2 + LINE;

        conv1Weight = 0;
        conv1Bias = conv1Weight + padded(blocks1 * TAPS * lanes, LINE);
        conv2Weight = conv1Bias + padded(blocks1 * lanes, LINE);
        conv2Bias = conv2Weight + padded(blocks1 * conv2 * TAPS * lanes, LINE);
        fc1Bias = conv2Bias + padded(channels2, LINE);
        fc2Weight = fc1Bias + padded(hiddenPadded, LINE);
        fc2Bias = fc2Weight + padded(classes * hiddenPadded, LINE);
        smallSize = fc2Bias + padded(classes, LINE);

        small = run(smallSize);
        smallSquare = run(trains ? smallSize : 0);
        smallDelta = run(trains ? smallSize : 0);
        smallGradient = run(trains ? smallSize : 0);
        long largeSize = (long) windows * conv2 * hiddenPadded;
        large = run(largeSize);
        largeSquare = run(trains ? largeSize : 0);
        largeDelta = run(trains ? largeSize : 0);
        conv2Transposed = run((long) conv1 * TAPS * channels2);
        conv2Winograd = run((long) FREQUENCIES * conv1 * channels2);
        partialStride = smallSize + LINE;
        partials = run(trains ? (long) GROUPS * partialStride : 0);

        scratchProduct = FREQUENCIES * TILE_ROWS * channels1 + LINE;
        scratchPatch = scratchProduct + FREQUENCIES * TILE_ROWS * channels2 + LINE;
        scratchFilled = scratchPatch + padded(FREQUENCIES * lanes, LINE);
        scratchBlock = scratchFilled + padded(FREQUENCIES * lanes, LINE);
        scratchGradient = scratchBlock + padded(POSITIONS * channels2, LINE) + LINE;
        scratchBackground = scratchGradient + padded(blocks1 * plane1, LINE) + LINE;
        scratchRow = scratchBackground + padded(channels2, LINE) + padded(channels1, LINE);
        scratchStride = scratchRow + padded(hiddenPadded, LINE) + GAP;
        scratch = run((long) threads * scratchStride);

        images = run((long) capacity * rows * columns);
        activationStride = padded(blocks1 * plane1, LINE) + GAP;
        activations1 = run((long) threads * activationStride);
        pooled = run((long) capacity * pooledStride);
        pooledGradients = run(trains ? (long) capacity * pooledStride : 0);
        sums = run((long) PARTS * capacity * hiddenPadded);
        preactivations = run((long) capacity * hiddenPadded);
        hiddens = run((long) capacity * hiddenPadded);
        hiddenGradients = run(trains ? (long) capacity * hiddenPadded : 0);
        floats = (int) next;
    }

    private int run(long size) {
        long at = next;
        next += (size + LINE - 1) / LINE * LINE + GAP;
        if (next > Integer.MAX_VALUE - LINE) {
            throw new Failure(
                    "the java engine cannot hold a batch of %s images of this network in one array; use smaller batches (--batch-size)"
                            .formatted(capacity));
        }
        return (int) at;
    }

    static int padded(int size, int unit) {
        return Math.ceilDiv(size, unit) * unit;
    }

    // ---- groups of images

    /** Images of every group but the last, of a batch of so many. */
    static int groupSize(int batch) {
        return Math.max(SMALLEST_GROUP, Math.ceilDiv(batch, GROUPS));
    }

    /** Groups of a batch. */
    static int groups(int batch) {
        return Math.ceilDiv(batch, groupSize(batch));
    }

    // ---- indices in the array

    /** Input of an image: [rows][columns]. */
    int image(int i) {
        return images + i * rows * columns;
    }

    /**
     * Block of conv1's output for the image that a thread works on: [rows1][columns1][L]. The way back computes it once
     * more: that is faster than to keep the output of all images, 86 KB each, which no near cache holds.
     */
    int activation1(int thread, int block) {
        return activations1 + thread * activationStride + block * plane1;
    }

    /** Pooled activation: [windows][channels2]. Only features that are alive hold a value. */
    int pooled(int i) {
        return pooled + i * pooledStride;
    }

    /**
     * Gradients of the pooled activation: [windows][channels2], of which a window's first ones are used, one for each
     * feature that is alive, in the order of the channels.
     */
    int pooledGradient(int i) {
        return pooledGradients + i * pooledStride;
    }

    /** The first window of a part; that of {@link #PARTS} is the end of the last. */
    int firstWindow(int part) {
        return part * windows / PARTS;
    }

    /** What the windows of a part add to the {@link #preactivation}: [hiddenPadded]. */
    int sum(int part, int i) {
        return sums + (part * capacity + i) * hiddenPadded;
    }

    /** Input of the hidden layer's ReLU: [hiddenPadded]. */
    int preactivation(int i) {
        return preactivations + i * hiddenPadded;
    }

    /** Output of the hidden layer's ReLU and dropout: [hiddenPadded]. */
    int hidden(int i) {
        return hiddens + i * hiddenPadded;
    }

    /** Gradient of the {@link #preactivation}: [hiddenPadded]. */
    int hiddenGradient(int i) {
        return hiddenGradients + i * hiddenPadded;
    }

    /** Gradients of the small parameters, summed over one group of images. */
    int partial(int group) {
        return partials + group * partialStride;
    }

    /** Transformed input of a tile of blocks: [36][6][channels1]. */
    int transformed(int thread) {
        return scratch + thread * scratchStride;
    }

    /** Winograd product of a tile of blocks: [36][6][channels2]. */
    int product(int thread) {
        return transformed(thread) + scratchProduct;
    }

    /** A patch of L channels between the two halves of its transform: [6][6][L]. */
    int patch(int thread) {
        return transformed(thread) + scratchPatch;
    }

    /** A patch of L channels that was filled up with zeros: [6][6][L]. */
    int filled(int thread) {
        return transformed(thread) + scratchFilled;
    }

    /** conv2's output for a block: [4 windows][4 positions][channels2]. */
    int block(int thread) {
        return transformed(thread) + scratchBlock;
    }

    /** Gradient of a block of conv1's output: [rows1][columns1][L]. */
    int gradient1(int thread, int block) {
        return transformed(thread) + scratchGradient + block * plane1;
    }

    /** conv2's output on background, without bias and ReLU: [channels2]. */
    int background2(int thread) {
        return transformed(thread) + scratchBackground;
    }

    /** conv1's output on background: [channels1]. */
    int background1(int thread) {
        return background2(thread) + padded(channels2, LINE);
    }

    /** Gradient of one row of fc1.weight: [hiddenPadded]. */
    int row(int thread) {
        return transformed(thread) + scratchRow;
    }

    /** Row of fc1.weight that belongs to a feature, as an offset in a large run. */
    int feature(int window, int channel) {
        return (window * conv2 + channel) * hiddenPadded;
    }
}
