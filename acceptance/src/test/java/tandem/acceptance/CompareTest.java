package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Comparisons and single engines through the public command, on real images in the real engines. */
final class CompareTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    Path folder;

    private static JsonNode json(Path file) throws IOException {
        return JSON.readTree(Files.readString(file));
    }

    private static List<JsonNode> events(Path file, String kind) throws IOException {
        return Files.readAllLines(file).stream()
                .map(JSON::readTree)
                .filter(event -> event.get("event").asString().equals(kind))
                .toList();
    }

    private static double firstLoss(Path engine) throws IOException {
        JsonNode first = events(engine.resolve("events.jsonl"), "step").getFirst();
        assertEquals(0, first.get("step").intValue());
        return first.get("loss").doubleValue();
    }

    @Test
    void bothEnginesTrainFromTheSameInputs() throws Exception {
        Runs.Run two = Runs.twoEngines();
        assertEquals("two", two.out().strip().lines().toList().getLast());
        Path run = two.path();
        assertEquals(1, firstLoss(run.resolve("java")) / firstLoss(run.resolve("pytorch")), 1e-5);
        JsonNode comparison = two.json("comparison.json");
        assertEquals("java", comparison.at("/engines/0/engine").asString());
        assertTrue(comparison.at("/agreement/sameInputs").asBoolean());
        for (JsonNode engine : comparison.get("engines")) {
            assertEquals("done", engine.get("status").asString());
            // 94 steps reach 88 to 95%; an engine that learns nothing stays near 10%.
            assertTrue(engine.get("testAccuracy").doubleValue() > 0.85, engine.toString());
            assertTrue(two.out().contains(engine.get("libraryVersion").asString()), two.out());
            Path log = run.resolve(engine.get("engine").asString()).resolve("worker.log");
            assertTrue(Files.exists(log));
        }
        assertEquals(94, events(run.resolve("pytorch/events.jsonl"), "step").size());
    }

    @Test
    @Tag("slow")
    void oneEpochOfAllImagesReaches98PercentInEveryEngine() throws Exception {
        Tandem tandem = Tandem.run(folder, "compare", "--epochs", "1", "--out", "run");
        assertEquals(0, tandem.exitCode(), tandem.err());
        for (JsonNode engine : json(folder.resolve("run/comparison.json")).get("engines")) {
            assertTrue(engine.get("testAccuracy").doubleValue() >= 0.98, engine.toString());
        }
    }

    @Test
    void aKilledWorkerFailsAndTheOtherFinishes() throws Exception {
        Tandem.Running running = Tandem.start(
                folder,
                "compare",
                "--engines",
                "pytorch,java",
                "--train-limit",
                "1280",
                "--test-limit",
                "200",
                "--out",
                "run");
        running.await("pytorch: starting");
        ProcessHandle worker = running.workers().getFirst();
        running.await("ready after");
        worker.destroyForcibly();
        Tandem tandem = running.end();

        assertEquals(1, tandem.exitCode(), tandem.err());
        JsonNode engines = json(folder.resolve("run/comparison.json")).get("engines");
        assertEquals("failed", engines.get(0).get("status").asString());
        assertTrue(
                engines.get(0).get("failure").asString().contains("killed by signal 9"),
                engines.get(0).get("failure").asString());
        assertEquals("done", engines.get(1).get("status").asString());
        assertTrue(tandem.out().contains("killed by signal 9"), tandem.out());
    }

    @Test
    void anInterruptedRunIsKeptAndGoesOnBitForBit() throws Exception {
        goesOnBitForBit("pytorch");
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"tensorflow", "djl"})
    void anInterruptedRunOfOthersIsKept(String engine) throws Exception {
        goesOnBitForBit(engine);
    }

    private void goesOnBitForBit(String engine) throws Exception {
        String[] recipe = {"--train-limit", "1000", "--test-limit", "200", "--epochs", "2"};
        Tandem straight = Tandem.run(folder, words("train", engine, recipe, "--out", "straight"));
        assertEquals(0, straight.exitCode(), straight.err());

        Tandem.Running running = Tandem.start(folder, words("train", engine, recipe, "--out", "broken"));
        running.await("ready after");
        running.signal("INT");
        Tandem interrupted = running.end();
        assertEquals(130, interrupted.exitCode(), interrupted.err());
        assertTrue(interrupted.err().contains("interrupted; keeping what is done"), interrupted.err());
        Path broken = folder.resolve("broken");
        assertEquals(
                "interrupted",
                json(broken.resolve("comparison.json")).at("/engines/0/status").asString());

        Tandem resumed = Tandem.run(folder, "train", engine, "--resume", "broken", "--save", "model.safetensors");
        assertEquals(0, resumed.exitCode(), resumed.err());
        assertEquals(losses(folder.resolve("straight").resolve(engine)), losses(broken.resolve(engine)));
        assertEquals(
                -1,
                Files.mismatch(
                        folder.resolve("straight").resolve(engine).resolve("model.safetensors"),
                        folder.resolve("model.safetensors")));
    }

    private static String[] words(String command, String engine, String[] recipe, String... more) {
        List<String> words = new ArrayList<>(List.of(command, engine));
        words.addAll(List.of(recipe));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private static List<Double> losses(Path engine) throws IOException {
        return events(engine.resolve("events.jsonl"), "step").stream()
                .map(step -> step.get("loss").doubleValue())
                .toList();
    }

    @Test
    void engineAndThreadsAndRecipeOfAFileAreTaken() throws Exception {
        Tandem first = Tandem.run(
                folder,
                "train",
                "java",
                "--recipe",
                "published-tensorflow",
                "--train-limit",
                "320",
                "--test-limit",
                "100",
                "--batch-size",
                "30",
                "--seed",
                "7",
                "--threads",
                "1",
                "--out",
                "first");
        assertEquals(0, first.exitCode(), first.err());
        JsonNode recipe = json(folder.resolve("first/recipe.json"));
        assertEquals("glorot", recipe.get("weightInitialiser").asString());
        assertEquals(7, recipe.get("seed").intValue());
        Path events = folder.resolve("first/java/events.jsonl");
        assertEquals(11, events(events, "step").size());
        assertEquals(
                Math.pow(0.7, 10 / 60000.0),
                events(events, "step").getLast().get("learningRate").doubleValue(),
                1e-12);
        assertEquals(
                1,
                json(folder.resolve("first/comparison.json"))
                        .at("/engines/0/threads")
                        .intValue());

        Tandem second = Tandem.run(
                folder,
                "train",
                "java",
                "--recipe",
                "first/recipe.json",
                "--init",
                "first/java/model.safetensors",
                "--threads",
                "1",
                "--out",
                "second");
        assertEquals(0, second.exitCode(), second.err());
        assertEquals(-1, Files.mismatch(folder.resolve("first/recipe.json"), folder.resolve("second/recipe.json")));
        assertTrue(firstLoss(folder.resolve("second/java")) < firstLoss(folder.resolve("first/java")));
    }
}
