package tandem.web;

import io.helidon.http.HeaderNames;
import io.helidon.http.sse.SseEvent;
import io.helidon.webserver.ServerConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.sse.SseSink;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import tandem.core.Json;
import tandem.web.event.Journal;
import tandem.web.event.Topics;

/** Server-sent events. Each reader has a virtual thread that waits; one that went away is noticed at the next word. */
final class EventStreams {
    /** Readers at a time; a page has one or two. */
    static final int MOST = 256;

    /** A comment is sent when nothing happens for so long, so that a reader who went away is noticed. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private final Semaphore places = new Semaphore(MOST);
    private volatile boolean closed;

    /** Readers now. */
    int open() {
        return MOST - places.availablePermits();
    }

    /** What happened to a piece of work, from the start or after what the reader has seen, to its end. */
    void journal(Journal journal, ServerRequest request, ServerResponse response) {
        long seen = request.headers()
                .first(HeaderNames.create("Last-Event-ID"))
                .or(() -> request.query().first("after").asOptional())
                .map(EventStreams::id)
                .orElse(0L);
        stream(response, sink -> {
            long last = seen;
            while (!closed && !journal.endsWith(last)) {
                var entries = journal.after(last, SILENCE);
                for (Journal.Entry entry : entries) {
                    sink.emit(SseEvent.builder()
                            .id(String.valueOf(entry.id()))
                            .name(entry.type())
                            .data(entry.data())
                            .build());
                    last = entry.id();
                }
                if (entries.isEmpty()) {
                    alive(sink);
                }
            }
        });
    }

    private static long id(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** How things are: all at once at first, then whatever changes. */
    void topics(Topics topics, Map<String, Supplier<Object>> views, ServerResponse response) {
        stream(response, sink -> {
            Map<String, Long> seen = new LinkedHashMap<>();
            views.keySet().forEach(topic -> seen.put(topic, -1L));
            while (!closed) {
                Map<String, Long> now = topics.after(seen, SILENCE);
                boolean told = false;
                for (Map.Entry<String, Supplier<Object>> view : views.entrySet()) {
                    long version = now.getOrDefault(view.getKey(), 0L);
                    if (version != Objects.requireNonNull(seen.get(view.getKey()))) {
                        sink.emit(SseEvent.builder()
                                .name(view.getKey())
                                .data(Json.line(view.getValue().get()))
                                .build());
                        seen.put(view.getKey(), version);
                        told = true;
                    }
                }
                if (!told) {
                    alive(sink);
                }
            }
        });
    }

    private static void alive(SseSink sink) {
        sink.emit(SseEvent.builder().comment("").build());
    }

    /** What is told, until it is over. */
    @FunctionalInterface
    private interface Telling {
        void to(SseSink sink) throws InterruptedException;
    }

    private void stream(ServerResponse response, Telling telling) {
        if (!places.tryAcquire()) {
            throw new RejectedExecutionException("%s readers listen already; close a page".formatted(MOST));
        }
        try (SseSink sink = response.sink(SseSink.TYPE)) {
            telling.to(sink);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ServerConnectionException | UncheckedIOException e) {
            // The reader went away, which is how every stream of a page ends.
        } finally {
            places.release();
        }
    }

    /** Ends all. */
    void close() {
        closed = true;
    }
}
