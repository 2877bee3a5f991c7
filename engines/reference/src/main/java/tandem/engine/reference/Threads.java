package tandem.engine.reference;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** A fixed number of threads that share out pieces of work. Which thread does a piece must not matter to its result. */
final class Threads implements AutoCloseable {
    private final int count;
    private final ExecutorService executor;

    Threads(int count) {
        this.count = count;
        executor = Executors.newFixedThreadPool(
                count, Thread.ofPlatform().daemon().name("reference-", 0).factory());
    }

    int count() {
        return count;
    }

    /** One piece of work. */
    interface Piece {
        /**
         * Does the piece.
         *
         * @param index of the piece
         * @param thread which thread does it, from 0: owner of scratch space
         */
        void run(int index, int thread);
    }

    /** Does the pieces 0, 1, … {@code pieces - 1} and returns when all are done. */
    void forEach(int pieces, Piece piece) {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger thread = new AtomicInteger();
        Callable<Void> share = () -> {
            int me = thread.getAndIncrement();
            for (int index = next.getAndIncrement(); index < pieces; index = next.getAndIncrement()) {
                piece.run(index, me);
            }
            return null;
        };
        List<Callable<Void>> shares = Collections.nCopies(count, share);
        try {
            for (Future<Void> done : executor.invokeAll(shares)) {
                done.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while computing", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
