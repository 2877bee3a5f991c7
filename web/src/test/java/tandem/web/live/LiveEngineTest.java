package tandem.web.live;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Model;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Normalisation;
import tandem.core.random.InitialParameters;
import tandem.engine.reference.Inspection;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.TestWorkers;
import tandem.lab.progress.StopSignal;

/** An engine that stays ready: the reference, in workers of its own. */
@Timeout(120)
class LiveEngineTest {
    private static final Normalisation NORMALISATION = new Normalisation(0.1307, 0.3081);

    @TempDir
    Path folder;

    private final List<String> states = new CopyOnWriteArrayList<>();
    private LiveEngine engine;

    @BeforeEach
    void make() {
        engine = engine("reference", Duration.ofMinutes(1));
    }

    private LiveEngine engine(String name, Duration idle) {
        return new LiveEngine(
                EngineName.parse(name),
                TestWorkers.of(folder, 1, _ -> {}, new StopSignal()),
                folder.resolve(name + ".log"),
                idle,
                changed -> states.add(changed.state() + (changed.reason() == null ? "" : ": " + changed.reason())));
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private ServedModel model(long seed) {
        Recipe recipe = Recipe.HARMONIZED.with(Map.of("seed", seed));
        Parameters parameters = InitialParameters.of(recipe);
        Path file = folder.resolve(seed + ".safetensors");
        parameters.write(file);
        return new ServedModel(
                "m", null, null, null, null, file, new Model(recipe.network(), parameters), NORMALISATION);
    }

    private static byte[] image(int ink) {
        byte[] pixels = new byte[784];
        for (int i = 300; i < 500; i++) {
            pixels[i] = (byte) ink;
        }
        return pixels;
    }

    private static float[] expected(ServedModel model, byte[] image) {
        double[] pixels = new double[image.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (image[i] & 0xff) / 255.0;
        }
        try (Inspection inspection = new Inspection(model.model(), model.normalisation())) {
            double[] logits = inspection.logits(pixels);
            float[] floats = new float[logits.length];
            for (int k = 0; k < floats.length; k++) {
                floats[k] = (float) logits[k];
            }
            return floats;
        }
    }

    /** What waits is asked together, and everybody gets the answer to his own question. */
    @Test
    void everyQuestionHasItsOwnAnswer() throws Exception {
        ServedModel first = model(1);
        ServedModel second = model(2);
        List<CompletableFuture<LiveEngine.Answered>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(engine.ask(i % 3 == 0 ? second : first, image(10 * i)));
        }
        for (int i = 0; i < answers.size(); i++) {
            float[] expected = expected(i % 3 == 0 ? second : first, image(10 * i));
            assertArrayEquals(expected, answers.get(i).get().logits(), 1e-5f, "question " + i);
        }
        assertTrue(
                answers.stream()
                                .map(answer -> answer.join().millis())
                                .distinct()
                                .count()
                        < 20,
                "calls were shared");
        assertEquals(List.of("starting", "warm"), states);
    }

    @Test
    void aWorkerThatNobodyAsksIsEnded() throws Exception {
        engine.close();
        engine = engine("reference", Duration.ofMillis(300));
        engine.ask(model(1), image(200)).get();
        ProcessHandle worker =
                ProcessHandle.of(Objects.requireNonNull(engine.pid())).orElseThrow();
        while (engine.state() != EngineState.ASLEEP) {
            Thread.sleep(20);
        }
        assertNull(engine.pid());
        worker.onExit().get();
        engine.ask(model(1), image(200)).get();
        assertEquals(EngineState.WARM, engine.state());
    }

    @Test
    void aWorkerThatDiedIsStartedAgain() throws Exception {
        ServedModel model = model(1);
        float[] before = engine.ask(model, image(200)).get().logits();
        long pid = Objects.requireNonNull(engine.pid());
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        // Whether somebody asks before it is noticed or not.
        assertArrayEquals(before, engine.ask(model, image(200)).get().logits());
        assertTrue(Objects.requireNonNull(engine.pid()) != pid);
        assertTrue(
                states.stream().anyMatch(state -> state.startsWith("starting: ")), () -> "it is said why: " + states);
    }

    @Test
    void anEngineThatCannotAnswerSaysWhy() {
        engine.close();
        engine = engine("faulty", Duration.ofMinutes(1));
        CompletableFuture<LiveEngine.Answered> answer = engine.ask(model(1), image(200));
        String reason =
                assertThrows(ExecutionException.class, answer::get).getCause().getMessage();
        assertFalse(reason.isBlank());
        assertEquals(EngineState.FAILED, engine.state());
        assertEquals(reason, engine.reason());
    }

    @Test
    void whoAsksAfterTheEndIsRefused() {
        engine.close();
        ServedModel model = model(1);
        assertThrows(RejectedExecutionException.class, () -> engine.ask(model, image(1)));
        assertEquals("", states.stream().collect(Collectors.joining()));
    }
}
