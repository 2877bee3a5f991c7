package tandem.core.random;

/** The 32-bit words of consecutive blocks of one stream, one after the other. */
final class Words {
    private final long key;
    private final int position;
    private final int step;
    private final Stream stream;
    private final long[] block = new long[2];
    private int next;

    Words(long key, int position, int step, Stream stream) {
        this.key = key;
        this.position = position;
        this.step = step;
        this.stream = stream;
    }

    /** The next word, unsigned, in a long. */
    long next() {
        int word = next & 3;
        if (word == 0) {
            Philox.block(key, next >>> 2, position, step, stream.number, block, 0);
        }
        next++;
        return block[word >>> 1] >>> 32 * (word & 1) & 0xFFFFFFFFL;
    }

    /**
     * The next integer from 0 up to, not including, {@code bound}, each equally likely: the high half of bound x word,
     * words that would favour some values passed over (Lemire, "Fast random integer generation in an interval", ACM
     * TOMACS 29, 2019).
     */
    int below(int bound) {
        long product = next() * bound;
        long low = product & 0xFFFFFFFFL;
        if (low < bound) {
            long threshold = (1L << 32) % bound;
            while (low < threshold) {
                product = next() * bound;
                low = product & 0xFFFFFFFFL;
            }
        }
        return (int) (product >>> 32);
    }
}
