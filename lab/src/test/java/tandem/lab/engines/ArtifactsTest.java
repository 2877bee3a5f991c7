package tandem.lab.engines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;
import tandem.lab.progress.Progress;
import tandem.lab.progress.StopSignal;

/** A user's settings.xml names a server in this process as the mirror of all repositories. */
final class ArtifactsTest {
    private static final String COORDINATE = "org.example:native:1.0:linux-x86_64";
    private static final String FOLDER = "/org/example/native/1.0/";
    private static final String JAR = "native-1.0-linux-x86_64.jar";

    @TempDir
    private Path home;

    private final String userHome = System.getProperty("user.home");
    private final byte[] content = new byte[300_000];
    private final List<String> asked = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final List<long[]> progress = new ArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private boolean stalling;
    private HttpServer server;

    private final Consumer<Progress> listener = what -> {
        switch (what) {
            case Progress.Transferred(String _, long bytes, long total) -> progress.add(new long[] {bytes, total});
            case Progress.Fetched(String file, long bytes, boolean _) -> told.add("%s %d".formatted(file, bytes));
            default -> throw new AssertionError(what);
        }
    };

    @BeforeEach
    void serve() throws IOException {
        new Random(1).nextBytes(content);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", this::answer);
        server.start();
        Files.createDirectories(home.resolve(".m2"));
        Files.writeString(home.resolve(".m2/settings.xml"), """
                <settings>
                  <localRepository>%s</localRepository>
                  <mirrors>
                    <mirror>
                      <id>here</id>
                      <mirrorOf>*</mirrorOf>
                      <url>http://localhost:%d/</url>
                    </mirror>
                  </mirrors>
                </settings>
                """.formatted(
                        home.resolve("a repository"), server.getAddress().getPort()));
        System.setProperty("user.home", home.toString());
    }

    @AfterEach
    void stop() {
        goOn.countDown();
        System.setProperty("user.home", userHome);
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            synchronized (asked) {
                asked.add(path);
            }
            if (path.equals(FOLDER + JAR)) {
                exchange.sendResponseHeaders(200, content.length);
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(content, 0, 100_000);
                    out.flush();
                    begun.countDown();
                    if (stalling) {
                        goOn.await();
                    }
                    out.write(content, 100_000, content.length - 100_000);
                }
            } else if (path.equals(FOLDER + JAR + ".sha1")) {
                byte[] sum = HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-1").digest(content))
                        .getBytes();
                exchange.sendResponseHeaders(200, sum.length);
                exchange.getResponseBody().write(sum);
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        } catch (InterruptedException | NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }

    private List<Path> resolve(boolean offline) {
        return Artifacts.resolve(List.of(COORDINATE), offline, listener, new StopSignal());
    }

    @Test
    void fetchesFromTheUsersMirrorIntoTheUsersLocalRepositoryOnce() throws IOException {
        assertEquals(home.resolve("a repository"), Artifacts.localRepository());

        List<Path> files = resolve(false);

        assertEquals(List.of(home.resolve("a repository").resolve(FOLDER.substring(1) + JAR)), files);
        assertArrayEquals(content, Files.readAllBytes(files.getFirst()));
        assertEquals(List.of(JAR + " 300000"), told);
        long before = 0;
        for (long[] pair : progress) {
            assertTrue(pair[0] > before && pair[0] <= 300_000, "progress to " + pair[0]);
            assertEquals(300_000, pair[1]);
            before = pair[0];
        }
        assertEquals(300_000, before);
        int requests = asked.size();

        assertEquals(files, resolve(false));
        assertEquals(files, resolve(true));
        assertEquals(requests, asked.size());
    }

    @Test
    void offlineAsksNobody() {
        assertThrows(Failure.class, () -> resolve(true));
        assertEquals(List.of(), asked);
        assertEquals(List.of(), told);
    }

    /** Also what was missing before is asked for again: it may have been the network's fault. */
    @Test
    void namesWhatTheRepositoryDoesNotHave() {
        for (int attempt = 1; attempt <= 2; attempt++) {
            String sentence = assertThrows(
                            Failure.class,
                            () -> Artifacts.resolve(
                                    List.of("org.example:other:1.0"), false, listener, new StopSignal()))
                    .getMessage();
            assertEquals(
                    "Could not find artifact org.example:other:jar:1.0 in here (http://localhost:%d/)"
                            .formatted(server.getAddress().getPort()),
                    sentence);
            assertEquals(attempt, asked.size());
        }
    }

    @Test
    void aServerThatStallsDoesNotDelayTheEnd() throws Exception {
        stalling = true;
        StopSignal stop = new StopSignal();
        List<Failure> failures = new ArrayList<>();
        Thread fetching = Thread.ofPlatform()
                .start(() -> failures.add(assertThrows(
                        Failure.class, () -> Artifacts.resolve(List.of(COORDINATE), false, listener, stop))));
        assertTrue(begun.await(1, TimeUnit.MINUTES));

        long start = System.nanoTime();
        stop.raise();
        fetching.join(TimeUnit.MINUTES.toMillis(1));

        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(5));
        assertEquals("interrupted", failures.getFirst().getMessage());
        assertEquals(List.of(), told);
        // Nothing is left that another attempt would take for the whole file.
        goOn.countDown();
        stalling = false;
        assertArrayEquals(content, Files.readAllBytes(resolve(false).getFirst()));
    }
}
