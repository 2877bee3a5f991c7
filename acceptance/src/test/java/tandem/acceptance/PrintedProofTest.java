package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tandem.acceptance.PrintedTable.assertLine;
import static tandem.acceptance.PrintedTable.number;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What {@code parity} prints of a proof, against the file that it writes. */
final class PrintedProofTest {
    private static String worst(JsonNode errors) {
        String tensor = null;
        for (Map.Entry<String, JsonNode> error : errors.properties()) {
            if (tensor == null
                    || error.getValue().doubleValue() > errors.get(tensor).doubleValue()) {
                tensor = error.getKey();
            }
        }
        return tensor == null ? "-" : number("%.1e", errors.get(tensor)) + " " + tensor;
    }

    private static List<String> errorCells(JsonNode engine) {
        return List.of(
                number("%.1e", engine.get("logitsError")),
                worst(engine.get("gradientRelativeError")),
                worst(engine.get("stateRelativeError")),
                worst(engine.get("parameterRelativeError")),
                engine.get("firstDivergingTensor").isNull()
                        ? "-"
                        : engine.get("firstDivergingTensor").asString());
    }

    @Test
    void aProofPrintsWhatItWrites() throws Exception {
        Runs.Run run = Runs.parity();
        JsonNode parity = run.json("parity.json");
        List<PrintedTable> tables = PrintedTable.of(run.out());
        assertEquals(3, tables.size());
        assertEquals(
                List.of(
                        "engine",
                        "logits",
                        "gradient, worst",
                        "accumulators, worst",
                        "update, worst",
                        "first diverging",
                        "verdict",
                        "library"),
                tables.get(0).columns());
        assertEquals(
                List.of(
                        "against java",
                        "logits",
                        "gradient, worst",
                        "accumulators, worst",
                        "update, worst",
                        "first diverging",
                        "verdict"),
                tables.get(1).columns());
        assertEquals(
                List.of("loss, distance", "step 0", "step 1", "step 2", "parameters at the end"),
                tables.get(2).columns());
        List<List<String>> proofs = new ArrayList<>();
        List<List<String>> against = new ArrayList<>();
        List<List<String>> ways = new ArrayList<>();
        List<String> noise = new ArrayList<>(List.of("one rounding"));
        parity.get("noise").forEach(step -> noise.add(number("%.1e", step)));
        noise.add(number("%.1e", parity.get("parameterNoise")));
        ways.add(noise);
        for (JsonNode engine : parity.get("engines")) {
            String name = engine.get("engine").asString();
            List<String> proof = new ArrayList<>(List.of(name));
            proof.addAll(errorCells(engine));
            proof.add(engine.get("passed").booleanValue() ? "passed" : "FAILED");
            proof.add(engine.get("library").asString() + " "
                    + engine.get("libraryVersion").asString());
            proofs.add(proof);
            if (!engine.get("against").isNull()) {
                List<String> row = new ArrayList<>(List.of(name));
                row.addAll(errorCells(engine.get("against")));
                row.add(engine.at("/against/passed").booleanValue() ? "equal" : "DIFFERENT");
                against.add(row);
            }
            List<String> way = new ArrayList<>(List.of(name));
            for (int step = 0; step < 3; step++) {
                way.add(String.format(
                        Locale.ROOT,
                        "%.1e",
                        Math.abs(engine.get("loss").get(step).doubleValue()
                                - parity.get("lossReference").get(step).doubleValue())));
            }
            way.add(number("%.1e", engine.get("parameterDistance")));
            ways.add(way);
            assertLine(run.out(), name + ": passed");
        }
        assertEquals(2, proofs.size());
        assertEquals(proofs, tables.get(0).rows());
        assertEquals(1, against.size());
        assertEquals(against, tables.get(1).rows());
        assertEquals(ways, tables.get(2).rows());
        assertLine(
                run.out(),
                "Single steps from the reference's states after %s steps, batches of %d images; %s images passed over, as a choice of max-pool or ReLU was undecided."
                        .formatted(
                                each(parity, "afterSteps"),
                                parity.at("/proofs/0/images").intValue(),
                                each(parity, "passedOver")));
        assertTrue(
                run.out()
                        .contains("Distance from the reference's loss (%s at step 0, %s at step 2); "
                                .formatted(
                                        number("%.4f", parity.at("/lossReference/0")),
                                        number("%.4f", parity.at("/lossReference/2")))),
                run.out());
    }

    private static String each(JsonNode parity, String field) {
        List<String> values = new ArrayList<>();
        parity.get("proofs").forEach(proof -> values.add(proof.get(field).asString()));
        return String.join(", ", values);
    }

    /** What a proof says of an engine is the worst over its states. */
    @Test
    void theFiguresOfAProofAreTheWorstOfItsStates() throws Exception {
        for (JsonNode engine : Runs.parity().json("parity.json").get("engines")) {
            Map<String, String> fields =
                    Map.of("logitsError", "logits", "predictionError", "prediction", "lossError", "loss");
            fields.forEach((field, quantity) -> assertEquals(
                    worst(engine, quantity, quantity), engine.get(field).doubleValue(), field));
            for (String tensor : engine.get("gradientRelativeError").propertyNames()) {
                assertEquals(
                        worst(engine, "gradient", tensor),
                        engine.at("/gradientRelativeError/" + tensor).doubleValue());
                assertEquals(
                        worst(engine, "update", tensor),
                        engine.at("/parameterRelativeError/" + tensor).doubleValue());
                assertEquals(
                        Math.max(worst(engine, "square average", tensor), worst(engine, "accumulated delta", tensor)),
                        engine.at("/stateRelativeError/" + tensor).doubleValue());
            }
        }
    }

    private static double worst(JsonNode engine, String quantity, String tensor) {
        double worst = -1;
        for (JsonNode state : engine.get("states")) {
            for (JsonNode check : state.get("checks")) {
                if (check.get("quantity").asString().equals(quantity)
                        && check.get("tensor").asString().equals(tensor)) {
                    worst = Math.max(worst, check.get("error").doubleValue());
                }
            }
        }
        assertTrue(worst >= 0, "no check of %s %s in %s".formatted(quantity, tensor, engine));
        return worst;
    }
}
