package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;

/**
 * Times of an engine that takes known ones. A sleep lasts at least what it was told; what else a busy machine adds is
 * bounded generously.
 */
@Isolated("it measures times")
final class SlowTest {
    @TempDir
    static Path folder;

    private static TestEngines engines;

    @BeforeAll
    static void prepare() throws Exception {
        engines = Runs.testEngines();
    }

    private static JsonNode run(String file, List<String> environment, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(words));
        String run = "run" + Math.abs(environment.hashCode());
        command.addAll(List.of("--out", run));
        Tandem tandem = engines.start(folder, environment, command.toArray(String[]::new))
                .end();
        assertEquals(0, tandem.exitCode(), tandem.out() + tandem.err());
        return Runs.json(folder.resolve(run).resolve(file));
    }

    private static void assertBetween(double low, double high, JsonNode value) {
        assertTrue(
                value.doubleValue() >= low && value.doubleValue() <= high,
                "%s is not from %s to %s".formatted(value, low, high));
    }

    private static JsonNode train(int images, String... environment) throws Exception {
        return run(
                        "comparison.json",
                        List.of(environment),
                        "train",
                        "slow",
                        "--epochs",
                        "2",
                        "--train-limit",
                        String.valueOf(images),
                        "--test-limit",
                        "50")
                .at("/engines/0");
    }

    @Test
    void aTrialTellsItsTimes() throws Exception {
        JsonNode quick = train(320, "SLOW_CREATE", "1000", "SLOW_FIRST", "400", "SLOW_STEP", "150", "SLOW_IMAGE", "10");
        JsonNode late = train(64, "SLOW_CREATE", "6000");
        assertBetween(1, 6, quick.get("startupSeconds"));
        assertBetween(6, 11, late.get("startupSeconds"));
        assertBetween(150, 220, quick.get("millisPerStepMedian"));
        // Five steps each, the first of them slower; without the half second that the test images take.
        assertBetween(0.4 + 4 * 0.15, 1.8, quick.at("/epochs/0/seconds"));
        assertBetween(5 * 0.15, 1.5, quick.at("/epochs/1/seconds"));
        for (JsonNode epoch : quick.get("epochs")) {
            assertEquals(
                    320 / epoch.get("seconds").doubleValue(),
                    epoch.get("imagesPerSecond").doubleValue(),
                    1e-6);
        }
        assertBetween(60, 100, quick.get("inferenceImagesPerSecond"));
    }

    @Test
    void aBenchTellsItsTimes() throws Exception {
        JsonNode row = run(
                        "bench.json",
                        List.of("SLOW_CREATE", "1000", "SLOW_FIRST", "2000", "SLOW_STEP", "50", "SLOW_IMAGE", "1"),
                        "bench",
                        "--engines",
                        "slow",
                        "--rounds",
                        "2",
                        "--steps",
                        "4",
                        "--python",
                        "/no/python")
                .at("/engines/0");
        assertBetween(1, 6, row.get("startupSeconds"));
        double start = row.get("startupSeconds").doubleValue();
        assertBetween(start + 2, start + 4, row.get("firstStepSeconds"));
        for (String figure : List.of("median", "p10", "p90")) {
            assertBetween(50, 100, row.get("millisPerStep").get(figure));
        }
        for (JsonNode median : row.get("roundMedians")) {
            assertBetween(50, 100, median);
        }
        assertBetween(64 / 0.1, 64 / 0.05, row.get("trainImagesPerSecond"));
        double steps = row.at("/warmUp/steps").doubleValue();
        assertBetween(2 + (steps - 1) * 0.05, 4 + (steps - 1) * 0.1, row.at("/warmUp/seconds"));
        for (String images : List.of("1", "64", "1000")) {
            assertBetween(400, 1000, row.get("inferenceImagesPerSecond").get(images));
        }
    }

    /** From nothing: the process, the engine, an epoch of 938 steps and the test images. */
    @Test
    void timeToAnAccuracyIsFromNothing() throws Exception {
        JsonNode result = run(
                        "bench.json",
                        List.of("SLOW_CREATE", "5000", "SLOW_FIRST", "3000"),
                        "bench",
                        "--rounds",
                        "0",
                        "--engines",
                        "slow",
                        "--to-accuracy",
                        "5",
                        "--seeds",
                        "1",
                        "--epochs",
                        "1")
                .at("/toAccuracy/engines/0");
        // Who answers 0 to all is right on 980 of 10,000.
        assertEquals(0.098, result.at("/testAccuracy/0").doubleValue());
        assertBetween(8, 20, result.at("/seconds/0"));
    }
}
