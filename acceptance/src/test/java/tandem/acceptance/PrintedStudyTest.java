package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tandem.acceptance.PrintedTable.assertLine;
import static tandem.acceptance.PrintedTable.number;

import java.math.BigDecimal;
import java.math.MathContext;
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

/**
 * What {@code study} and {@code differences} print of trials and their statistics, against the files they write. The
 * trials' figures are made different first, and the command goes on from there.
 */
final class PrintedStudyTest {
    private static final List<String> PAIRS = List.of("first", "second", "seeds", "difference", "t", "p", "result");

    @TempDir
    Path folder;

    private static String words(JsonNode difference, JsonNode points) {
        String margin = BigDecimal.valueOf(difference.get("margin").doubleValue())
                .stripTrailingZeros()
                .toPlainString();
        return switch (difference.get("verdict").asString()) {
            case "same" -> "the same on all %d seeds".formatted(points.get("n").intValue());
            case "equivalent" -> "equivalent within " + margin;
            case "different" -> "different: " + figures(points);
            case "different-within-margin" -> "different: %s, yet within %s".formatted(figures(points), margin);
            default ->
                "not decided: needs about %s seeds"
                        .formatted(new BigDecimal(difference.get("seedsNeeded").intValue())
                                .round(new MathContext(2))
                                .toPlainString());
        };
    }

    private static String figures(JsonNode points) {
        double half = points.get("high").doubleValue() - points.get("mean").doubleValue();
        String format = half < 0.01 ? "%+.3f ± %.3f" : "%+.2f ± %.2f";
        return String.format(Locale.ROOT, format, points.get("mean").doubleValue(), half);
    }

    private static List<String> accuracyCells(JsonNode arm) {
        JsonNode accuracy = arm.get("testAccuracy");
        return List.of(
                accuracy.get("n").asString(),
                number("%.3f%%", 100, accuracy.get("mean")),
                number("%.3f", 100, accuracy.get("standardDeviation")),
                accuracy.get("low").isNull()
                        ? "-"
                        : number("%.3f", 100, accuracy.get("low")) + " to "
                                + number("%.3f", 100, accuracy.get("high")));
    }

    private static String spreadCell(JsonNode estimate) {
        return estimate.get("standardDeviation").isNull()
                ? number("%.1f", estimate.get("mean"))
                : number("%.1f", estimate.get("mean")) + " (" + number("%.1f", estimate.get("standardDeviation")) + ")";
    }

