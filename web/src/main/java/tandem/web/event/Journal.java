package tandem.web.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tandem.core.Json;

/** What happened to one piece of work, in order, for readers who come at any time and may come back. */
public final class Journal {
    private final List<Entry> entries = new ArrayList<>();
    private boolean ended;

    /**
     * One thing that happened.
     *
     * @param id from 1, each one more than the one before
     * @param type what it is
     * @param data a JSON object
     */
    public record Entry(long id, String type, String data) {}

    /** Adds what happened. */
    public synchronized void add(String type, Object data) {
        entries.add(new Entry(entries.size() + 1, type, Json.line(data)));
        notifyAll();
    }

    /** Adds the last thing that happens. */
    public synchronized void end(String type, Object data) {
        add(type, data);
        ended = true;
    }

    /** Whether nothing more will happen after what has this id. */
    public synchronized boolean endsWith(long id) {
        return ended && id >= entries.size();
    }

    /**
     * What happened after something, waiting until there is something.
     *
     * @param id of what the reader has seen last; 0 for nothing
     * @return empty if nothing happens in time
     */
    public synchronized List<Entry> after(long id, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        int seen = Math.clamp(id, 0, entries.size());
        while (seen == entries.size() && !ended) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return List.of();
            }
            wait(left);
        }
        return List.copyOf(entries.subList(seen, entries.size()));
    }
}
