package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Figures of README and docs, against the runs that they are from. Above such a table stands a comment with those runs'
 * files, which lie in {@code docs/results/figures}: {@code <!-- figures: bench.json comparison.json -->}.
 */
final class DocumentedFiguresTest {
    private static final Path CHECKOUT = Tandem.LAUNCHER.toAbsolutePath().getParent();
    private static final Path RUNS = CHECKOUT.resolve("docs/results/figures");
    private static final Pattern MARK = Pattern.compile("<!-- figures: (.+) -->");
    private static final Pattern VARIANT = Pattern.compile("(\\S+) \\((.+)\\)");
    private static final String NONE = "-";

    /** What a column says of an engine's entry in a run's file; null if it is of another run. */
    private static final Map<String, BiFunction<JsonNode, JsonNode, String>> COLUMNS = Map.ofEntries(
            column(
                    "ms/step, median (p10-p90)",
                    "millisPerStep",
                    (run, value) -> "%s (%s-%s)"
                            .formatted(
                                    decimals(2, value.get("median")),
                                    decimals(2, value.get("p10")),
                                    decimals(2, value.get("p90")))),
            column("images/s", "trainImagesPerSecond", (run, value) -> thousands(value)),
            column("inference/s at 1", "inferenceImagesPerSecond", (run, value) -> thousands(value.get("1"))),
            column("at 64", "inferenceImagesPerSecond", (run, value) -> thousands(value.get("64"))),
            column("at 1000", "inferenceImagesPerSecond", (run, value) -> thousands(value.get("1000"))),
            column("predictions/s", "inferenceImagesPerSecond", (run, value) -> thousands(value.get("1000"))),
            column("start-up s", "startupSeconds", (run, value) -> decimals(1, value)),
            column("peak MiB", "peakMemoryMiB", (run, value) -> thousands(value)),
            column("x fastest other", "ratioToFastestOther", (run, value) -> decimals(2, value)),
            column("test accuracy", "testAccuracy", (run, value) -> decimals(2, 100 * value.doubleValue()) + "%"),
            column("test loss", "testLoss", (run, value) -> decimals(4, value)),
            column("logits", "logitsError", (run, value) -> exponent(value)));

    private static Map.Entry<String, BiFunction<JsonNode, JsonNode, String>> column(
            String header, String field, BiFunction<JsonNode, JsonNode, String> text) {
        return Map.entry(header, (run, engine) -> {
            JsonNode value = engine.get(field);
            return value == null ? null : value.isNull() ? NONE : text.apply(run, value);
        });
    }

    private static String decimals(int count, JsonNode value) {
        return value == null || value.isNull() ? NONE : decimals(count, value.doubleValue());
    }

    private static String decimals(int count, double value) {
        return String.format(Locale.ROOT, "%,." + count + "f", value);
    }

    private static String thousands(JsonNode value) {
        return decimals(0, value);
    }

    private static String exponent(JsonNode value) {
        return String.format(Locale.ROOT, "%.1e", value.doubleValue());
    }

    /** The cells of a row of Markdown, without emphasis. */
    private static List<String> cells(String row) {
        return Stream.of(row.strip().replaceAll("^\\||\\|$", "").split("\\|"))
                .map(cell -> cell.strip().replace("**", "").replace("`", ""))
                .toList();
    }

    /**
     * An engine's entry, by what a table calls it: {@code pytorch}, {@code pytorch (plain)} or {@code pytorch:plain}.
     */
    private static JsonNode engine(JsonNode run, String name) {
        Matcher variant = VARIANT.matcher(name);
        String typed =
                variant.matches() ? variant.group(1) + ":" + variant.group(2).replace(' ', '-') : name;
        for (JsonNode engine : run.get("engines")) {
            String recorded = engine.get(engine.has("name") ? "name" : "engine").asString();
            if (recorded.equals(name) || recorded.equals(typed)) {
                return engine;
            }
        }
        return null;
    }

    /** Checks the table that begins at a line, and says how many figures it compared. */
    private static int compare(Path file, List<String> lines, int start, List<JsonNode> runs) {
        List<String> headers = cells(lines.get(start));
        int compared = 0;
        for (int line = start + 2; line < lines.size() && lines.get(line).startsWith("|"); line++) {
            List<String> row = cells(lines.get(line));
            for (int i = 1; i < headers.size(); i++) {
                BiFunction<JsonNode, JsonNode, String> column = COLUMNS.get(headers.get(i));
                if (column == null) {
                    continue;
                }
                String where = "%s:%d, %s".formatted(CHECKOUT.relativize(file), line + 1, headers.get(i));
                String expected = null;
                for (JsonNode run : runs) {
                    JsonNode engine = engine(run, row.getFirst());
                    if (engine != null && expected == null) {
                        expected = column.apply(run, engine);
                    }
                }
                assertEquals(Objects.requireNonNullElse(expected, NONE), row.get(i), where);
                compared++;
            }
        }
        return compared;
    }

    @Test
    void tablesSayWhatTheirRunsFound() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(CHECKOUT.resolve("README.md")));
        try (Stream<Path> docs = Files.walk(CHECKOUT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        int compared = 0;
        for (Path page : pages) {
            List<String> lines = Files.readAllLines(page);
            for (int line = 0; line < lines.size(); line++) {
                Matcher mark = MARK.matcher(lines.get(line));
                if (mark.matches()) {
                    List<JsonNode> runs = new ArrayList<>();
                    for (String name : mark.group(1).split(" ")) {
                        runs.add(Runs.json(RUNS.resolve(name)));
                    }
                    int table = line + 1;
                    while (!lines.get(table).startsWith("|")) {
                        table++;
                    }
                    int figures = compare(page, lines, table, runs);
                    assertTrue(figures > 0, () -> page + ": no figure to compare");
                    compared += figures;
                }
            }
        }
        assertTrue(compared > 40, "figures compared: " + compared);
    }

    /** Every run that is kept is one that a table names. */
    @Test
    void everyRunIsUsed() throws IOException {
        StringBuilder text = new StringBuilder(Files.readString(CHECKOUT.resolve("README.md")));
        try (Stream<Path> docs = Files.walk(CHECKOUT.resolve("docs"))) {
            for (Path page :
                    docs.filter(file -> file.toString().endsWith(".md")).toList()) {
                text.append(Files.readString(page));
            }
        }
        try (Stream<Path> runs = Files.list(RUNS)) {
            for (Path run : runs.toList()) {
                assertFalse(text.indexOf(run.getFileName().toString()) < 0, run::toString);
            }
        }
    }
}