    private static List<List<String>> pairRows(JsonNode pairs) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode pair : pairs) {
            JsonNode difference = pair.get("difference");
            JsonNode points = difference.get("points");
            rows.add(List.of(
                    pair.get("first").asString(),
                    pair.get("second").asString(),
                    points.get("n").asString(),
                    figures(points),
                    number("%.2f", difference.get("t")),
                    number("%.3f", difference.get("p")),
                    words(difference, points)));
        }
        return rows;
    }

    @Test
    void aStudyPrintsWhatItWrites() throws Exception {
        Path run = Runs.copy(Runs.study().path(), folder.resolve("run"));
        MadeUpTrials.spread(run.resolve("trials/java"), 1);
        MadeUpTrials.spread(run.resolve("trials/java-direct-convolution"), 2);
        Tandem tandem = Tandem.run(folder, 0, Runs.to("run", Runs.STUDY));
        assertLine(tandem.out(), "8 of 8 trials are done already");
        assertFalse(tandem.out().contains(": starting"), tandem.out());
        JsonNode study = Runs.json(run.resolve("study.json"));
        List<PrintedTable> tables = PrintedTable.of(tandem.out());
        assertEquals(2, tables.size());
        assertEquals(
                List.of(
                        "engine",
                        "seeds",
                        "accuracy",
                        "sd",
                        "95% interval",
                        "loss",
                        "train s",
                        "reached 99%",
                        "epochs to 99% (sd)",
                        "s to 99% (sd)"),
                tables.getFirst().columns());
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode engine : study.get("engines")) {
            List<String> row = new ArrayList<>(List.of(engine.get("name").asString()));
            row.addAll(accuracyCells(engine));
            row.add(number("%.4f", engine.at("/testLoss/mean")));
            row.add(number("%.1f", engine.at("/trainSeconds/mean")));
            row.add(engine.at("/epochsToTarget/n").intValue() + " of 4");
            row.add(spreadCell(engine.get("epochsToTarget")));
            row.add(spreadCell(engine.get("secondsToTarget")));
            rows.add(row);
        }
        assertEquals(rows, tables.getFirst().rows());
        assertEquals(PAIRS, tables.getLast().columns());
        assertEquals(pairRows(study.get("pairs")), tables.getLast().rows());
        assertLine(
                tandem.out(),
                "4 seeds, 3 epochs each. The interval holds the true mean with 95% confidence; seconds are of training"
                        + " alone.");
    }

    @Test
    void trialsAreToldAsTheirFilesAre() throws Exception {
        Runs.Run run = Runs.study();
        int trial = 0;
        for (long seed = 42; seed < 46; seed++) {
            for (String engine : List.of("java", "java (direct convolution)")) {
                trial++;
                String file = "trials/%s/seed-%d.json"
                        .formatted(engine.replaceAll("[ (]+", "-").replace(")", ""), seed);
                JsonNode json = run.json(file);
                String start = "trial %d of 8: %s, seed %d: %s%%, %s s"
                        .formatted(
                                trial,
                                engine,
                                seed,
                                number("%.2f", 100, json.at("/epochs/2/testAccuracy")),
                                number("%.1f", json.get("seconds")));
                assertTrue(run.out().lines().anyMatch(line -> line.startsWith(start)), start + " in " + run.out());
            }
        }
    }

    private static String words(Map<String, JsonNode> fields) {
        return fields.entrySet().stream()
                .sorted(Map.Entry.<String, JsonNode>comparingByKey().reversed())
                .map(field -> field.getValue().isBoolean()
                        ? field.getValue().booleanValue() ? "yes" : "no"
                        : field.getValue().asString().replace(".0E", "e"))
                .collect(Collectors.joining(", "));
    }

    @Test
    void differencesPrintWhatTheyWrite() throws Exception {
        Path run = Runs.copy(Runs.differences().path(), folder.resolve("run"));
        try (var arms = Files.list(run.resolve("trials/java"))) {
            int arm = 0;
            for (Path path : arms.sorted().toList()) {
                MadeUpTrials.spread(path, arm++);
            }
        }
        Tandem tandem = Tandem.run(folder, 0, Runs.to("run", Runs.DIFFERENCES));
        assertLine(tandem.out(), "45 of 45 trials are done already");
        JsonNode differences = Runs.json(run.resolve("differences.json"));
        List<PrintedTable> tables = PrintedTable.of(tandem.out());
        assertEquals(3, tables.size());
        assertEquals(
                List.of("recipe", "seeds", "accuracy", "sd", "95% interval"),
                tables.getFirst().columns());
        List<List<String>> named = new ArrayList<>();
        for (JsonNode recipe : differences.get("recipes")) {
            if (!recipe.get("name").asString().contains(",")) {
                List<String> row = new ArrayList<>(List.of(recipe.get("name").asString()));
                row.addAll(accuracyCells(recipe));
                named.add(row);
            }
        }
        assertEquals(3, named.size());
        assertEquals(named, tables.getFirst().rows());
        assertEquals(PAIRS, tables.get(1).columns());
        assertEquals(pairRows(differences.get("pairs")), tables.get(1).rows());
        assertEquals(
                List.of("recipe", "swap", "from", "to", "seeds", "effect", "result"),
                tables.getLast().columns());
        List<List<String>> swaps = new ArrayList<>();
        int undecided = 0;
        for (JsonNode swap : differences.get("swaps")) {
            JsonNode points = swap.at("/difference/points");
            swaps.add(List.of(
                    swap.get("recipe").asString(),
                    swap.get("choice").asString(),
                    words(fields(swap.get("from"))),
                    words(fields(swap.get("to"))),
                    points.get("n").asString(),
                    figures(points),
                    words(swap.get("difference"), points)));
            undecided += swap.at("/difference/verdict").asString().equals("undecided") ? 1 : 0;
        }
        assertEquals(12, swaps.size());
        assertEquals(swaps, tables.getLast().rows());
        assertLine(tandem.out(), "Of 12 swaps without any effect, 0.6 would be called different by chance.");
        assertTrue(undecided > 0 && undecided < 12, "both kinds are here: " + undecided);
        assertLine(
                tandem.out(),
                "%d of 12 swaps are not decided; run again with --resume run and more --seeds, or with --max-minutes."
                        .formatted(undecided));
    }

    private static Map<String, JsonNode> fields(JsonNode object) {
        return object.properties().stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
