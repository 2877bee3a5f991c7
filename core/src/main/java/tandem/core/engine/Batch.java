package tandem.core.engine;

import java.util.Arrays;
import tandem.core.Network;
import tandem.core.data.Images;

/**
 * One batch of training images with its two dropout masks: everything a train step needs besides the parameters. A
 * batch is made once and filled again for every step ({@link Batches#fill}), so that a step allocates nothing. The last
 * batch of an epoch may be smaller: only the first {@link #size()} entries count.
 *
 * <p>Masks are packed bits, 1 = keep, in the order in which they are drawn: channels are the bits of a word, so that
 * {@code 64} channels of one position are one {@code long}. Engines that need floats ask for a float view in the layout
 * of their library; every kept element has the value {@code float32(1 / (1 - p))}.
 */
public final class Batch {
    private final Network network;
    private final Images images;
    private final boolean dropout;
    private final int groups1;
    private final int groups2;

    /** Index of each image in the dataset: [capacity]. */
    final int[] indices;

    final long[] keep1;
    final long[] keep2;
    int size;

    /**
     * An empty batch.
     *
     * @param images where the indices point to
     * @param capacity largest number of images
     * @param dropout whether masks are drawn; without dropout every bit is 1 and both scales are 1
     */
    public Batch(Network network, Images images, int capacity, boolean dropout) {
        this.network = network;
        this.images = images;
        this.dropout = dropout;
        groups1 = words(network.conv2());
        groups2 = words(network.hidden());
        indices = new int[capacity];
        keep1 = keepAll(Math.multiplyExact(capacity, network.pooledPositions()), network.conv2());
        keep2 = keepAll(capacity, network.hidden());
    }

    /** Number of 64-bit words that hold a number of bits. */
    static int words(int bits) {
        return (bits + Long.SIZE - 1) / Long.SIZE;
    }

    /** A mask that drops nothing, in rows of bits. Unused bits of a row's last word are 0. */
    public static long[] keepAll(int rows, int bits) {
        int groups = words(bits);
        long[] keep = new long[Math.multiplyExact(rows, groups)];
        Arrays.fill(keep, -1);
        for (int last = groups - 1; last < keep.length; last += groups) {
            keep[last] = -1L >>> -bits;
        }
        return keep;
    }

    /** A batch of given images without dropout, for proofs and tests. */
    public static Batch of(Network network, Images images, int... indices) {
        Batch batch = new Batch(network, images, indices.length, false);
        System.arraycopy(indices, 0, batch.indices, 0, indices.length);
        batch.size = indices.length;
        return batch;
    }

    /** Number of images in this batch. */
    public int size() {
        return size;
    }

    /** Largest number of images this batch can hold. */
    public int capacity() {
        return indices.length;
    }

    /** The dataset part that the indices point into. */
    public Images images() {
        return images;
    }

    /** Whether the masks drop anything. */
    public boolean dropout() {
        return dropout;
    }

    /** Index in {@link #images()} of the i-th image of this batch. */
    public int index(int i) {
        return indices[i];
    }

    /** Label of the i-th image of this batch. */
    public int label(int i) {
        return images.label(indices[i]);
    }

    /**
     * Mask of dropout1 as bits, not copied: [size, pooledRows x pooledColumns, ceil(conv2 / 64)] words; bit {@code c %
     * 64} of word {@code c / 64} keeps channel {@code c}.
     */
    public long[] keep1() {
        return keep1;
    }

    /** Mask of dropout2 as bits, not copied: [size, ceil(hidden / 64)] words; bits as in {@link #keep1()}. */
    public long[] keep2() {
        return keep2;
    }

    /** What a kept pooled activation is multiplied by: float32(1 / (1 - dropout1)), or 1 without dropout. */
    public float scale1() {
        return dropout ? (float) (1 / (1 - network.dropout1())) : 1;
    }

