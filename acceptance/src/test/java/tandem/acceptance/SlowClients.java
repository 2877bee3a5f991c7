package tandem.acceptance;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Clients that stop in the middle of a request, or send it slowly, and how long each is borne with. */
final class SlowClients implements AutoCloseable {
    private static final String HEADERS = """
            POST /api/predict HTTP/1.1\r
            Host: 127.0.0.1:%1$d\r
            Content-Type: application/json\r
            Content-Length: 100\r
            \r
            """;
    private final Map<String, Client> clients = new LinkedHashMap<>();

    /** One of them: its connection, and when the server ended it. */
    private record Client(Socket socket, CompletableFuture<Double> ended) {
        static Client start(int port, String sends, boolean drips) throws IOException {
            Socket socket = new Socket("127.0.0.1", port);
            socket.getOutputStream().write(sends.getBytes(StandardCharsets.ISO_8859_1));
            long start = System.nanoTime();
            CompletableFuture<Double> ended = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                try {
                    socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // A reset is an end too.
                }
                ended.complete((System.nanoTime() - start) / 1e9);
            });
            if (drips) {
                Thread.startVirtualThread(() -> {
                    try {
                        while (!ended.isDone()) {
                            Thread.sleep(1000);
                            socket.getOutputStream().write('a');
                        }
                    } catch (IOException | InterruptedException e) {
                        // The connection has ended.
                    }
                });
            }
            return new Client(socket, ended);
        }
    }

    private SlowClients() {}

    static SlowClients of(int port) throws IOException {
        String headers = HEADERS.formatted(port);
        try (Socket hangsUp = new Socket("127.0.0.1", port)) {
            hangsUp.getOutputStream().write((headers + "{\"pixels\":[").getBytes(StandardCharsets.ISO_8859_1));
        }
        SlowClients slow = new SlowClients();
        slow.clients.put("silent", Client.start(port, "", false));
        slow.clients.put("half a line", Client.start(port, "GET /hea", false));
        slow.clients.put("half a header", Client.start(port, headers.substring(0, 40), false));
        slow.clients.put("half a body", Client.start(port, headers + "{\"pixels\":[", false));
        slow.clients.put("a letter a second", Client.start(port, headers.substring(0, 40), true));
        slow.clients.put("a body of a letter a second", Client.start(port, headers.replace("100", "1000"), true));
        slow.clients.put(
                "silent after an answer",
                Client.start(port, "GET /health HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n".formatted(port), false));
        return slow;
    }

    /** For how many seconds the server bore with each. */
    Map<String, Double> borne() throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, Double> borne = new LinkedHashMap<>();
        for (Map.Entry<String, Client> client : clients.entrySet()) {
            borne.put(client.getKey(), client.getValue().ended().get(60, TimeUnit.SECONDS));
        }
        return borne;
    }

    @Override
    public void close() throws IOException {
        for (Client client : clients.values()) {
            client.socket().close();
        }
    }
}
