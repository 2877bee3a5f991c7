package tandem.lab.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Json;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Datasets;
import tandem.core.random.InitialParameters;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.TestWorkers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.lab.run.RunDirectory;
import tools.jackson.databind.JsonNode;

/** Real workers in processes of their own: the oracle, rounded to float32, on real images with a small network. */
final class ParityTest {
    private static final int FIRST = 100;
    private static final int STEPS = 7;
    private static final Recipe SMALL = Recipe.PRESETS
            .get("harmonized")
            .with(Map.of(
                    "network", new Network(28, 28, 10, 2, 3, 8, 0.25, 0.5),
                    "trainLimit", 150,
                    "batchSize", 16));

    @TempDir
    Path folder;

    private final StopSignal stop = new StopSignal();

    private static void silent(Progress progress) {
        if (progress instanceof Progress.Proving(String _, int done, int total)) {
            assertTrue(done <= total);
        }
    }

    private Parity run(Path initial, String against, Consumer<Progress> progress, String... engines) {
        return Parity.run(
                new Parity.Plan(
                        "tandem parity",
                        SMALL,
                        Arrays.stream(engines).map(EngineName::parse).toList(),
                        against == null ? null : EngineName.parse(against),
                        initial,
                        FIRST,
                        STEPS),
                TestWorkers.of(folder, 2, progress, stop),
                Datasets.open("mnist").from(FIRST).limit(SMALL.trainLimit(), 0).train(),
                RunDirectory.create(folder.resolve("run"), "parity"));
    }

    @Test
    void theReferencePassesItsOwnProof() throws Exception {
        Parity parity = run(null, "reference", ParityTest::silent, "reference", "faulty:throws");
        JsonNode json = Json.MAPPER.readTree(Files.readString(folder.resolve("run/parity.json")));
        assertEquals(STEPS, json.get("steps").intValue());
        JsonNode engine = json.get("engines").get(0);
        assertEquals("reference", engine.get("engine").asString());
        assertTrue(engine.get("passed").booleanValue(), engine::toPrettyString);
        assertTrue(engine.get("firstDivergingTensor").isNull());
        assertTrue(engine.get("sameInputs").booleanValue());
        assertEquals(0, engine.get("logitsError").doubleValue(), 6e-8);
        for (String errors : List.of("gradientRelativeError", "parameterRelativeError", "stateRelativeError")) {
            assertEquals(
                    List.of(
                            "fc2.weight",
                            "fc2.bias",
                            "fc1.weight",
                            "fc1.bias",
                            "conv2.weight",
                            "conv2.bias",
                            "conv1.weight",
                            "conv1.bias"),
                    engine.get(errors).propertyStream().map(Map.Entry::getKey).toList());
            engine.get(errors).forEach(error -> assertEquals(0, error.doubleValue(), 1e-7));
        }
        assertEquals(STEPS, json.get("lossReference").size());
        assertEquals(STEPS, json.get("noise").size());
        for (int step = 0; step < STEPS; step++) {
            assertEquals(
                    json.get("lossReference").get(step).doubleValue(),
                    engine.get("loss").get(step).doubleValue(),
                    1e-6,
                    "the same trajectory, in another process, from images " + FIRST + " on");
            assertTrue(json.get("noise").get(step).doubleValue() > 0);
        }
        assertEquals(
                List.of(0, 1, 5, 20),
                parity.proofs().stream().map(Parity.Proof::afterSteps).toList());

        JsonNode faulty = json.get("engines").get(1);
        assertEquals("failed", faulty.get("status").asString());
        assertFalse(faulty.get("passed").booleanValue());
        assertTrue(faulty.get("failure").asString().contains("UnsupportedOperation"), faulty::toString);
        assertFalse(Files.exists(folder.resolve("run/exchange")), "tensors of the proof are gone");
        assertEquals(
                0,
                ProvedEngine.largest(parity.engines().getFirst().gradientRelativeError())
                        .getValue(),
                1e-7);
    }

    @Test
    void itStartsFromGivenParameters() {
        Network network = SMALL.network();
        Parameters initial = InitialParameters.of(SMALL.with(Map.of("seed", 7)));
        Path file = folder.resolve("init.safetensors");
        initial.write(file);
        Parity drawn = run(null, null, ParityTest::silent, "reference");
        folder.resolve("run").toFile().renameTo(folder.resolve("other").toFile());
        Parity given = run(file, null, ParityTest::silent, "reference");
        assertTrue(given.engines().getFirst().passed());
        assertTrue(Math.abs(
                        given.lossReference().getFirst() - drawn.lossReference().getFirst())
                > 1e-3);
        Parameters end = Parameters.read(folder.resolve("run/reference/model.safetensors"), network);
        for (Shape shape : network.parameters()) {
            assertFalse(
                    Arrays.equals(initial.get(shape.name()), end.get(shape.name())),
                    () -> shape.name() + " was trained");
        }
    }

    @Test
    void interruptedItSaysSo() {
        Parity parity = run(
                null,
                null,
                progress -> {
                    if (progress instanceof Progress.Reference) {
                        stop.raise();
                    }
                },
                "reference");
        assertEquals(Status.INTERRUPTED, parity.engines().getFirst().status());
        assertNull(parity.parameterNoise());
        assertTrue(Files.exists(folder.resolve("run/parity.json")));
    }
}
