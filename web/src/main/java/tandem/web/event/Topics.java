package tandem.web.event;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Tells readers that something has changed; they ask for what it is now. */
public final class Topics {
    private final Map<String, Long> versions = new TreeMap<>();

    /** Something has changed. */
    public synchronized void changed(String topic) {
        versions.merge(topic, 1L, Long::sum);
        notifyAll();
    }

    /**
     * The versions of all topics, as soon as they differ from those that a reader has seen, or after a while.
     *
     * @param seen by topic
     */
    public synchronized Map<String, Long> after(Map<String, Long> seen, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (versions.equals(seen)) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        return Map.copyOf(versions);
    }
}
