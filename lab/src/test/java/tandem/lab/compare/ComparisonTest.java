package tandem.lab.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.TestImages;
import tandem.lab.engines.TestWorkers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.lab.run.RunDirectory;
import tandem.worker.protocol.CheckpointEvery;
import tandem.worker.protocol.Event;
import tools.jackson.databind.JsonNode;

/** Real workers in processes of their own: the oracle on real images with a small network, and an engine of faults. */
final class ComparisonTest {
    private static final Recipe SMALL = Recipe.PRESETS
            .get("harmonized")
            .with(Map.of(
                    "dataset", TestImages.DATASET,
                    "network", new Network(28, 28, 10, 2, 3, 8, 0.25, 0.5),
                    "trainLimit", 150,
                    "testLimit", 60,
                    "batchSize", 16,
                    "epochs", 2));

    private static final Duration SILENCE = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private StopSignal stop = new StopSignal();

    private Comparison run(Recipe recipe, Path out, boolean goesOn, Consumer<Progress> progress, String... engines) {
        try (RunDirectory directory =
                goesOn ? RunDirectory.goOn(out, Comparison.FILE) : RunDirectory.create(out, "compare")) {
            return Comparison.run(
                    new Comparison.Plan(
                            recipe,
                            Arrays.stream(engines).map(EngineName::parse).toList(),
                            CheckpointEvery.DEFAULT,
                            null,
                            null),
                    TestWorkers.of(folder, 2, SILENCE, progress, stop),
                    directory);
        }
    }

    /** Hears what workers say, and nothing else. */
    private static Consumer<Progress> on(Consumer<Event.News> action) {
        return progress -> {
            if (progress instanceof Progress.Told told) {
                action.accept(told.news());
            }
        };
    }

    private static void silent(Progress progress) {}

    @Test
    void writesTheRunDirectoryOfTheContract() throws IOException {
        Path out = folder.resolve("run");
        Comparison comparison = run(SMALL, out, false, ComparisonTest::silent, "reference");

        assertEquals(
                Status.DONE,
                comparison.engines().getFirst().status(),
                () -> comparison.engines().getFirst().failure());
        List<JsonNode> events = Files.readAllLines(out.resolve("reference/events.jsonl")).stream()
                .map(Json.MAPPER::readTree)
                .toList();
        List<JsonNode> steps = events.stream()
                .filter(e -> e.get("event").asString().equals("step"))
                .toList();
        List<JsonNode> epochs = events.stream()
                .filter(e -> e.get("event").asString().equals("epoch"))
                .toList();
        assertEquals(22, events.size());
        for (int i = 0; i < 20; i++) {
            assertEquals(i, steps.get(i).get("step").intValue());
            assertEquals(i / 10 + 1, steps.get(i).get("epoch").intValue());
            assertEquals(i < 10 ? 1.0 : 0.7, steps.get(i).get("learningRate").doubleValue(), 1e-7);
            assertTrue(steps.get(i).get("millis").doubleValue() > 0);
        }
        double mean = steps.subList(10, 20).stream()
                .mapToDouble(step -> step.get("loss").doubleValue())
                .average()
                .orElseThrow();
        assertEquals(mean, epochs.get(1).get("trainLoss").doubleValue(), 1e-12);
        assertEquals(2, epochs.get(1).get("epoch").intValue());

        JsonNode json = Json.MAPPER.readTree(Files.readString(out.resolve("comparison.json")));
        JsonNode engine = json.get("engines").get(0);
        assertEquals("reference", engine.get("engine").asString());
        assertEquals("done", engine.get("status").asString());
        assertTrue(engine.get("failure").isNull());
        assertEquals(
                epochs.get(1).get("testAccuracy").doubleValue(),
                engine.get("testAccuracy").doubleValue());
        assertEquals(
                epochs.get(1).get("testLoss").doubleValue(),
                engine.get("testLoss").doubleValue());
        assertEquals(2, engine.get("epochs").size());
        int right = 0;
        int all = 0;
        for (int i = 0; i < 10; i++) {
            for (int j = 0; j < 10; j++) {
                int count = engine.get("confusion").get(i).get(j).intValue();
                all += count;
                right += i == j ? count : 0;
            }
        }
        assertEquals(60, all);
        assertEquals(right / 60.0, engine.get("testAccuracy").doubleValue());
        for (String field : List.of(
                "trainSeconds",
                "secondsPerEpoch",
                "millisPerStepMedian",
                "startupSeconds",
                "inferenceImagesPerSecond",
                "peakMemoryMiB")) {
            assertTrue(engine.get(field).doubleValue() > 0, field);
        }
        assertEquals(SMALL, Recipe.read(out.resolve("recipe.json")));
        assertEquals(SMALL.seed(), json.get("recipe").get("seed").longValue());
        assertTrue(Files.exists(out.resolve("machine.json")));
        assertTrue(Files.exists(out.resolve("reference/worker.log")));
        assertTrue(Files.exists(out.resolve("reference/model.safetensors")));
    }

