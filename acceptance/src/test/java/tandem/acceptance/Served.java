package tandem.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A server that {@code tandem serve} started, and its HTTP interface. */
final class Served implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();
    private static final Pattern ADDRESS = Pattern.compile("Tandem is at (http://\\S+)");
    private static final int SIZE = 28 * 28;

    static {
        // To ask as a page of somebody else would.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host,connection");
    }

    private final Tandem.Running running;
    private final String address;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    private Served(Tandem.Running running, String address) {
        this.running = running;
        this.address = address;
    }

    static Served start(Path folder, String... options) throws IOException, InterruptedException {
        return start(Tandem.LAUNCHER, folder, Map.of(), options);
    }

    /** Starts one through another launcher, and with further environment variables. */
    static Served start(Path launcher, Path folder, Map<String, String> environment, String... options)
            throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("serve", "--port", "0", "--no-open"));
        words.addAll(List.of(options));
        Tandem.Running running = Tandem.start(launcher, folder, environment, words.toArray(String[]::new));
        running.await("(Ctrl-C ends it)");
        Matcher matcher = ADDRESS.matcher(Files.readString(running.out()));
        if (!matcher.find()) {
            throw new IllegalStateException("no address");
        }
        return new Served(running, matcher.group(1));
    }

    Tandem.Running running() {
        return running;
    }

    /** With the token, if there is one. */
    String address() {
        return address;
    }

    URI uri(String path) {
        return URI.create(address).resolve(path);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(60));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    HttpResponse<String> post(String path, Object body) throws IOException, InterruptedException {
        return method("POST", path, body);
    }

    HttpResponse<String> method(String method, String path, Object body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    /** The body of an answer that is well. */
    static JsonNode json(HttpResponse<String> response) {
        if (response.statusCode() / 100 != 2) {
            throw new AssertionError(response.statusCode() + ": " + response.body());
        }
        return JSON.readTree(response.body());
    }

    /**
     * An event.
     *
     * @param id as it was sent
     * @param type of it
     * @param data as JSON
     */
    record Event(String id, String type, JsonNode data) {}

    /** Events of a stream, until one is what was waited for. */
    List<Event> events(String path, String after, Predicate<Event> last) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path);
        if (after != null) {
            request.header("Last-Event-ID", after);
        }
        HttpResponse<Stream<String>> response = client.send(request.build(), HttpResponse.BodyHandlers.ofLines());
        List<Event> events = new ArrayList<>();
        String id = "";
        String type = "";
        try (Stream<String> lines = response.body()) {
            for (String line : (Iterable<String>) lines::iterator) {
                if (line.startsWith("id:")) {
                    id = line.substring(3).strip();
                } else if (line.startsWith("event:")) {
                    type = line.substring(6).strip();
                } else if (line.startsWith("data:")) {
                    events.add(new Event(id, type, JSON.readTree(line.substring(5))));
                    if (last.test(events.getLast())) {
                        break;
                    }
                }
            }
        }
        return events;
    }

    /** A test image of MNIST, as a body that asks for its digit. */
    static ObjectNode image(int index) throws IOException {
        byte[] all;
        Path file =
                Tandem.LAUNCHER.getParent().resolve("mnist/src/main/resources/tandem/mnist/t10k-images-idx3-ubyte.gz");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            in.skipNBytes(16 + (long) index * SIZE);
            all = in.readNBytes(SIZE);
        }
        ObjectNode body = JSON.createObjectNode();
        ArrayNode pixels = body.putArray("pixels");
        for (byte pixel : all) {
            pixels.add((pixel & 0xff) / 255.0);
        }
        return body;
    }

    /** The workers: the JVMs that the server started. */
    List<ProcessHandle> workers() {
        return running.workers();
    }

    /** Presses Ctrl-C, and waits for the end. */
    Tandem interrupt() throws IOException, InterruptedException {
        running.signal("INT");
        return running.end(30);
    }

    @Override
    public void close() {
        if (running.process().isAlive()) {
            running.process().descendants().forEach(ProcessHandle::destroyForcibly);
            running.process().destroyForcibly();
        }
    }
}
