package tandem.core.data;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real web server on this machine that gives files, well or badly. */
final class Mirror implements AutoCloseable {
    /** What the server was asked for, in order: the file, and the range if there was one. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    /** After how many bytes an answer breaks off, for so many requests. */
    int cutAfter;

    int cuts;

    /** Whether a cut answer keeps its connection, and says nothing more. */
    boolean silent;

    boolean ignoresRange;

    /** How many bytes of a file the client has: a cut waits for them, since a broken answer's unread bytes are lost. */
    volatile long arrived;

    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    Mirror() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/data/", this::answer);
        server.start();
    }

    /** A mirror that has all files of a small dataset, compressed. */
    static Mirror ofSmallDataset() throws IOException {
        Mirror mirror = new Mirror();
        for (Part part : Part.values()) {
            mirror.put(part, IdxFiles.gzip(IdxFiles.content(part)));
        }
        return mirror;
    }

    void put(Part part, byte[] content) {
        files.put(part.fileName + ".gz", content);
    }

    void put(String name, byte[] content) {
        files.put(name, content);
    }

    URI address() {
        return URI.create(
                "http://localhost:%s/data/".formatted(server.getAddress().getPort()));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String name = exchange.getRequestURI().getPath().substring("/data/".length());
        String range = exchange.getRequestHeaders().getFirst("Range");
        requests.add(range == null ? name : name + " " + range);
        byte[] content = files.get(name);
        if (content == null) {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
            return;
        }
        int from = range == null || ignoresRange ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        if (from >= content.length) {
            exchange.getResponseHeaders().add("Content-Range", "bytes */" + content.length);
            exchange.sendResponseHeaders(416, -1);
            exchange.close();
            return;
        }
        if (from > 0) {
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes %s-%s/%s".formatted(from, content.length - 1, content.length));
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
        if (cuts > 0) {
            cuts--;
            exchange.getResponseBody().write(content, from, Math.min(cutAfter, content.length - from));
            exchange.getResponseBody().flush();
            if (!silent) {
                await(from + cutAfter);
                exchange.close();
            }
            return;
        }
        exchange.getResponseBody().write(content, from, content.length - from);
        exchange.close();
    }

    private void await(long bytes) {
        try {
            while (arrived < bytes) {
                Thread.sleep(1);
            }
        } catch (InterruptedException e) {
            // The server ends.
            Thread.currentThread().interrupt();
        }
    }
}
