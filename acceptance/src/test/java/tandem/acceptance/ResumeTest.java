package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run that was interrupted in its first and in its second epoch, beside one that was not. Between the two, events
 * were added that a killed lab may leave behind: later than the checkpoint.
 */
final class ResumeTest {
    private static final int IMAGES = 12_000;
    private static final int PER_EPOCH = 188;
    private static final String[] RECIPE = {
        "--epochs", "2", "--train-limit", String.valueOf(IMAGES), "--test-limit", "200"
    };

    @TempDir
    static Path folder;

    private static final List<Long> CHECKPOINTS = new ArrayList<>();

    @BeforeAll
    static void train() throws Exception {
        Tandem straight = Tandem.run(folder, with(RECIPE, "train", "java", "--out", "straight"));
        assertEquals(0, straight.exitCode(), straight.err());
        interrupt("ready after", with(RECIPE, "train", "java", "--out", "broken"));
        // An epoch event whose checkpoint was not written, and steps of a time line that is gone.
        Path events = folder.resolve("broken/java/events.jsonl");
        StringBuilder later = new StringBuilder();
        for (long step = CHECKPOINTS.getFirst(); step < PER_EPOCH + 3; step++) {
            later.append(JsonMapper.shared()
                            .createObjectNode()
                            .put("event", "step")
                            .put("epoch", 1 + step / PER_EPOCH)
                            .put("step", step)
                            .put("loss", 9.5)
                            .put("learningRate", 9.5)
                            .put("millis", 1e6))
                    .append('\n');
            if (step == PER_EPOCH - 1) {
                later.append(JsonMapper.shared()
                                .createObjectNode()
                                .put("event", "epoch")
                                .put("epoch", 1)
                                .put("trainLoss", 9.5)
                                .put("testLoss", 9.5)
                                .put("testAccuracy", 0.95)
                                .put("seconds", 1e6)
                                .put("imagesPerSecond", 9.5))
                        .append('\n');
            }
        }
        Files.writeString(events, later, StandardOpenOption.APPEND);
        interrupt("epoch 1,", "train", "java", "--resume", "broken");
        Tandem whole = Tandem.run(folder, "train", "java", "--resume", "broken");
        assertEquals(0, whole.exitCode(), whole.err());
        assertTrue(CHECKPOINTS.get(0) > 0 && CHECKPOINTS.get(0) < PER_EPOCH, CHECKPOINTS::toString);
        assertTrue(CHECKPOINTS.get(1) > PER_EPOCH && CHECKPOINTS.get(1) < 2 * PER_EPOCH, CHECKPOINTS::toString);
    }

    private static void interrupt(String after, String... words) throws Exception {
        Tandem.Running running = Tandem.start(folder, words);
        running.await(after);
        Thread.sleep(100);
        running.signal("INT");
        Tandem tandem = running.end();
        assertEquals(130, tandem.exitCode(), tandem.out() + tandem.err());
        CHECKPOINTS.add(Runs.position(folder.resolve("broken/java")).get("step").longValue());
        assertTrue(tandem.out().contains("interrupted at step %d".formatted(CHECKPOINTS.getLast())), tandem.out());
    }

