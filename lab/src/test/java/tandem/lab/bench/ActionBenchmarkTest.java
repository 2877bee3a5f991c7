package tandem.lab.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tandem.core.Json;
import tools.jackson.databind.JsonNode;

/** The fields that github-action-benchmark wants of a custom tool: name, unit and value, of which range is optional. */
final class ActionBenchmarkTest {
    @Test
    void everyRowHasItsStep() throws Exception {
        String text;
        try (InputStream in = ActionBenchmarkTest.class.getResourceAsStream("/tandem/lab/report/examples/bench.json")) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        JsonNode row = Json.MAPPER.readTree(text).at("/engines/0");
        JsonNode entries = Json.MAPPER.readTree(Json.line(ActionBenchmark.of(Json.parse(text, Bench.class))));
        JsonNode step = entries.get(0);
        assertEquals(
                row.get("engine").asString() + ": train step", step.get("name").asString());
        assertEquals("ms", step.get("unit").asString());
        assertEquals(
                row.at("/millisPerStep/median").doubleValue(), step.get("value").doubleValue());
        assertEquals(
                String.format(
                        Locale.ROOT,
                        "%.2f-%.2f",
                        row.at("/millisPerStep/p10").doubleValue(),
                        row.at("/millisPerStep/p90").doubleValue()),
                step.get("range").asString());
        assertTrue(entries.valueStream()
                .allMatch(entry ->
                        List.of("ms", "s", "MiB").contains(entry.get("unit").asString())
                                && entry.get("value").isNumber()));
    }
}
