package tandem.lab.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Json;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.TestImages;
import tandem.lab.engines.TestWorkers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.lab.run.RunDirectory;
import tools.jackson.databind.JsonNode;

/** Real workers in processes of their own: the oracle on real images with a small network, and an engine of faults. */
final class BenchTest {
    private static final Recipe SMALL = Recipe.PRESETS
            .get("harmonized")
            .with(Map.of(
                    "dataset", TestImages.DATASET,
                    "network", new Network(28, 28, 10, 2, 3, 8, 0.25, 0.5),
                    "trainLimit", 150,
                    "testLimit", 1000,
                    "batchSize", 16));

    private static final WarmUpRule SHORT = new WarmUpRule(11, Duration.ofMillis(100), Duration.ofSeconds(20));

    @TempDir
    Path folder;

    private final StopSignal stop = new StopSignal();
    private final Told told = new Told();

    /** Writes down what it is told. */
    private class Told implements Consumer<Progress> {
        final List<String> missing = new ArrayList<>();
        final List<Long> processes = new ArrayList<>();
        final List<Double> progress = new ArrayList<>();
        int stopAfterRound;

        @Override
        public void accept(Progress what) {
            switch (what) {
                case Progress.Started started -> processes.add(started.pid());
                case Progress.Measuring(String _, String _, int turn, int turns) -> {
                    assertTrue(turn >= 0 && turn < turns);
                    progress.add((double) turn / turns);
                }
                case Progress.Round round when round.round() == stopAfterRound -> stop.raise();
                case Progress.Missing(String row, Status status, String reason) ->
                    missing.add("%s %s: %s".formatted(row, status, reason));
                default -> {}
            }
        }
    }

    private Bench run(Recipe recipe, Peer peer, int rounds, ToAccuracy.Goal goal, String... names) {
        Dataset data = Datasets.open(TestImages.DATASET).limit(recipe.trainLimit(), recipe.testLimit());
        return Bench.run(
                new Bench.Plan(
                        "tandem bench",
                        recipe,
                        names(names),
                        peer,
                        rounds,
                        12,
                        Duration.ofDays(1),
                        Duration.ofMillis(20),
                        SHORT,
                        false,
                        goal,
                        List.of()),
                TestWorkers.of(folder, 2, told, stop),
                data,
                RunDirectory.create(folder.resolve("run"), "bench"));
    }

    private static List<EngineName> names(String... names) {
        return Arrays.stream(names).map(EngineName::parse).toList();
    }

    private JsonNode json() throws IOException {
        return Json.MAPPER.readTree(Files.readString(folder.resolve("run/bench.json")));
    }

    @Test
    void writesTheFileOfTheContract() throws IOException {
        run(SMALL, null, 2, null, "reference", "faulty");

        JsonNode json = json();
        assertEquals(SMALL.seed(), json.at("/recipe/seed").longValue());
        assertEquals(2, json.get("threads").intValue());
        assertEquals(2, json.get("rounds").intValue());
        assertEquals(12, json.get("steps").intValue());
        assertTrue(json.get("sameInputs").booleanValue());
        assertTrue(json.at("/machine/cores").intValue() > 0);
        assertTrue(json.get("toAccuracy").isNull());
        JsonNode reference = json.get("engines").get(0);
        JsonNode faulty = json.get("engines").get(1);
        assertEquals("reference", reference.get("engine").asString());
        assertEquals("done", reference.get("status").asString());
        assertTrue(reference.get("variantOf").isNull());
        JsonNode millis = reference.get("millisPerStep");
        assertTrue(millis.get("p10").doubleValue() > 0);
        assertTrue(millis.get("p10").doubleValue() <= millis.get("median").doubleValue());
        assertTrue(millis.get("median").doubleValue() <= millis.get("p90").doubleValue());
        assertEquals(2, reference.get("roundMedians").size());
        assertEquals(
                List.of("1", "64", "1000"),
                List.copyOf(reference.get("inferenceImagesPerSecond").propertyNames()));
        for (JsonNode rate : reference.get("inferenceImagesPerSecond")) {
            assertTrue(rate.doubleValue() > 0);
        }
        for (String field : List.of("trainImagesPerSecond", "startupSeconds", "peakMemoryMiB")) {
            assertTrue(reference.get(field).doubleValue() > 0, field);
        }
        assertTrue(reference.get("firstStepSeconds").doubleValue()
                > reference.get("startupSeconds").doubleValue());
        // One step, then strides of ten.
        int warmUp = reference.at("/warmUp/steps").intValue();
        assertTrue(warmUp >= 11 && warmUp % 10 == 1, "warm-up of " + warmUp);
        assertEquals(
                1,
                reference.get("ratioToFastestOther").doubleValue()
                        * faulty.get("ratioToFastestOther").doubleValue(),
                1e-12);
        assertTrue(Files.exists(folder.resolve("run/recipe.json")));
        assertTrue(Files.exists(folder.resolve("run/machine.json")));
        assertTrue(Files.exists(folder.resolve("run/reference/worker.log")));
        assertEquals(told.progress.stream().sorted().toList(), told.progress);
        assertEquals(5.0 / 6, told.progress.getLast());
        assertAllEnded();
    }

