package tandem.lab.progress;

import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands progress to a consumer, in order, on a thread of its own. A thread that tells progress never waits for the
 * consumer, so a slow one slows nobody; what it has not taken yet waits in memory.
 */
public final class ProgressStream implements Consumer<Progress>, AutoCloseable {
    private final Consumer<Progress> consumer;
    /** Empty is the end. */
    private final BlockingQueue<Optional<Progress>> waiting = new LinkedBlockingQueue<>();

    private final Thread thread;
    private volatile @Nullable Throwable failure;

    /** Begins. */
    public ProgressStream(Consumer<Progress> consumer) {
        this.consumer = consumer;
        thread = Thread.ofPlatform().daemon().name("progress").start(this::deliver);
    }

    @Override
    public void accept(Progress progress) {
        if (failure == null) {
            waiting.add(Optional.of(progress));
        }
    }

    private void deliver() {
        try {
            for (var next = waiting.take(); next.isPresent(); next = waiting.take()) {
                consumer.accept(next.get());
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /**
     * Waits until the consumer has taken everything.
     *
     * @throws RuntimeException what the consumer threw; it was given nothing after that
     */
    @Override
    public void close() {
        waiting.add(Optional.empty());
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }
}
