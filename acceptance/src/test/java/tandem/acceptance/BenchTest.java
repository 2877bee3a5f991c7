package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speed and time to an accuracy through the public command, in a real engine. */
final class BenchTest {
    private static final JsonMapper JSON = new JsonMapper();

    /** No Python: whether this machine's has torch must not matter here. */
    private static final String[] WITHOUT_PEER = {"--python", "/no/python"};

    @TempDir
    Path folder;

    private JsonNode bench() throws IOException {
        return JSON.readTree(Files.readString(folder.resolve("run/bench.json")));
    }

    /** Beside an engine that trains, one that only predicts: no steps, and no accuracy to reach. */
    @Test
    void anEngineThatOnlyPredictsHasItsRowToo() throws Exception {
        Tandem tandem = Tandem.run(
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
        assertEquals(0, tandem.exitCode(), tandem.err());
        JsonNode bench = bench();
        assertTrue(bench.get("sameInputs").booleanValue());
        JsonNode java = bench.get("engines").get(0);
        JsonNode onnxruntime = bench.get("engines").get(1);
        assertEquals("onnxruntime", onnxruntime.get("engine").asString());
        assertEquals("done", onnxruntime.get("status").asString());
        assertEquals("ONNX Runtime", onnxruntime.get("library").asString());
        for (String field : new String[] {"millisPerStep", "trainImagesPerSecond", "firstStepSeconds", "warmUp"}) {
            assertTrue(onnxruntime.get(field).isNull(), field);
            assertFalse(java.get(field).isNull(), field);
        }
        assertTrue(java.get("ratioToFastestOther").isNull(), "nobody else trains");
        for (JsonNode rate : onnxruntime.get("inferenceImagesPerSecond")) {
            assertTrue(rate.doubleValue() > 10, onnxruntime.toString());
        }
        assertTrue(onnxruntime.get("startupSeconds").doubleValue() > 0);
        assertTrue(onnxruntime.get("peakMemoryMiB").doubleValue() > 0);
    }

    @Test
    void enginesAndTheirVariantsAreMeasuredInRounds() throws Exception {
        Tandem tandem = Tandem.run(
                folder,
                "bench",
                "--engines",
                "pytorch",
                "--rounds",
                "2",
                "--steps",
                "5",
                "--batch-size",
                "32",
                WITHOUT_PEER[0],
                WITHOUT_PEER[1],
                "--out",
                "run");
        assertEquals(0, tandem.exitCode(), tandem.err());
        assertEquals("run", tandem.out().strip().lines().toList().getLast());
        assertTrue(tandem.out().contains("peer: unavailable: no Python at '/no/python'"), tandem.out());
        assertTrue(tandem.out().contains("round 2 of 2, ms/step: pytorch "), tandem.out());
        assertTrue(tandem.out().contains("\n| pytorch (plain) |"), tandem.out());

        JsonNode bench = bench();
        assertEquals(32, bench.at("/recipe/batchSize").intValue());
        assertEquals(2, bench.get("rounds").intValue());
        assertEquals(5, bench.get("steps").intValue());
        assertTrue(bench.get("sameInputs").booleanValue());
        assertTrue(bench.get("command").asString().startsWith("tandem bench --engines pytorch"));
        assertTrue(bench.at("/machine/cores").intValue() > 0);
        JsonNode engines = bench.get("engines");
        assertEquals(2, engines.size());
        assertEquals("pytorch", engines.get(0).get("engine").asString());
        assertTrue(engines.get(0).get("variantOf").isNull());
        assertEquals("pytorch (plain)", engines.get(1).get("engine").asString());
        assertEquals("pytorch", engines.get(1).get("variantOf").asString());
        for (JsonNode engine : engines) {
            assertEquals("done", engine.get("status").asString());
            assertTrue(engine.get("libraryVersion").asString().matches("\\d+\\.\\d+.*"), engine.toString());
            assertTrue(engine.get("ratioToFastestOther").isNull(), "there is no other engine");
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
    }

    @Test
    void anInterruptedBenchKeepsWhatItHas() throws Exception {
        Tandem.Running running = Tandem.start(
                folder,
                "bench",
                "--engines",
                "pytorch:plain",
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
                "pytorch",
                "--rounds",
                "1",
                "--steps",
                "5",
                WITHOUT_PEER[0],
                WITHOUT_PEER[1],
                "--out",
                "run");
        running.await("pytorch: warmed up");
        String pid = Files.readString(running.out()).replaceAll("(?s).*pytorch: starting, process (\\d+).*", "$1");
        ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly();
        Tandem tandem = running.end();
        assertEquals(1, tandem.exitCode(), tandem.err());
        JsonNode engines = bench().get("engines");
        assertEquals("failed", engines.get(0).get("status").asString());
        assertTrue(engines.get(0).get("failure").asString().contains("killed by signal 9"), engines.get(0)::toString);
        assertEquals("done", engines.get(1).get("status").asString());
    }
}
