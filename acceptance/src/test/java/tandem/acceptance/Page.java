package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The data of a report.html, which its script draws.
 *
 * @param data the whole of it
 */
record Page(JsonNode data) {
    private static final Pattern DATA =
            Pattern.compile("<script id=\"data\" type=\"application/json\">(.*?)</script>", Pattern.DOTALL);

    /** Writes the report of a run again and reads it. */
    static Page of(Path run) throws Exception {
        Files.deleteIfExists(run.resolve("report.html"));
        Tandem tandem = Tandem.run(run.getParent(), "report", run.getFileName().toString());
        assertEquals(0, tandem.exitCode(), tandem.out() + tandem.err());
        return read(run);
    }

    /** Reads the report of a run. */
    static Page read(Path run) throws IOException {
        Matcher matcher = DATA.matcher(Files.readString(run.resolve("report.html")));
        assertTrue(matcher.find());
        return new Page(JsonMapper.shared().readTree(matcher.group(1)));
    }

    /** The blocks of a section. */
    List<JsonNode> blocks(String section) {
        for (JsonNode candidate : data.get("sections")) {
            if (candidate.get("id").asString().equals(section)) {
                return candidate.get("blocks").valueStream().toList();
            }
        }
        throw new AssertionError("no section " + section);
    }

    /** The blocks of a kind in a section. */
    List<JsonNode> blocks(String section, String kind) {
        return blocks(section).stream()
                .filter(block -> block.get("kind").asString().equals(kind))
                .toList();
    }

    /** The block with a title. */
    JsonNode block(String section, String title) {
        return blocks(section).stream()
                .filter(block ->
                        block.has("title") && block.get("title").asString("").equals(title))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no block " + title));
    }

    /** Names of all rows of a table with their cells, a dash for null. */
    static List<List<String>> rows(JsonNode table) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode row : table.get("rows")) {
            List<String> cells = new ArrayList<>();
            cells.add((row.get("engine").isNull() ? row.get("name") : row.get("engine")).asString());
            row.get("cells")
                    .forEach(cell -> cells.add(
                            cell.get("text").isNull() ? "-" : cell.get("text").asString()));
            rows.add(cells);
        }
        return rows;
    }

    /** Points of a line, or of a band. */
    static List<List<Double>> points(JsonNode line) {
        return line.get("points")
                .valueStream()
                .map(point -> point.valueStream().map(JsonNode::doubleValue).toList())
                .toList();
    }

    /** Lines of a style with their engines, in order. */
    static List<JsonNode> lines(JsonNode chart, String style) {
        return chart.get("lines")
                .valueStream()
                .filter(line -> line.get("style").asString().equals(style))
                .toList();
    }

    /** Whose lines, bars or rows these are. */
    static List<String> engines(List<JsonNode> parts) {
        return parts.stream().map(part -> part.get("engine").asString()).toList();
    }

    /** A number with four digits, as charts have it. */
    static double rounded(double value) {
        return new BigDecimal(value).round(new MathContext(4)).doubleValue();
    }
}
