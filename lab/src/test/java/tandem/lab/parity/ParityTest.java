package tandem.lab.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
import tandem.lab.engines.TestImages;
import tandem.lab.engines.TestWorkers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.lab.run.Machine;
import tandem.lab.run.RunDirectory;
import tools.jackson.databind.JsonNode;

/** Real workers in processes of their own: the oracle, rounded to float32, on real images with a small network. */
final class ParityTest {
    private static final int FIRST = 100;
    private static final int STEPS = 7;
    private static final Recipe SMALL = Recipe.PRESETS
            .get("harmonized")
            .with(Map.of(
                    "dataset",
                    TestImages.DATASET,
                    "network",
                    new Network(28, 28, 10, 2, 3, 8, 0.25, 0.5),
                    "trainLimit",
                    150,
                    "batchSize",
                    16));

    @TempDir
    Path folder;

    private final StopSignal stop = new StopSignal();

    private final List<String> told = new ArrayList<>();
    private final List<Progress.Diverging> diverging = new ArrayList<>();

    private void tell(Progress progress) {
        switch (progress) {
            case Progress.Started started -> told.add(started.row() + " started");
            case Progress.Prepared prepared ->
                told.add("%s prepared: %s"
                        .formatted(prepared.row(), prepared.library().name()));
            case Progress.Proving(String row, int done, int total) ->
                told.add("%s: %d of %d".formatted(row, done, total));
            case Progress.Diverging step -> diverging.add(step);
            case Progress.Judged(String row, boolean passed) -> told.add(row + (passed ? " passed" : " did not pass"));
            case Progress.Missing(String row, Status status, String reason) ->
                told.add("%s %s: %s".formatted(row, status, reason));
            default -> {}
        }
    }

    private Parity run(Path initial, String against, Consumer<Progress> progress, String... engines) {
        try (RunDirectory directory = RunDirectory.create(folder.resolve("run"), "parity")) {
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
                    Datasets.open(TestImages.DATASET)
                            .from(FIRST)
                            .limit(SMALL.trainLimit(), 0)
                            .train(),
                    directory);
        }
    }

    @Test
    void theReferencePassesItsOwnProof() throws Exception {
        Parity parity = run(null, "reference", this::tell, "reference", "faulty:throws");
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
            assertEquals(
                    new Progress.Diverging(
                            "reference",
                            step,
                            parity.lossDistances(parity.engines().getFirst()).get(step),
                            parity.noise().get(step)),
                    diverging.get(step),
                    "told when the step was taken");
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
        assertNull(parity.engines().getFirst().against(), "nothing came before it");
        assertEquals(
                2, Json.read(folder.resolve("run/machine.json"), Machine.class).threads());
        List<String> expected =
                new ArrayList<>(List.of("reference started", "reference prepared: plain Java, float64"));
        for (int step = 0; step <= 4 + STEPS; step++) {
            expected.add("reference: %d of %d".formatted(step, 4 + STEPS));
        }
        expected.addAll(List.of("reference passed", "faulty (throws) started", "faulty (throws) prepared: faults"));
        expected.add("faulty (throws): 0 of %d".formatted(4 + STEPS));
        expected.add("faulty (throws) failed: java.lang.UnsupportedOperationException");
        assertEquals(expected, told);
    }

    @Test
    void itStartsFromGivenParameters() {
        Network network = SMALL.network();
        Parameters initial = InitialParameters.of(SMALL.with(Map.of("seed", 7)));
        Path file = folder.resolve("init.safetensors");
        initial.write(file);
        Parity drawn = run(null, null, this::tell, "absent");
        assertEquals(Status.UNAVAILABLE, drawn.engines().getFirst().status());
        assertEquals(List.of("absent unavailable: it runs nowhere"), told);
        folder.resolve("run").toFile().renameTo(folder.resolve("other").toFile());
        Parity given = run(file, null, this::tell, "reference");
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

    @Test
    void interruptedInTheMiddleOfAProofItSaysSo() {
        Parity parity = run(
                null,
                null,
                progress -> {
                    tell(progress);
                    if (progress instanceof Progress.Proving(String _, int done, int _) && done == 0) {
                        stop.raise();
                    }
                },
                "reference");
        assertEquals(Status.INTERRUPTED, parity.engines().getFirst().status());
        assertEquals("interrupted", parity.engines().getFirst().failure());
        assertEquals("reference interrupted: interrupted", told.getLast());
        assertEquals(4, parity.proofs().size(), "the reference had taken its steps");
    }
}