    /** What a kept hidden unit is multiplied by: float32(1 / (1 - dropout2)), or 1 without dropout. */
    public float scale2() {
        return dropout ? (float) (1 / (1 - network.dropout2())) : 1;
    }

    /**
     * Continues a fingerprint with this batch's indices, labels and masks, so that a run can prove which batches it
     * saw: each 64-bit word is folded in by FNV-1a's xor and multiply (prime 2^40 + 2^8 + 0xb3), with a rotation that
     * lets the high bits reach the low ones.
     */
    public long mix(long fingerprint) {
        long mixed = fingerprint ^ size;
        for (int i = 0; i < size; i++) {
            mixed = fold(mixed, (long) indices[i] << Byte.SIZE | label(i));
        }
        for (int w = 0, end = size * network.pooledPositions() * groups1; w < end; w++) {
            mixed = fold(mixed, keep1[w]);
        }
        for (int w = 0, end = size * groups2; w < end; w++) {
            mixed = fold(mixed, keep2[w]);
        }
        return mixed;
    }

    private static long fold(long fingerprint, long word) {
        return Long.rotateLeft((fingerprint ^ word) * 0x100000001B3L, 32);
    }

    /** Normalised pixels: [size, rows, columns]. */
    public void inputs(float[] out) {
        for (int i = 0; i < size; i++) {
            images.normalise(indices[i], out, i * images.size());
        }
    }

    /** Labels: [size]. */
    public void labels(int[] out) {
        for (int i = 0; i < size; i++) {
            out[i] = label(i);
        }
    }

    /** Factors of dropout1 in channel, row, column order: [size, conv2, pooledRows, pooledColumns]. */
    public void mask1ChannelsFirst(float[] out) {
        int channels = network.conv2();
        int positions = network.pooledPositions();
        int[] half = new int[positions];
        for (int i = 0; i < size; i++) {
            for (int first = 0; first < channels; first += Integer.SIZE) {
                // 32 channels of every position, one behind the other, so that the loop over positions is one that the
                // JVM makes vector instructions of: 0.1 ms for 64 images instead of 0.5 ms.
                for (int p = 0; p < positions; p++) {
                    half[p] = (int) (keep1[(i * positions + p) * groups1 + first / Long.SIZE] >>> first);
                }
                for (int c = first; c < Math.min(channels, first + Integer.SIZE); c++) {
                    channel(half, c, scale1(), out, (i * channels + c) * positions);
                }
            }
        }
    }

    private static void channel(int[] half, int channel, float scale, float[] out, int to) {
        for (int p = 0; p < half.length; p++) {
            out[to + p] = scale * (half[p] >>> channel & 1);
        }
    }

    /** Factors of dropout1 in row, column, channel order: [size, pooledRows, pooledColumns, conv2]. */
    public void mask1ChannelsLast(float[] out) {
        expand(keep1, size * network.pooledPositions(), network.conv2(), scale1(), out);
    }

    /** Factors of dropout2: [size, hidden]. */
    public void mask2(float[] out) {
        expand(keep2, size, network.hidden(), scale2(), out);
    }

    /** Eight bits at a time, from a table of what every byte stands for. */
    private static void expand(long[] keep, int rows, int bits, float scale, float[] out) {
        float[] table = new float[256 * Byte.SIZE];
        for (int i = 0; i < table.length; i++) {
            table[i] = scale * (i / Byte.SIZE >>> i % Byte.SIZE & 1);
        }
        int groups = words(bits);
        int whole = bits / Byte.SIZE * Byte.SIZE;
        for (int row = 0; row < rows; row++) {
            int to = row * bits;
            for (int b = 0; b < whole; b += Byte.SIZE) {
                int octet = (int) (keep[row * groups + b / Long.SIZE] >>> b) & 0xff;
                System.arraycopy(table, octet * Byte.SIZE, out, to + b, Byte.SIZE);
            }
            for (int b = whole; b < bits; b++) {
                out[to + b] = scale * (keep[row * groups + b / Long.SIZE] >>> b & 1);
            }
        }
    }
}
