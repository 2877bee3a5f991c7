package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tandem.acceptance.PrintedTable.assertLine;
import static tandem.acceptance.PrintedTable.number;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every cell of every table that a command prints, and every figure in the sentences below, against the file that the
 * table stands for, formatted here. Where a run of a few steps has too many equal figures, they are made different in
 * its files first, and the command goes on from there.
 */
final class TablesTest {
    private static final List<String> COMPARISON = List.of(
            "engine",
            "accuracy",
            "ms/step",
            "vs next",
            "images/s",
            "inference/s",
            "s/epoch",
            "start-up s",
            "peak MiB",
            "loss",
            "library");

    @TempDir
    Path folder;

    // ---- compare and train

    private static String words(JsonNode value) {
        return value.isNull() ? "null" : value.asString();
    }

    /** The engine without its variant. */
    private static String provider(JsonNode engine) {
        return engine.get("engine").asString().split(" ")[0];
    }

    /** Of engines that have 300 steps of 64 images behind them. */
    private static String ratio(JsonNode engines, JsonNode engine) {
        double fastest = Double.POSITIVE_INFINITY;
        for (JsonNode other : engines) {
            if (!provider(other).equals(provider(engine))
                    && !other.get("millisPerStepMedian").isNull()
                    && images(other) >= 300 * 64) {
                fastest = Math.min(fastest, other.get("millisPerStepMedian").doubleValue());
            }
        }
        return engine.get("millisPerStepMedian").isNull() || images(engine) < 300 * 64 || Double.isInfinite(fastest)
                ? "-"
                : String.format(
                        Locale.ROOT,
                        "%.2fx",
                        fastest / engine.get("millisPerStepMedian").doubleValue());
    }

    /** Of all epochs, each with its seconds. */
    private static String imagesPerSecond(JsonNode engine) {
        if (engine.get("trainSeconds").isNull()) {
            return "-";
        }
        return String.format(
                Locale.ROOT,
                "%,.0f",
                images(engine) / engine.get("trainSeconds").doubleValue());
    }

    private static double images(JsonNode engine) {
        return engine.get("epochs")
                .valueStream()
                .mapToDouble(epoch -> epoch.get("imagesPerSecond").doubleValue()
                        * epoch.get("seconds").doubleValue())
                .sum();
    }

    private static List<List<String>> comparisonRows(JsonNode comparison, boolean status, boolean ratio) {
        List<List<String>> rows = new ArrayList<>();
        JsonNode engines = comparison.get("engines");
        for (JsonNode engine : engines) {
            List<String> row = new ArrayList<>();
            row.add(engine.get("engine").asString());
            if (status) {
                row.add(engine.get("status").asString());
            }
            row.add(number("%.2f%%", 100, engine.get("testAccuracy")));
            row.add(number("%,.2f", engine.get("millisPerStepMedian")));
            if (ratio) {
                row.add(ratio(engines, engine));
            }
            row.add(imagesPerSecond(engine));
            row.add(number("%,.0f", engine.get("inferenceImagesPerSecond")));
            row.add(number("%.1f", engine.get("secondsPerEpoch")));
            row.add(number("%.1f", engine.get("startupSeconds")));
            row.add(number("%,.0f", engine.get("peakMemoryMiB")));
            row.add(number("%.4f", engine.get("testLoss")));
            row.add(engine.get("library").asString() + " "
                    + engine.get("libraryVersion").asString());
            rows.add(row);
        }
        return rows;
    }

    private static void assertAgreement(String out, JsonNode agreement) {
        List<String> expected = new ArrayList<>();
        expected.add(
                agreement.get("sameInputs").booleanValue()
                        ? "Inputs: identical for all engines (initial parameters, images, order, masks)."
                        : "Inputs: NOT identical; see \"agreement\" in comparison.json.");
        expected.add("Loss of step 0: the engines differ by %s of it."
                .formatted(number("%.1e", agreement.get("firstLossSpread"))));
        double least = agreement
                .get("pairs")
                .valueStream()
                .mapToDouble(pair -> pair.get("samePredictions").doubleValue())
                .min()
                .orElseThrow();
        expected.add(String.format(
                Locale.ROOT,
                agreement.get("pairs").size() == 1
                        ? "Answers: both engines agree on %.2f%% of the test images."
                        : "Answers: any two engines agree on at least %.2f%% of the test images (--verbose: every pair).",
                100 * least));
        List<String> lines = out.lines().toList();
        int first = lines.indexOf(expected.getFirst());
        assertTrue(first > 0, out);
        assertEquals(expected, lines.subList(first, first + expected.size()));
        assertEquals("", lines.get(first + expected.size()), "no further sentence");
    }

