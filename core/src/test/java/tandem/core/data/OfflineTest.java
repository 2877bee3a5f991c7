package tandem.core.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.CacheFolder;
import tandem.core.Failure;

/** Offline, no connection is made: a server on this machine would see it. */
final class OfflineTest {
    @TempDir
    Path folder;

    @Test
    void theCatalogueAsksNobodyOffline() throws IOException {
        try (Mirror mirror = Mirror.ofSmallDataset()) {
            Map<Part, Checksum> checksums = KnownDataset.checksums(Stream.of(Part.values())
                    .map(part -> Checksum.ofContent("0".repeat(64)))
                    .toArray(Checksum[]::new));
            KnownDataset toy = new KnownDataset(
                    "toy", "", "", 3, new Normalisation(0.5, 0.25), List.of(mirror.address()), checksums);
            Catalogue catalogue = new Catalogue(
                    List.of(toy), folder.resolve("none"), () -> new CacheFolder(folder), Duration.ofSeconds(60));
            Failure failure = assertThrows(Failure.class, () -> catalogue.fetch("toy", true, DownloadProgress.NONE));
            assertEquals(
                    "toy is not on this machine; run 'tandem data' with a network to fetch it, or put its four files into "
                            + folder.resolve("datasets/toy"),
                    failure.getMessage());
            assertEquals(List.of(), mirror.requests);
            assertFalse(Files.exists(folder.resolve("datasets")), "nothing is made either");
            // Online, it does ask: what comes has another checksum.
            assertThrows(Failure.class, () -> catalogue.fetch("toy", false, DownloadProgress.NONE));
            assertEquals("train-images-idx3-ubyte.gz", mirror.requests.getFirst());
            // What is here is found without asking.
            mirror.requests.clear();
            IdxFiles.write(folder.resolve("datasets/toy"));
            Location location = catalogue.fetch("toy", true, DownloadProgress.NONE);
            assertEquals(folder.resolve("datasets/toy"), ((Location.Cached) location).folder());
            assertEquals(location, catalogue.fetch("toy", false, DownloadProgress.NONE));
            assertEquals(List.of(), mirror.requests);
        }
    }

    /** Run in a JVM of its own: with a cache folder that is empty, and a proxy for whatever leaves it. */
    public static void main(String[] arguments) {
        try {
            Datasets.open("kmnist", Boolean.parseBoolean(arguments[0]), DownloadProgress.NONE);
        } catch (Failure e) {
            IO.print(e.getMessage());
        }
    }

    @Test
    void theUsersDatasetsAreNotFetchedOffline() throws IOException, InterruptedException {
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> hangUpOnAll(proxy, connections));
            String offline = inJvm("true", proxy.getLocalPort());
            assertEquals(0, connections.get());
            assertEquals(
                    "kmnist is not on this machine; run 'tandem data' with a network to fetch it, or put its four files into "
                            + folder.resolve("tandem/datasets/kmnist"),
                    offline);
            String online = inJvm("false", proxy.getLocalPort());
            assertTrue(connections.get() > 0, online);
            assertTrue(online.startsWith("kmnist: train-images-idx3-ubyte.gz cannot be fetched (last tried "), online);
        }
    }

    private static void hangUpOnAll(ServerSocket proxy, AtomicInteger connections) {
        try {
            while (true) {
                try (Socket _ = proxy.accept()) {
                    connections.incrementAndGet();
                }
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private String inJvm(String offline, int port) throws IOException, InterruptedException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        ProcessBuilder builder = new ProcessBuilder(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                "-Dhttp.proxyHost=localhost",
                "-Dhttps.proxyHost=localhost",
                "-Dhttp.proxyPort=" + port,
                "-Dhttps.proxyPort=" + port,
                OfflineTest.class.getName(),
                offline);
        builder.environment().put("XDG_CACHE_HOME", folder.toString());
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return output;
    }

    /** Without reading it, where it is in the catalogue; of a folder by its training images. */
    @Test
    void normalisationsOfNamesAndFolders() throws IOException {
        assertEquals(new Normalisation(0.1307, 0.3081), Datasets.normalisation("mnist"));
        assertEquals(new Normalisation(0.2860, 0.3530), Datasets.normalisation("fashion-mnist"));
        assertEquals(new Normalisation(0.1918, 0.3483), Datasets.normalisation("kmnist"));
        IdxFiles.write(folder);
        assertEquals(0.4552, Datasets.normalisation(folder.toString()).mean());
    }
}
