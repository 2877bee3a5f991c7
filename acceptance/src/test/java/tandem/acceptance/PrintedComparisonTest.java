package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tandem.acceptance.PrintedTable.assertLine;
import static tandem.acceptance.PrintedTable.number;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every cell of the table that {@code compare} and {@code train} print, and every figure in the sentences below it,
 * against the file that the table stands for, formatted here. Where a run of a few steps has too many equal figures,
 * they are made different in its files first, and the command goes on from there. The other commands' tables are in
 * {@code Printed…Test}.
 */
final class PrintedComparisonTest {
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
        expected.add(
                agreement.get("firstLossSpread").doubleValue() == 0
                        ? "Loss of step 0: the same in all engines."
                        : "Loss of step 0: the engines differ by %s of it."
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
}
