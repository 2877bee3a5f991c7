package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speed and time to an accuracy through the public command, in real engines. */
final class BenchTest {
    private static final JsonMapper JSON = new JsonMapper();

    /** No Python: whether this machine's has torch must not matter here. */
    private static final String[] WITHOUT_PEER = {"--python", "/no/python"};

    @TempDir
    Path folder;

    private JsonNode bench() throws IOException {
        return JSON.readTree(Files.readString(folder.resolve("run/bench.json")));
    }

    /** Beside engines that train, one that only predicts: no steps, and no accuracy to reach. */
    @Test
    void anEngineThatOnlyPredictsHasItsRowToo() throws Exception {
        JsonNode bench = Runs.bench().json("bench.json");
        assertTrue(bench.get("sameInputs").booleanValue());
        JsonNode java = bench.get("engines").get(0);
        JsonNode trained = bench.get("engines").get(3);
        assertEquals("trained", trained.get("engine").asString());
        assertEquals("done", trained.get("status").asString());
        assertEquals("Sleep", trained.get("library").asString());
        for (String field : new String[] {"millisPerStep", "trainImagesPerSecond", "firstStepSeconds", "warmUp"}) {
            assertTrue(trained.get(field).isNull(), field);
            assertFalse(java.get(field).isNull(), field);
        }
        assertTrue(trained.get("ratioToFastestOther").isNull(), "it has no steps to compare");
        for (JsonNode rate : trained.get("inferenceImagesPerSecond")) {
            assertTrue(rate.doubleValue() > 10, trained.toString());
        }
        assertTrue(trained.get("startupSeconds").doubleValue() > 0);
        assertTrue(trained.get("peakMemoryMiB").doubleValue() > 0);
    }

    @Test
    void enginesAndTheirVariantsAreMeasuredInRounds() throws Exception {
        Runs.Run run = Runs.bench();
        assertEquals("bench", run.out().strip().lines().toList().getLast());
        assertTrue(run.out().contains("peer: unavailable: no Python at '/no/python'"), run.out());
        assertTrue(run.out().contains("round 2 of 2, ms/step: java (direct convolution) "), run.out());
        assertTrue(run.out().contains("\n| pytorch (plain) "), run.out());

        JsonNode bench = run.json("bench.json");
        assertEquals(32, bench.at("/recipe/batchSize").intValue());
        assertEquals(2, bench.get("rounds").intValue());
        assertEquals(3, bench.get("steps").intValue());
        assertTrue(bench.get("sameInputs").booleanValue());
        assertTrue(bench.get("command").asString().startsWith("tandem bench --engines java:direct-convolution"));
        assertTrue(bench.at("/machine/cores").intValue() > 0);
        JsonNode engines = bench.get("engines");
        // A variant that is asked for by name comes alone.
        assertEquals(4, engines.size());
        assertEquals("java (direct convolution)", engines.get(0).get("engine").asString());
        assertEquals("pytorch", engines.get(1).get("engine").asString());
        assertTrue(engines.get(1).get("variantOf").isNull());
        assertEquals("pytorch (plain)", engines.get(2).get("engine").asString());
        assertEquals("pytorch", engines.get(2).get("variantOf").asString());
        for (int row = 0; row < 3; row++) {
            JsonNode engine = engines.get(row);
            assertEquals("done", engine.get("status").asString());
            double median = engine.at("/millisPerStep/median").doubleValue();
            assertTrue(median > 1 && median < 2000, engine.toString());
            // Steps and batches in wall time: never more images a second than the steps alone would allow.
            assertTrue(
                    engine.get("trainImagesPerSecond").doubleValue()
                            <= 32e3 / engine.at("/millisPerStep/p10").doubleValue(),
                    engine.toString());
            for (String images : List.of("1", "64", "1000")) {
                assertTrue(engine.get("inferenceImagesPerSecond").get(images).doubleValue() > 1, engine.toString());
            }
            assertTrue(engine.at("/warmUp/steps").intValue() >= 61, engine.toString());
            assertTrue(engine.get("firstStepSeconds").doubleValue()
                    > engine.get("startupSeconds").doubleValue());
            assertTrue(engine.get("peakMemoryMiB").doubleValue() > 100, engine.toString());
        }
        assertTrue(engines.get(1).get("libraryVersion").asString().matches("\\d+\\.\\d+.*"), engines::toString);
    }