    private void assertAllEnded() {
        for (long pid : told.processes) {
            assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), "process " + pid);
        }
    }

    /** The engine that waits sleeps 20 ms in every step; whatever else it does takes a fraction of one. */
    @Test
    void aStepsTimeIsTheTimeInsideTheEngine() {
        BenchRow waits = run(SMALL, null, 2, null, "faulty:waits").engines().getFirst();
        assertEquals("faulty", waits.variantOf());
        assertTrue(
                waits.millisPerStep().p10() >= 20 && waits.millisPerStep().median() < 40,
                () -> "" + waits.millisPerStep());
        assertTrue(waits.trainImagesPerSecond() > 16 / 0.040 && waits.trainImagesPerSecond() <= 16 / 0.020);
        assertNull(waits.ratioToFastestOther());
    }

    @Test
    void anEngineThatFailsDoesNotKeepTheOthersFromBeingMeasured() {
        Bench bench = run(SMALL, null, 2, null, "faulty:throws", "reference", "faulty:halts");
        BenchRow failed = bench.engines().getFirst();
        assertEquals(Status.FAILED, failed.status());
        assertEquals("java.lang.IllegalStateException: no such tensor", failed.failure());
        assertNull(failed.millisPerStep());
        assertNull(failed.ratioToFastestOther());
        assertEquals(Status.DONE, bench.engines().get(1).status());
        assertNull(bench.engines().get(1).ratioToFastestOther());
        BenchRow halted = bench.engines().getLast();
        assertTrue(halted.failure().startsWith("the worker died (exit code 3); the last lines of"), halted.failure());
        assertEquals(2, told.missing.size());
        assertAllEnded();
    }

    @Test
    void anEngineThatDoesNotRunHereIsARowWithoutFigures() {
        Bench bench = run(SMALL, null, 1, goal(0.5, 2, 3, "absent", "faulty"), "absent", "faulty");
        BenchRow absent = bench.engines().getFirst();
        assertEquals(Status.UNAVAILABLE, absent.status());
        assertEquals("it runs nowhere", absent.failure());
        assertEquals("none", absent.library());
        assertNull(absent.millisPerStep());
        assertEquals(Status.DONE, bench.engines().getLast().status());
        ToAccuracy.Times missing = bench.toAccuracy().engines().getFirst();
        assertEquals(Status.UNAVAILABLE, missing.status());
        assertEquals(List.of(0, 0), missing.epochs());
        // It learns nothing, so it gives up, which is no failure.
        ToAccuracy.Times faulty = bench.toAccuracy().engines().getLast();
        assertEquals(Status.DONE, faulty.status());
        assertEquals(Arrays.asList(null, null), faulty.seconds());
        assertEquals(List.of(3, 3), faulty.epochs());
        assertEquals(0, faulty.n());
        assertNull(faulty.mean());
        assertEquals(List.of(42L, 43L), bench.toAccuracy().seeds());
        assertEquals(
                List.of("absent unavailable: it runs nowhere", "absent unavailable: it runs nowhere"), told.missing);
        assertEquals(3, told.processes.size());
    }

    @Test
    void workersSleepWhileTheyWait() {
        Bench bench = run(SMALL, null, 4, null, "reference", "faulty:waits");
        Double share = bench.engines().getFirst().waitingProcessorShare();
        assumeTrue(
                ProcessHandle.current().info().totalCpuDuration().isPresent(),
                "the system does not tell how much processor time a process used");
        assertTrue(share < 0.2, "of a processor: " + share);
    }

    @Test
    void whatWasMeasuredBeforeAnInterruptIsKeptAndMarked() throws IOException {
        told.stopAfterRound = 1;
        run(SMALL, null, 3, goal(0.5, 1, 2, "reference"), "reference", "faulty");
        JsonNode json = json();
        for (JsonNode row : json.get("engines")) {
            assertEquals("interrupted", row.get("status").asString());
            assertEquals("interrupted after 1 of 3 rounds", row.get("failure").asString());
            assertEquals(1, row.get("roundMedians").size());
            assertTrue(row.at("/millisPerStep/median").doubleValue() > 0);
        }
        assertEquals("interrupted", json.at("/toAccuracy/engines/0/status").asString());
        assertAllEnded();
    }

    private static ToAccuracy.Goal goal(double target, int seeds, int epochs, String... names) {
        return new ToAccuracy.Goal(names(names), target, seeds, epochs);
    }

    @Test
    void timesToAnAccuracyAreThoseOfFreshProcesses() throws IOException {
        Recipe recipe = SMALL.with(Map.of("trainLimit", 1500, "testLimit", 100));
        run(recipe, null, 0, goal(0.5, 2, 6, "reference"));
        JsonNode json = json();
        assertEquals(0, json.get("engines").size());
        JsonNode accuracy = json.get("toAccuracy");
        assertEquals(0.5, accuracy.get("target").doubleValue());
        assertEquals(
                List.of(42L, 43L),
                accuracy.get("seeds").valueStream().map(JsonNode::longValue).toList());
        JsonNode reference = accuracy.get("engines").get(0);
        assertEquals("reference", reference.get("engine").asString());
        double first = reference.at("/seconds/0").doubleValue();
        double second = reference.at("/seconds/1").doubleValue();
        assertTrue(first > 0.1 && second > 0.1, reference::toString);
        assertEquals((first + second) / 2, reference.get("mean").doubleValue(), 1e-12);
        assertEquals(
                Math.abs(first - second) / Math.sqrt(2),
                reference.get("standardDeviation").doubleValue(),
                1e-9);
        assertEquals(2, reference.get("n").intValue());
        for (int seed = 0; seed < 2; seed++) {
            int epochs = reference.get("epochs").get(seed).intValue();
            assertTrue(epochs >= 1 && epochs <= 6, "epochs: " + epochs);
            assertTrue(reference.get("testAccuracy").get(seed).doubleValue() >= 0.5);
        }
        assertEquals(2, told.processes.stream().distinct().count());
        assertAllEnded();
    }

    @Test
    void withoutItsLibraryAPeerIsMissingAndNothingFails() {
        Path program = folder.resolve("peer.py");
        assertEquals(
                Optional.of("no Python at '/no/python'; --python names another"),
                new Peer("/no/python", program).missing());
        assertEquals(
                Optional.of("no torch in sh; --python names another Python that has it"),
                new Peer("sh", program).missing());
        Thread.currentThread().interrupt();
        assertEquals(Optional.of("interrupted"), new Peer("sh", program).missing());
        assertTrue(Thread.interrupted(), "whoever called is told");
        Bench bench = run(SMALL, new Peer("sh", program), 1, null, "faulty");
        assertEquals(1, bench.engines().size());
        assertEquals(Status.DONE, bench.engines().getFirst().status());
        assertEquals(
                List.of("peer unavailable: no torch in sh; --python names another Python that has it"), told.missing);
    }

    @Test
    @Tag("slow")
    void aPeerTakesItsTurnsLikeAnEngine() {
        Path program = Path.of("../benchmarks/peers/pytorch_mnist.py");
        Peer peer = List.of("python3", "/usr/bin/python3").stream()
                .map(python -> new Peer(python, program))
                .filter(candidate -> candidate.missing().isEmpty())
                .findFirst()
                .orElse(null);
        assumeTrue(peer != null, "no Python with torch here");
        Bench bench = run(SMALL, peer, 2, null, "faulty");
        BenchRow row = bench.engines().getLast();
        assertEquals(Status.DONE, row.status(), row::failure);
        assertTrue(row.peer());
        assertTrue(row.engine().matches("peer: pytorch \\d+\\.\\d+.* \\(python.*\\)"), row.engine());
        assertEquals(2, row.roundMedians().size());
        assertTrue(row.millisPerStep().median() > 0);
        assertTrue(row.peakMemoryMiB() > 50);
        assertTrue(row.startupSeconds() > 0.1 && row.startupSeconds() < 60, "start-up " + row.startupSeconds());
        assertEquals(
                bench.engines().getFirst().millisPerStep().median()
                        / row.millisPerStep().median(),
                row.ratioToFastestOther(),
                1e-12);
        assertNull(bench.engines().getFirst().ratioToFastestOther());
        assertNotEquals(row.engine(), row.library());
        assertAllEnded();
    }
}
