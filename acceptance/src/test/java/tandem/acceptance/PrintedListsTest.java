package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables of {@code engines} and {@code data}, of caches that were made for it. */
final class PrintedListsTest {
    @TempDir
    Path folder;

    @Test
    void enginesAreListedWithWhatTheyTakeOnDisk() throws Exception {
        Path caches = folder.resolve("cache/tandem/engines");
        Files.createDirectories(caches.resolve("pytorch"));
        Files.write(caches.resolve("pytorch/unpacked"), new byte[12_345_678]);
        Files.createDirectories(caches.resolve("djl/deep"));
        Files.write(caches.resolve("djl/deep/unpacked"), new byte[1_234_567]);
        Tandem tandem = Tandem.start(
                        Tandem.LAUNCHER,
                        folder,
                        Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString()),
                        "engines")
                .end();
        PrintedTable table = PrintedTable.of(tandem.out()).getFirst();
        assertEquals(List.of("engine", "library", "version", "devices", "state", "on disk"), table.columns());
        assertEquals(
                List.of("java", "pytorch", "tensorflow", "deeplearning4j", "djl", "onnxruntime", "reference"),
                table.rows().stream().map(List::getFirst).toList());
        Map<String, List<String>> rows = table.rows().stream().collect(Collectors.toMap(List::getFirst, row -> row));
        String missing = "fetched at first run";
        String ready = "ready, needs no natives";
        String tandemVersion = Tandem.run(folder, "--version")
                .out()
                .lines()
                .findFirst()
                .orElseThrow()
                .split(" ")[1];
        assertEquals(List.of("java", "Tandem", tandemVersion, "cpu", ready, ""), rows.get("java"));
        String pom = Files.readString(Tandem.LAUNCHER.resolveSibling("pom.xml"));
        assertEquals("12 MB", rows.get("pytorch").getLast());
        assertEquals("1.2 MB", rows.get("djl").getLast());
        for (String engine : rows.keySet()) {
            List<String> row = rows.get(engine);
            boolean own = engine.equals("java") || engine.equals("reference");
            assertTrue(
                    row.get(4).equals(own ? ready : missing) || row.get(4).equals("does not run here"), row::toString);
            assertTrue(own || pom.contains(">" + row.get(2).split("-")[0]), row::toString);
            assertTrue(
                    engine.equals("pytorch")
                            || engine.equals("djl")
                            || row.getLast().isEmpty(),
                    row::toString);
        }
    }

    @Test
    void datasetsAreListedWithWhereTheyAre() throws Exception {
        Tandem tandem = Tandem.start(
                        Tandem.LAUNCHER,
                        folder,
                        Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString()),
                        "data")
                .end();
        PrintedTable table = PrintedTable.of(tandem.out()).getFirst();
        assertEquals(List.of("dataset", "what", "licence", "where", "on disk"), table.columns());
        Path installed = Path.of("/usr/share/datasets/fashion-mnist");
        boolean there = Files.isDirectory(installed);
        assertEquals(
                List.of(
                        List.of(
                                "mnist",
                                "handwritten digits (LeCun, Cortes)",
                                "CC BY-SA 3.0",
                                "part of Tandem",
                                megabytes(Tandem.LAUNCHER.resolveSibling("mnist/src/main/resources/tandem/mnist"))),
                        List.of(
                                "fashion-mnist",
                                "articles of clothing (Zalando Research)",
                                "MIT",
                                there ? "in " + installed : "fetched at first use",
                                there ? megabytes(installed) : ""),
                        List.of(
                                "kmnist",
                                "cursive Japanese characters (Kuzushiji-MNIST, CODH)",
                                "CC BY-SA 4.0",
                                "fetched at first use",
                                ""),
                        List.of(
                                "qmnist",
                                "MNIST with 60,000 test images (Yadav, Bottou)",
                                "BSD-3-Clause",
                                "fetched at first use",
                                ""),
                        List.of(
                                "emnist-digits",
                                "280,000 digits (EMNIST, Cohen et al.)",
                                "none stated (NIST)",
                                "fetched at first use",
                                ""),
                        List.of(
                                "emnist-letters",
                                "26 letters, capital or not (EMNIST, Cohen et al.)",
                                "none stated (NIST)",
                                "fetched at first use",
                                ""),
                        List.of(
                                "emnist-balanced",
                                "digits and letters, 47 classes (EMNIST, Cohen et al.)",
                                "none stated (NIST)",
                                "fetched at first use",
                                ""),
                        List.of(
                                "emnist-byclass",
                                "digits and letters, 62 classes (EMNIST, Cohen et al.)",
                                "none stated (NIST)",
                                "fetched at first use",
                                "")),
                table.rows());
    }

    /** Of four files of IDX. */
    private static String megabytes(Path dataset) throws IOException {
        try (var files = Files.list(dataset)) {
            long bytes = 0;
            for (Path file :
                    files.filter(path -> path.toString().endsWith("ubyte.gz")).toList()) {
                bytes += Files.size(file);
            }
            return Math.round(bytes / 1e6) + " MB";
        }
    }
}
