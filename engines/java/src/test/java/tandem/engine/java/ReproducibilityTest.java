package tandem.engine.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.core.Fingerprint;
import tandem.core.OptimizerState;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Training;

/** The same run gives the same bits. */
final class ReproducibilityTest {

    /** Parameters and accumulators after so many steps on MNIST, as a fingerprint. */
    static String train(Recipe recipe, int threads, int steps, int stateEvery) {
        Images images = Datasets.open("mnist").train().first(recipe.trainLimit());
        try (Engine engine = new JavaProvider().create(EngineSetup.fresh(recipe, threads, ""))) {
            Training training = new Training(recipe, images);
            for (int step = 0; step < steps; step++) {
                training.step(engine);
                if (step % stateEvery == 0) {
                    engine.optimizerState();
                }
            }
            OptimizerState state = engine.optimizerState();
            return new Fingerprint()
                    .add(engine.parameters().fingerprint())
                    .add(state.squareAverage().fingerprint())
                    .add(state.accumulatedDelta().fingerprint())
                    .toString();
        }
    }

    /** Batches of 64 and a last one of 36. */
    private static final Recipe RECIPE = Recipe.PRESETS.get("harmonized").with(Map.of("trainLimit", 356));

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 7})
    void threadsDoNotMatter(int threads) {
        assertEquals(train(RECIPE, 1, 8, 100), train(RECIPE, threads, 8, 100));
    }

    /** Rows of features that are alive nowhere decay when somebody looks; looking must not change a bit. */
    @Test
    void lookingAtTheStateDoesNotMatter() {
        assertEquals(train(RECIPE, 2, 12, 100), train(RECIPE, 2, 12, 1));
    }

    /** Run in JVMs of their own: as usual, our code interpreted, compiled by C1 alone, compiled by C2 at once. */
    public static void main(String[] arguments) {
        Recipe recipe = Recipe.PRESETS.get("harmonized").with(Map.of("trainLimit", 2, "batchSize", 2));
        System.out.println(train(recipe, 2, 1, 100));
    }

    @Test
    void compilersDoNotMatter() throws IOException, InterruptedException {
        String usual = inJvm();
        assertEquals(usual, inJvm("-XX:CompileCommand=quiet", "-XX:CompileCommand=exclude,tandem.engine.java.*::*"));
        assertEquals(usual, inJvm("-XX:TieredStopAtLevel=1"));
        assertEquals(usual, inJvm("-Xbatch", "-XX:CompileThresholdScaling=0.02"));
    }

    private static String inJvm(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("-XX:+UseG1GC", "-Xmn24m", "-cp", System.getProperty("java.class.path")));
        if (VectorWidth.bits() > 0) {
            command.add("--add-modules=" + VectorWidth.MODULE);
            command.add("-D" + VectorWidth.PROPERTY + "=" + VectorWidth.bits());
        }
        command.addAll(List.of(options));
        command.add(ReproducibilityTest.class.getName());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + "\n" + output);
        assertTrue(output.strip().matches("[0-9a-f]{16,}"), output);
        return output.strip();
    }
}
