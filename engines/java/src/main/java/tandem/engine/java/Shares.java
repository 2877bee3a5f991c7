package tandem.engine.java;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Numbered pieces of work that threads claim one by one. Every thread begins with a share of its own, always the same
 * pieces, so that it finds in its caches what it left there; then it takes what others have left. A thread that is
 * slowed down does less, and nobody waits for it long.
 */
final class Shares {
    private final AtomicInteger[] next;
    private int count;

    Shares(int threads) {
        next = new AtomicInteger[threads];
        for (int thread = 0; thread < threads; thread++) {
            next[thread] = new AtomicInteger();
        }
    }

    /** Offers so many pieces; called while no thread claims. */
    void begin(int count) {
        this.count = count;
        for (int share = 0; share < next.length; share++) {
            next[share].set(end(share - 1));
        }
    }

    private int end(int share) {
        return (share + 1) * count / next.length;
    }

    /** The next piece for a thread, or -1 if all are claimed. */
    int claim(int thread) {
        for (int n = 0; n < next.length; n++) {
            int share = (thread + n) % next.length;
            if (next[share].get() < end(share)) {
                int piece = next[share].getAndIncrement();
                if (piece < end(share)) {
                    return piece;
                }
            }
        }
        return -1;
    }
}
