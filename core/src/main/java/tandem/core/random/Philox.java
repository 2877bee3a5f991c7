package tandem.core.random;

/**
 * Philox4x32-10, a counter-based generator: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011. A block of 128 random bits is a function of a 64-bit key and a 128-bit counter alone, so any block can be
 * computed anywhere, in any order.
 *
 * <p>In Tandem the key is the recipe's seed (low word first) and the counter is (block, position, step, stream); what
 * the words mean in each stream is written in docs/randomness.md.
 */
public final class Philox {
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    private static final long LOW = 0xFFFFFFFFL;

    private Philox() {}

    /**
     * One block: four 32-bit words, in pairs, the first word of a pair in the low half.
     *
     * @param key 64 bits, low word first
     * @param c0 first word of the counter: the block
     * @param c1 second word: the position of an image in the epoch's order, or a tensor
     * @param c2 third word: the global step, or the epoch
     * @param c3 fourth word: the stream
     * @param out receives two longs
     * @param at where in {@code out}
     */
    public static void block(long key, int c0, int c1, int c2, int c3, long[] out, int at) {
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = MULTIPLIER_0 * (c0 & LOW);
            long product1 = MULTIPLIER_1 * (c2 & LOW);
            c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
            c1 = (int) product1;
            c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c3 = (int) product0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        out[at] = (c0 & LOW) | (long) c1 << 32;
        out[at + 1] = (c2 & LOW) | (long) c3 << 32;
    }

    /**
     * Consecutive blocks, computed side by side: every round is one loop over all blocks, without branches and with
     * 64-bit lanes only, which the JIT compiler turns into vector instructions.
     */
    static final class Blocks {
        private final long[] x0;
        private final long[] x1;
        private final long[] x2;
        private final long[] x3;

        /** Room for so many blocks. */
        Blocks(int count) {
            x0 = new long[count];
            x1 = new long[count];
            x2 = new long[count];
            x3 = new long[count];
        }

        /** Computes all blocks from one on, as {@link Philox#block} would one by one; two longs each. */
        void draw(long key, int first, int c1, int c2, int c3, long[] out) {
            int count = x0.length;
            for (int i = 0; i < count; i++) {
                x0[i] = first + i & LOW;
                x1[i] = c1 & LOW;
                x2[i] = c2 & LOW;
                x3[i] = c3 & LOW;
            }
            int k0 = (int) key;
            int k1 = (int) (key >>> 32);
            for (int round = 0; round < ROUNDS; round++) {
                round(k0 & LOW, k1 & LOW);
                k0 += WEYL_0;
                k1 += WEYL_1;
            }
            for (int i = 0; i < count; i++) {
                out[2 * i] = x0[i] | x1[i] << 32;
                out[2 * i + 1] = x2[i] | x3[i] << 32;
            }
        }

        private void round(long k0, long k1) {
            for (int i = 0; i < x0.length; i++) {
                long product0 = MULTIPLIER_0 * x0[i];
                long product1 = MULTIPLIER_1 * x2[i];
                x0[i] = product1 >>> 32 ^ x1[i] ^ k0;
                x1[i] = product1 & LOW;
                x2[i] = product0 >>> 32 ^ x3[i] ^ k1;
                x3[i] = product0 & LOW;
            }
        }
    }
}
