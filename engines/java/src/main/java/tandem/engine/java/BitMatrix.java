package tandem.engine.java;

/** 64x64 bits. */
final class BitMatrix {
    private BitMatrix() {}

    /**
     * Transposes: bit {@code c} of word {@code r} changes places with bit {@code r} of word {@code c}. Warren,
     * "Hacker's Delight", second edition, section 7-3: quadrants of 32x32 are exchanged, then those of 16x16 within
     * them, down to single bits.
     *
     * @param at index of the first of 64 words
     */
    static void transpose(long[] words, int at) {
        long mask = 0xFFFFFFFFL;
        for (int half = 32; half != 0; half >>>= 1, mask ^= mask << half) {
            for (int r = 0; r < Long.SIZE; r = (r + half + 1) & ~half) {
                long exchanged = (words[at + r] >>> half ^ words[at + r + half]) & mask;
                words[at + r + half] ^= exchanged;
                words[at + r] ^= exchanged << half;
            }
        }
    }
}
