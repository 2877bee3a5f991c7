package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Engines that hand a run on to each other, parameters and accumulators: one epoch of five steps in each. */
final class RelayTest {
    private static final List<String> ENGINES =
            List.of("pytorch", "tensorflow", "deeplearning4j", "djl", "onnxruntime", "java");
    private static final int STEPS = 5;

    @TempDir
    Path folder;

    private void train(String engine, int epochs, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("train", engine, "--epochs", String.valueOf(epochs)));
        words.addAll(List.of(more));
        Tandem tandem = Tandem.run(folder, words.toArray(String[]::new));
        assertEquals(0, tandem.exitCode(), () -> engine + ": " + tandem.out() + tandem.err());
    }

    private List<JsonNode> steps(String run, String engine) throws Exception {
        return Files.readAllLines(folder.resolve(run).resolve(engine).resolve("events.jsonl")).stream()
                .map(JsonMapper.shared()::readTree)
                .filter(event -> event.get("event").asString().equals("step"))
                .toList();
    }

    @Tag("slow")
    @Test
    void enginesTakeTurnsOnTheReferencesTrajectory() throws Exception {
        // The notebook's rate of 1 makes a choice of max-pool fall otherwise within 20 steps: two right engines are
        // then 1e-3 apart. With 0.1 training is tame, and what a hand-over loses shows.
        String[] start = {
            "--train-limit", String.valueOf(64 * STEPS), "--test-limit", "100", "--lr", "0.1", "--out",
        };
        train("reference", ENGINES.size(), with(start, "alone"));
        train(ENGINES.getFirst(), 1, with(start, "relay"));
        for (int turn = 1; turn < ENGINES.size(); turn++) {
            train(ENGINES.get(turn), turn + 1, "--resume", "relay/" + ENGINES.get(turn - 1));
        }
        List<JsonNode> alone = steps("alone", "reference");
        assertEquals(STEPS * ENGINES.size(), alone.size());
        for (int turn = 0; turn < ENGINES.size(); turn++) {
            List<JsonNode> steps = steps("relay", ENGINES.get(turn));
            assertEquals(STEPS, steps.size());
            for (int i = 0; i < STEPS; i++) {
                JsonNode expected = alone.get(turn * STEPS + i);
                assertEquals(
                        expected.get("step").intValue(),
                        steps.get(i).get("step").intValue());
                double loss = expected.get("loss").doubleValue();
                assertEquals(
                        loss,
                        steps.get(i).get("loss").doubleValue(),
                        1e-4 * loss,
                        ENGINES.get(turn) + ", step " + expected.get("step"));
            }
        }
        JsonNode comparison = JsonMapper.shared().readTree(Files.readString(folder.resolve("relay/comparison.json")));
        assertEquals(
                ENGINES,
                comparison
                        .get("engines")
                        .valueStream()
                        .map(engine -> engine.get("engine").asString())
                        .toList());
    }

    @Test
    void aFileOfOneEngineStartsAnother() throws Exception {
        String[] limits = {"--train-limit", "64", "--test-limit", "500"};
        train("java", 1, with(limits, "--out", "first", "--save", "model.safetensors"));
        train("pytorch", 1, with(limits, "--out", "second", "--init", "model.safetensors", "--lr", "1e-9"));
        JsonNode first = comparison("first");
        JsonNode second = comparison("second");
        assertEquals(
                first.get("testLoss").doubleValue(),
                second.get("testLoss").doubleValue(),
                1e-5,
                "a learning rate of nearly nothing leaves the model as it came");
        assertTrue(first.get("testLoss").doubleValue() > 0);
    }

    @Test
    void whoHasNoCheckpointMustSayWhoseToTake() throws Exception {
        Runs.copy(Runs.comparison().path(), folder.resolve("run"));
        Tandem unclear = Tandem.run(folder, "train", "pytorch", "--resume", "run", "--epochs", "3");
        assertEquals(1, unclear.exitCode());
        assertTrue(unclear.err().contains("no checkpoint of pytorch but several of others"), unclear.err());
        train("pytorch", 3, "--resume", "run/java");
        assertEquals(
                4,
                JsonMapper.shared()
                        .readTree(Files.readString(folder.resolve("run/comparison.json")))
                        .get("engines")
                        .size());
    }

    private JsonNode comparison(String run) throws Exception {
        return JsonMapper.shared()
                .readTree(Files.readString(folder.resolve(run).resolve("comparison.json")))
                .get("engines")
                .get(0);
    }

    private static String[] with(String[] words, String... more) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
