package tandem.core.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Closes a server's answer when nothing comes for too long, which ends the read that waits for it.
 * {@link java.net.http.HttpRequest}'s timeout ends where the answer's body begins, so without this a server that falls
 * silent would be waited for without end.
 */
final class StallWatch implements AutoCloseable {
    private final InputStream answer;
    private final Duration patience;
    private final AtomicLong heard = new AtomicLong();
    private final Thread thread;
    private volatile boolean stalled;

    /** Starts to watch. */
    StallWatch(InputStream answer, Duration patience) {
        this.answer = answer;
        this.patience = patience;
        thread = Thread.startVirtualThread(this::watch);
    }

    /** Something came. */
    void heard() {
        heard.incrementAndGet();
    }

    /** Whether the answer was closed, after one to two times the patience. */
    boolean stalled() {
        return stalled;
    }

    /** Ends the watch, not the answer. */
    @Override
    public void close() {
        thread.interrupt();
    }

    private void watch() {
        try {
            long seen = -1;
            while (seen != heard.get()) {
                seen = heard.get();
                Thread.sleep(patience);
            }
            stalled = true;
            answer.close();
        } catch (InterruptedException e) {
            // The answer has come to its end: nothing is left to watch.
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException("closing the answer of a silent server failed", e);
        }
    }
}
