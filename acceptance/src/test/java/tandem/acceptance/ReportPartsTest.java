package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tandem.acceptance.MadeUpComparison.ENGINES;
import static tandem.acceptance.MadeUpComparison.FOLDERS;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which parts the report of a comparison has, the sources in it, and the tables beside it. */
final class ReportPartsTest {
    private static MadeUpComparison made;

    @BeforeAll
    static void find() throws Exception {
        made = MadeUpComparison.made();
    }

    @Test
    void itsPartsAreThese() {
        assertEquals(
                ENGINES,
                made.page
                        .data()
                        .get("engines")
                        .valueStream()
                        .map(JsonNode::asString)
                        .toList());
        List<String> parts = new ArrayList<>();
        for (JsonNode section : made.page.data().get("sections")) {
            for (JsonNode block : section.get("blocks")) {
                String title = block.has("title") ? block.get("title").asString("") : "";
                parts.add(
                        section.get("id").asString() + ", " + block.get("kind").asString() + ", "
                                + (title.contains(": ") ? title.substring(0, title.indexOf(':')) : title));
            }
        }
        assertEquals(
                List.of(
                        "result, table, ",
                        "result, command, ",
                        "result, facts, Recipe",
                        "result, facts, Machine",
                        "training, lines, Training loss",
                        "training, lines, Distance of the loss from java",
                        "training, lines, Test accuracy",
                        "training, lines, Test loss",
                        "training, lines, Learning rate",
                        "speed, bars, Train step",
                        "speed, bars, Training",
                        "speed, bars, Prediction",
                        "speed, bars, Start-up",
                        "speed, bars, Peak memory",
                        "speed, lines, Accuracy against time",
                        "speed, table, ",
                        "answers, matrix, java",
                        "answers, matrix, reference",
                        "answers, matrix, java (direct convolution)",
                        "answers, note, ",
                        "answers, images, ",
                        "weights, filters, ",
                        "weights, matrix, Same answer, % of the test images",
                        "weights, matrix, Distance of all parameters, relative",
                        "data, classes, ",
                        "code, code, "),
                parts);
    }

    @Test
    void sourcesAreTheEngines() throws Exception {
        JsonNode sources = made.page.blocks("code", "code").getFirst().get("sources");
        List<String> engines = List.of("java", "reference");
        assertEquals(2, sources.size());
        for (int i = 0; i < 2; i++) {
            String file = sources.get(i).get("file").asString();
            assertEquals(engines.get(i), sources.get(i).get("engine").asString());
            // Without imports.
            String source = Files.readString(made.run.resolve(engines.get(i)).resolve(file))
                    .replaceFirst("(?s)\\A.*\nimport [^\n]*\n", "");
            assertEquals(source.strip(), sources.get(i).get("text").asString().strip());
        }
    }

    @Test
    void tablesForOtherProgramsHaveEveryStepAndEpoch() throws Exception {
        List<String> steps = new ArrayList<>(List.of("engine,epoch,step,loss,learningRate,millis"));
        List<String> epochs =
                new ArrayList<>(List.of("engine,epoch,trainLoss,testLoss,testAccuracy,seconds,imagesPerSecond"));
        for (int engine = 0; engine < 3; engine++) {
            for (String line :
                    Files.readAllLines(made.run.resolve(FOLDERS.get(engine)).resolve("events.jsonl"))) {
                steps.add(ENGINES.get(engine) + values(line, "epoch", "step", "loss", "learningRate", "millis"));
            }
            for (JsonNode epoch : made.engine(engine).get("epochs")) {
                epochs.add(ENGINES.get(engine)
                        + values(
                                epoch.toString(),
                                "epoch",
                                "trainLoss",
                                "testLoss",
                                "testAccuracy",
                                "seconds",
                                "imagesPerSecond"));
            }
        }
        assertEquals(steps, Files.readAllLines(made.run.resolve("steps.csv")));
        assertEquals(epochs, Files.readAllLines(made.run.resolve("epochs.csv")));
    }

    private static String values(String json, String... names) {
        JsonNode node = JsonMapper.shared().readTree(json);
        StringBuilder line = new StringBuilder();
        for (String name : names) {
            line.append(',').append(node.get(name).asString());
        }
        return line.toString();
    }
}