    @Test
    void aComparisonPrintsWhatItWrites() throws Exception {
        Runs.Run run = Runs.comparison();
        JsonNode comparison = run.json("comparison.json");
        List<PrintedTable> tables = PrintedTable.of(run.out());
        assertEquals(1, tables.size());
        assertEquals(COMPARISON, tables.getFirst().columns());
        assertEquals(comparisonRows(comparison, false, true), tables.getFirst().rows());
        assertAgreement(run.out(), comparison.get("agreement"));
        for (JsonNode engine : comparison.get("engines")) {
            String name = engine.get("engine").asString();
            assertLine(
                    run.out(),
                    "%s: %s %s on %s, %s, ready after %s s"
                            .formatted(
                                    name,
                                    words(engine.get("library")),
                                    words(engine.get("libraryVersion")),
                                    words(engine.get("device")),
                                    engine.get("threads").intValue() == 1
                                            ? "1 thread"
                                            : engine.get("threads").intValue() + " threads",
                                    number("%.1f", engine.get("startupSeconds"))));
            Path events = run.path().resolve(name.replaceAll("[ (]+", "-").replace(")", "") + "/events.jsonl");
            int epochs = 0;
            for (String line : Files.readAllLines(events)) {
                JsonNode event = JsonMapper.shared().readTree(line);
                if (event.get("event").asString().equals("epoch")) {
                    assertEquals(engine.get("epochs").get(epochs++), event);
                    assertLine(
                            run.out(),
                            "%s: epoch %d, train loss %s, test loss %s, test accuracy %s%%, %s s, %s images/s"
                                    .formatted(
                                            name,
                                            epochs,
                                            number("%.4f", event.get("trainLoss")),
                                            number("%.4f", event.get("testLoss")),
                                            number("%.2f", 100, event.get("testAccuracy")),
                                            number("%.1f", event.get("seconds")),
                                            number("%,.0f", event.get("imagesPerSecond"))));
                }
            }
            assertEquals(2, epochs);
        }
    }

    /** The other engines' figures are of the file, as a run that goes on leaves them. */
    @Test
    void figuresThatDifferStandInTheirRowsAndColumns() throws Exception {
        Path run = Runs.copy(Runs.comparison().path(), folder.resolve("run"));
        ObjectNode comparison = (ObjectNode) Runs.json(run.resolve("comparison.json"));
        int i = 0;
        for (JsonNode engine : comparison.get("engines")) {
            i++;
            ((ObjectNode) engine)
                    .put("testAccuracy", 0.9512 + 0.0111 * i)
                    .put("testLoss", 0.1234 * i)
                    .put("secondsPerEpoch", 12.3 + i)
                    .put("trainSeconds", 3 * 12.3 + i)
                    .put("millisPerStepMedian", 9.87 * i)
                    .put("startupSeconds", 4.5 + i)
                    .put("inferenceImagesPerSecond", 45_678.4 + 1000 * i)
                    .put("peakMemoryMiB", 1234.4 + 100 * i);
            JsonNode epochs = engine.get("epochs");
            ((ObjectNode) epochs.get(epochs.size() - 1))
                    .put("testAccuracy", 0.9512 + 0.0111 * i)
                    .put("seconds", 1.0 + i)
                    .put("imagesPerSecond", 40_000.0);
        }
        ((ObjectNode) comparison.get("engines").get(2))
                .put("status", "failed")
                .put("failure", "the worker died")
                .putNull("testAccuracy")
                .putNull("testLoss")
                .putNull("trainSeconds")
                .putNull("secondsPerEpoch")
                .putNull("peakMemoryMiB")
                .putArray("epochs");
        Runs.write(run.resolve("comparison.json"), comparison);
        Tandem tandem = Tandem.run(folder, 1, "train", "java", "--resume", "run");
        JsonNode after = Runs.json(run.resolve("comparison.json"));
        for (int other : List.of(1, 2)) {
            assertEquals(
                    comparison.get("engines").get(other), after.get("engines").get(other));
        }
        PrintedTable table = PrintedTable.of(tandem.out()).getFirst();
        List<String> columns = new ArrayList<>(COMPARISON);
        columns.add(1, "status");
        assertEquals(columns, table.columns());
        assertEquals(comparisonRows(after, true, true), table.rows());
        // Of the two that are done, whatever the file said before.
        assertEquals(1, after.at("/agreement/pairs").size());
        assertAgreement(tandem.out(), after.get("agreement"));

        // A second time, whole and alone.
        ((ArrayNode) comparison.get("engines")).remove(2);
        ((ArrayNode) comparison.get("engines")).remove(1);
        Runs.write(run.resolve("comparison.json"), comparison);
        PrintedTable alone = PrintedTable.of(Tandem.run(folder, 0, "train", "java", "--resume", "run")
                        .out())
                .getFirst();
        columns.removeAll(List.of("status", "vs next"));
        assertEquals(columns, alone.columns());
        assertEquals(comparisonRows(Runs.json(run.resolve("comparison.json")), false, false), alone.rows());
    }

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
