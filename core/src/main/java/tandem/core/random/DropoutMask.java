package tandem.core.random;

/**
 * Draws dropout masks as packed bits, 64 at a time, from bit-planes instead of a random word per element.
 *
 * <p>A bit shall be 1 with probability q / 256. Starting from a random plane, for each further binary digit of q / 256,
 * from the last that is set to the first, the mask is OR-ed (digit 1) or AND-ed (digit 0) with a new random plane: if a
 * bit was 1 with probability x, it is afterwards with probability (1 + x) / 2 or x / 2, which builds the number digit
 * by digit. The usual p = 1/2 takes one plane, p = 1/4 two.
 */
public final class DropoutMask {
    private final Stream stream;
    private final int words;
    private final int tail;
    private final long tailBits;
    private final int digits;
    private final int planes;
    private final Philox.Blocks blocks;
    private final long[] random;

    private DropoutMask(Stream stream, double dropped, int rows, int bits) {
        this.stream = stream;
        tail = (bits + Long.SIZE - 1) / Long.SIZE;
        words = rows * tail;
        tailBits = -1L >>> -bits;
        int kept = (int) Math.rint(256 * (1 - dropped));
        int zeros = Integer.numberOfTrailingZeros(kept);
        digits = kept >>> zeros;
        planes = kept == 256 ? 0 : 8 - zeros;
        blocks = new Philox.Blocks(Math.ceilDiv(words * planes, 2));
        random = new long[2 * Math.ceilDiv(words * planes, 2)];
    }

    /**
     * The mask of the first dropout layer.
     *
     * @param dropped probability that an element is dropped, a multiple of 1/256
     * @param rows positions of the pooled activation
     * @param bits channels of a position; each position starts a new word
     */
    public static DropoutMask first(double dropped, int rows, int bits) {
        return new DropoutMask(Stream.DROPOUT1, dropped, rows, bits);
    }

    /**
     * The mask of the second dropout layer.
     *
     * @param dropped probability that an element is dropped, a multiple of 1/256
     * @param bits hidden units
     */
    public static DropoutMask second(double dropped, int bits) {
        return new DropoutMask(Stream.DROPOUT2, dropped, 1, bits);
    }

    /** Number of words of one image's mask. */
    public int words() {
        return words;
    }

    /**
     * Draws the mask of one image. Plane {@code j} of word {@code w} is half {@code n % 2} of block {@code n / 2} with
     * {@code n = w planes + j}; unused bits of a position's last word are 0.
     *
     * @param position position of the image in the epoch's order
     * @param step global step, from 0 over the whole run
     * @param out receives {@link #words()} words, 1 = keep
     * @param at where in {@code out}
     */
    public void draw(long seed, int position, long step, long[] out, int at) {
        blocks.draw(seed, 0, position, (int) step, stream.number, random);
        for (int w = 0; w < words; w++) {
            long mask = planes == 0 ? -1 : random[w * planes];
            for (int j = 1; j < planes; j++) {
                long plane = random[w * planes + j];
                mask = (digits >>> j & 1) == 1 ? mask | plane : mask & plane;
            }
            out[at + w] = w % tail == tail - 1 ? mask & tailBits : mask;
        }
    }
}
