package tandem.lab.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.core.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** When a comparison calls an engine faster, and what it says of a busy machine. */
final class RatioTest {

    /** Two engines of 2 and 5 ms a step, with one epoch of so many steps of 64 images each. */
    private static Comparison comparison(int stepsOfJava, int stepsOfOther, Double load) throws IOException {
        ObjectNode json;
        try (InputStream in = RatioTest.class.getResourceAsStream("/tandem/lab/report/examples/comparison.json")) {
            json = (ObjectNode) Json.MAPPER.readTree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        int i = 0;
        for (JsonNode engine : json.get("engines")) {
            ArrayNode epochs = (ArrayNode) engine.get("epochs");
            while (epochs.size() > 1) {
                epochs.remove(0);
            }
            ((ObjectNode) epochs.get(0))
                    .put("seconds", 10)
                    .put("imagesPerSecond", 6.4 * (i == 0 ? stepsOfJava : stepsOfOther));
            ((ObjectNode) engine).put("millisPerStepMedian", i++ == 0 ? 2.0 : 5.0);
        }
        if (load != null) {
            json.put("loadAverage", load);
        }
        return Json.parse(json.toString(), Comparison.class);
    }

    @Test
    void threeHundredStepsOfBothGiveARatio() throws IOException {
        Comparison comparison = comparison(300, 300, null);
        assertEquals(2.5, comparison.ratioToFastestOther(comparison.engines().get(0)), 1e-12);
        assertEquals(0.4, comparison.ratioToFastestOther(comparison.engines().get(1)), 1e-12);
        assertEquals(List.of(), comparison.notes());
    }

    @Test
    void fewerGiveNoneAndASentenceSaysSo() throws IOException {
        Comparison comparison = comparison(938, 299, 0.9);
        assertNull(comparison.ratioToFastestOther(comparison.engines().get(0)));
        assertNull(comparison.ratioToFastestOther(comparison.engines().get(1)));
        assertEquals(
                List.of("No ratio for reference: too few steps. A ratio needs 300 in whole epochs, as about 100 are"
                        + " warm-up; 'tandem bench' measures speed alone."),
                comparison.notes());
    }

    /** The machine of the file has two cores. */
    @Test
    void aBusyMachineIsNamedWithItsLoad() throws IOException {
        assertEquals(
                List.of(
                        "The machine was busy before (load 2.1 on 2 cores). That slows some engines more than others, so"
                                + " the order may change: measure again when it is quiet."),
                comparison(300, 300, 2.1).notes());
        assertEquals(List.of(), comparison(300, 300, 1.0).notes());
    }
}