    @Test
    void anInterruptedRunIsKeptAndGoesOn() throws IOException {
        Recipe recipe = SMALL.with(Map.of("trainLimit", TestImages.TRAIN));
        Path straight = folder.resolve("straight");
        Comparison first = run(recipe, straight, false, ComparisonTest::silent, "reference");
        Path broken = folder.resolve("broken");
        Comparison interrupted = run(
                recipe,
                broken,
                false,
                on(event -> {
                    if (event instanceof Event.Epoch) {
                        stop.raise();
                    }
                }),
                "reference",
                "faulty");
        assertEquals(
                List.of(Status.INTERRUPTED, Status.INTERRUPTED),
                interrupted.engines().stream().map(EngineResult::status).toList());
        Matcher sentence = Pattern.compile("interrupted at step (\\d+)")
                .matcher(interrupted.engines().getFirst().failure());
        assertTrue(sentence.matches(), interrupted.engines().getFirst().failure());
        int steps = Integer.parseInt(sentence.group(1));
        assertTrue(steps >= 200 && steps < 400, "interrupted at " + steps);
        assertEquals(1, interrupted.engines().getFirst().epochs().size());
        assertEquals(losses(straight).subList(0, steps), losses(broken));

        stop = new StopSignal();
        Comparison resumed = run(recipe, broken, true, ComparisonTest::silent, "reference");

        assertEquals(
                List.of(Status.DONE, Status.INTERRUPTED),
                resumed.engines().stream().map(EngineResult::status).toList());
        assertEquals(400, losses(broken).size());
        // The oracle computes in float64 and its checkpoint holds float32, so it goes on from values that are rounded;
        // float32 engines go on bit for bit, which the tests of the public command show.
        assertEquals(losses(straight).get(steps), losses(broken).get(steps), 1e-5);
        assertEquals(2, resumed.engines().getFirst().epochs().size());
        assertEquals(
                first.engines().getFirst().epochs().getFirst().testLoss(),
                resumed.engines().getFirst().epochs().getFirst().testLoss());
    }

    private static List<Double> losses(Path run) throws IOException {
        return Files.readAllLines(run.resolve("reference/events.jsonl")).stream()
                .map(Json.MAPPER::readTree)
                .filter(event -> event.get("event").asString().equals("step"))
                .map(event -> event.get("loss").doubleValue())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "halts | at step 3: the worker died (exit code 3); the last lines of",
                "hangs | at step 3: the worker said nothing for 10 s and was ended; the last lines of",
                "throws | at step 3: java.lang.IllegalStateException: no such tensor",
                "diverges | at step 3: the loss became NaN at step 3; try a smaller learning rate (--lr)",
                "crashes | at step 3: the worker died (it crashed in native code, signal 6); the last lines of",
            })
    void aFaultIsOneSentenceAndTheOthersGoOn(String fault, String sentence) {
        Comparison comparison =
                run(SMALL, folder.resolve("run"), false, ComparisonTest::silent, "faulty:" + fault, "reference");

        EngineResult faulty = comparison.engines().getFirst();
        assertEquals(Status.FAILED, faulty.status());
        assertTrue(faulty.failure().startsWith(sentence), faulty.failure());
        assertEquals(1, faulty.failure().lines().count(), faulty.failure());
        if (fault.equals("halts")) {
            assertTrue(faulty.failure().endsWith("faulty engine: halts / last words"), faulty.failure());
        }
        assertEquals(fault.equals("crashes"), Files.exists(folder.resolve("run/faulty-crashes/crash.log")));
        assertEquals(Status.DONE, comparison.engines().getLast().status());
        assertEquals(false, comparison.complete());
    }

    @Test
    void whatALibraryPrintsDisturbsNothing() {
        Comparison comparison = run(SMALL, folder.resolve("run"), false, ComparisonTest::silent, "faulty:floods");
        assertEquals(Status.DONE, comparison.engines().getFirst().status());
    }

    @Test
    void furtherJvmOptionsReachTheirEngineAlone() throws IOException {
        run(
                SMALL.with(Map.of("epochs", 1)),
                folder.resolve("run"),
                false,
                ComparisonTest::silent,
                "faulty",
                "reference");
        assertTrue(Files.readString(folder.resolve("run/faulty/worker.log")).contains("note: noted"));
        assertEquals("", Files.readString(folder.resolve("run/reference/worker.log")));
    }

    @Test
    void aKilledWorkerIsReported() {
        List<Long> pids = new ArrayList<>();
        Consumer<Progress> killer = progress -> {
            if (progress instanceof Progress.Started started) {
                pids.add(started.pid());
            } else if (progress instanceof Progress.Told(String _, Long _, Event.Step step) && step.step() == 5) {
                ProcessHandle.of(pids.getFirst()).orElseThrow().destroyForcibly();
            }
        };
        EngineResult result = run(SMALL, folder.resolve("run"), false, killer, "faulty:waits")
                .engines()
                .getFirst();
        assertEquals(Status.FAILED, result.status());
        assertTrue(
                result.failure().contains("the worker died (killed by signal 9, by hand or for lack of memory)"),
                result.failure());
    }

    @Test
    void aCheckpointOfAnotherRecipeIsRefusedAndTheRunIsLeftAlone() throws IOException {
        Path out = folder.resolve("run");
        run(SMALL, out, false, ComparisonTest::silent, "reference");
        String comparison = Files.readString(out.resolve("comparison.json"));
        String sentence = assertThrows(
                        Failure.class,
                        () -> run(SMALL.with(Map.of("seed", 7)), out, true, ComparisonTest::silent, "reference"))
                .getMessage();
        assertTrue(sentence.contains("holds a run with another recipe"), sentence);
        assertEquals(SMALL, Recipe.read(out.resolve("recipe.json")));
        assertEquals(comparison, Files.readString(out.resolve("comparison.json")));
    }

    @Test
    void twoEnginesThatSawTheSameAgree() {
        Comparison comparison = run(
                SMALL.with(Map.of("epochs", 1)),
                folder.resolve("run"),
                false,
                ComparisonTest::silent,
                "faulty",
                "faulty:waits");
        Agreement agreement = comparison.agreement();
        assertEquals(true, agreement.sameInputs());
        assertEquals(0.0, agreement.firstLossSpread());
        assertEquals(1.0, agreement.pairs().getFirst().samePredictions());
        assertEquals(0.0, agreement.pairs().getFirst().parameterDistance());
        assertArrayEquals(
                new Object[] {1.0, 1.0}, agreement.firstLoss().values().toArray());
    }
}