    private static String[] with(String[] recipe, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(recipe));
        return all.toArray(String[]::new);
    }

    private static JsonNode json(String file) throws IOException {
        return Runs.json(folder.resolve(file));
    }

    private static List<JsonNode> events(String run) throws IOException {
        return Files.readAllLines(folder.resolve(run).resolve("java/events.jsonl")).stream()
                .map(JsonMapper.shared()::readTree)
                .toList();
    }

    /** Without what the clock decides. */
    private static JsonNode timeless(JsonNode event) {
        ObjectNode copy = (ObjectNode) event.deepCopy();
        assertTrue(copy.remove("millis") != null
                || copy.remove("seconds") != null && copy.remove("imagesPerSecond") != null);
        return copy;
    }

    @Test
    void itsEventsAreThoseOfTheStraightRunBitForBit() throws Exception {
        List<JsonNode> straight = events("straight");
        List<JsonNode> broken = events("broken");
        assertEquals(2 * PER_EPOCH + 2, straight.size());
        for (int i = 0; i < straight.size(); i++) {
            assertEquals(timeless(straight.get(i)), timeless(broken.get(i)));
        }
        assertEquals(straight.size(), broken.size());
    }

    /** An epoch's loss is the mean of its steps, and its time that of its steps and of making their batches. */
    @Test
    void itsEpochsAreWhole() throws Exception {
        double loss = 0;
        double millis = 0;
        int steps = 0;
        for (JsonNode event : events("broken")) {
            if (event.get("event").asString().equals("step")) {
                steps++;
                loss += event.get("loss").doubleValue();
                millis += event.get("millis").doubleValue();
            } else {
                assertEquals(PER_EPOCH, steps);
                assertEquals(loss / steps, event.get("trainLoss").doubleValue(), 1e-12);
                double seconds = event.get("seconds").doubleValue();
                assertTrue(seconds > millis / 1e3, "%s s, of which %s ms in the engine".formatted(seconds, millis));
                assertTrue(
                        seconds < 2 * millis / 1e3 + 0.5,
                        "%s s, of which %s ms in the engine".formatted(seconds, millis));
                assertEquals(IMAGES / seconds, event.get("imagesPerSecond").doubleValue(), 1e-6);
                loss = 0;
                millis = 0;
                steps = 0;
            }
        }
    }

    @Test
    void itsResultIsThatOfTheStraightRun() throws Exception {
        JsonNode straight = json("straight/comparison.json").at("/engines/0");
        JsonNode broken = json("broken/comparison.json").at("/engines/0");
        for (String field :
                List.of("status", "failure", "testAccuracy", "testLoss", "confusion", "library", "threads")) {
            assertEquals(straight.get(field), broken.get(field), field);
        }
        List<JsonNode> epochs = events("broken").stream()
                .filter(event -> event.get("event").asString().equals("epoch"))
                .toList();
        assertEquals(epochs, broken.get("epochs").valueStream().toList());
        double seconds = epochs.stream()
                .mapToDouble(epoch -> epoch.get("seconds").doubleValue())
                .sum();
        assertEquals(seconds, broken.get("trainSeconds").doubleValue(), 1e-9);
        assertEquals(seconds / 2, broken.get("secondsPerEpoch").doubleValue(), 1e-9);
        double[] millis = events("broken").stream()
                .filter(event -> event.get("event").asString().equals("step"))
                .mapToDouble(step -> step.get("millis").doubleValue())
                .sorted()
                .toArray();
        assertEquals(
                (millis[PER_EPOCH - 1] + millis[PER_EPOCH]) / 2,
                broken.get("millisPerStepMedian").doubleValue(),
                1e-9);
        JsonNode agreement = json("straight/comparison.json").get("agreement");
        assertEquals(agreement, json("broken/comparison.json").get("agreement"));
        assertEquals(
                events("straight").getFirst().get("loss"),
                agreement.get("firstLoss").get("java"));
    }

    @Test
    void itsFilesAreThoseOfTheStraightRun() throws Exception {
        for (String file : List.of(
                "recipe.json",
                "java/model.safetensors",
                "java/predictions.safetensors",
                "java/checkpoint/position-376.json",
                "java/checkpoint/parameters-376.safetensors",
                "java/checkpoint/optimizer-376.safetensors")) {
            assertEquals(
                    -1,
                    Files.mismatch(
                            folder.resolve("straight").resolve(file),
                            folder.resolve("broken").resolve(file)),
                    file);
        }
        assertNotEquals(
                -1, Files.mismatch(folder.resolve("straight/command.txt"), folder.resolve("broken/command.txt")));
        assertEquals(3, Files.readAllLines(folder.resolve("broken/command.txt")).size());
        try (var files = Files.list(folder.resolve("broken/java/checkpoint"))) {
            assertEquals(6, files.count(), "of the last two steps");
        }
    }
}