    /** Table, file and chart say the same of every point; a network twice as wide needs more memory. */
    @Test
    void aSweepIsATableAFileAndAChart() throws Exception {
        Tandem tandem = Tandem.run(
                folder, "bench", "--engines", "java", "--sweep", "conv1=32,64", "--rounds", "1", "--out", "run");
        assertEquals(0, tandem.exitCode(), tandem.out() + tandem.err());
        JsonNode sweep = bench().at("/sweeps/0");
        assertEquals("conv1", sweep.get("size").asString());
        List<List<Double>> expected = new ArrayList<>();
        List<String> memory = new ArrayList<>(List.of("java"));
        for (JsonNode point : sweep.get("points")) {
            JsonNode java = point.at("/engines/0");
            assertEquals("done", java.get("status").asString(), java::toString);
            expected.add(List.of(
                    point.get("value").doubleValue(),
                    java.at("/millisPerStep/median").doubleValue()));
            memory.add("%.0f".formatted(java.get("peakMemoryMiB").doubleValue()));
        }
        assertEquals(List.of(32.0, 64.0), expected.stream().map(List::getFirst).toList());
        Page page = Page.read(folder.resolve("run"));
        assertEquals(
                expected,
                Page.points(page.block("growth", "Train step, by conv1").at("/lines/0")));
        PrintedTable table = PrintedTable.of(tandem.out()).getLast();
        assertEquals(List.of("peak MiB", "32", "64"), table.columns());
        assertEquals(List.of(memory), table.rows());
        assertTrue(Integer.parseInt(memory.get(2)) > Integer.parseInt(memory.get(1)), memory::toString);
    }

    @Tag("slow")
    @Test
    void timeToAnAccuracyIsTaken() throws Exception {
        Tandem tandem = Tandem.run(
                folder,
                "bench",
                "--rounds",
                "0",
                "--engines",
                "java,pytorch",
                "--to-accuracy",
                "97",
                "--seeds",
                "2",
                "--epochs",
                "1",
                "--out",
                "run");
        assertEquals(0, tandem.exitCode(), tandem.out() + tandem.err());
        for (JsonNode engine : bench().at("/toAccuracy/engines")) {
            assertEquals(2, engine.get("n").intValue(), engine::toString);
            engine.get("seconds").forEach(seconds -> assertTrue(seconds.doubleValue() > 2, engine::toString));
        }
    }

    @Test
    void anInterruptedBenchKeepsWhatItHas() throws Exception {
        Tandem.Running running = Tandem.start(
                folder,
                "bench",
                "--engines",
                "java:direct-convolution",
                "--rounds",
                "1000",
                "--steps",
                "5",
                WITHOUT_PEER[0],
                WITHOUT_PEER[1],
                "--out",
                "run");
        running.await("round 2 of 1000");
        running.signal("INT");
        Tandem tandem = running.end();
        assertEquals(130, tandem.exitCode(), tandem.err());
        JsonNode row = bench().at("/engines/0");
        assertEquals("interrupted", row.get("status").asString());
        assertTrue(row.get("failure").asString().matches("interrupted after \\d+ of 1000 rounds"), row.toString());
        assertTrue(row.get("roundMedians").size() >= 2, row.toString());
        assertTrue(row.at("/millisPerStep/median").doubleValue() > 0);
        assertFalse(tandem.out().contains("round 900 of 1000"));
    }

    @Test
    void aKilledWorkerFailsItsRowAlone() throws Exception {
        Tandem.Running running = Tandem.start(
                folder,
                "bench",
                "--engines",
                "java,onnxruntime",
                "--no-variants",
                "--rounds",
                "1",
                "--steps",
                "5",
                WITHOUT_PEER[0],
                WITHOUT_PEER[1],
                "--out",
                "run");
        running.await("java: starting");
        ProcessHandle worker = running.workers().getFirst();
        running.await("ready after");
        worker.destroyForcibly();
        Tandem tandem = running.end();
        assertEquals(1, tandem.exitCode(), tandem.err());
        JsonNode engines = bench().get("engines");
        assertEquals("failed", engines.get(0).get("status").asString());
        assertTrue(engines.get(0).get("failure").asString().contains("killed by signal 9"), engines.get(0)::toString);
        assertEquals("done", engines.get(1).get("status").asString());
    }
}
