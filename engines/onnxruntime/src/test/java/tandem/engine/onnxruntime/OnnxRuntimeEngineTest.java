package tandem.engine.onnxruntime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Library;
import tandem.core.random.InitialParameters;
import tandem.engine.reference.ReferenceProvider;

/** Logits against the float64 reference. */
final class OnnxRuntimeEngineTest {
    /** That of docs/parity.md for logits in float32, of the largest. */
    private static final double LIMIT = 1e-5;

    private static final Recipe RECIPE = Recipe.PRESETS.get("harmonized");
    private static final Network NETWORK = RECIPE.network();
    private static final Parameters PARAMETERS = InitialParameters.of(RECIPE);
    private static final OptimizerState ZEROS = OptimizerState.zeros(NETWORK);
    private static final Images TEST =
            Datasets.open(RECIPE.dataset()).limit(0, 250).test();

    private static Engine engine(Parameters parameters) {
        return new OnnxRuntimeProvider().create(new EngineSetup(RECIPE, parameters, ZEROS, 2, ""));
    }

    private static float[] reference(Parameters parameters) {
        float[] logits = new float[TEST.count() * NETWORK.classes()];
        try (Engine engine = new ReferenceProvider().create(new EngineSetup(RECIPE, parameters, ZEROS, 2, ""))) {
            engine.logits(TEST, 0, TEST.count(), logits);
        }
        return logits;
    }

    /** Calls of one, of a few and of more than one chunk, from several places of the images. */
    private static float[] logits(Engine engine) {
        float[] logits = new float[TEST.count() * NETWORK.classes()];
        int from = 0;
        for (int count : new int[] {1, 7, 230, 12}) {
            float[] some = new float[count * NETWORK.classes()];
            engine.logits(TEST, from, count, some);
            System.arraycopy(some, 0, logits, from * NETWORK.classes(), some.length);
            from += count;
        }
        assertEquals(TEST.count(), from);
        return logits;
    }

    private static void assertNear(float[] expected, float[] logits) {
        double largest = 1;
        for (float logit : expected) {
            largest = Math.max(largest, Math.abs(logit));
        }
        assertArrayEquals(expected, logits, (float) (LIMIT * largest));
    }

    @Test
    void logitsAreTheReferences() {
        try (Engine engine = engine(PARAMETERS)) {
            assertNear(reference(PARAMETERS), logits(engine));
        }
    }

    @Test
    void otherParametersGiveOtherLogits() {
        Parameters others = InitialParameters.of(RECIPE.with(Map.of("seed", 7)));
        try (Engine engine = engine(PARAMETERS)) {
            engine.restore(others, ZEROS);
            assertNear(reference(others), logits(engine));
            assertEquals(others.fingerprint(), engine.parameters().fingerprint());
            assertThrows(AssertionError.class, () -> assertNear(reference(PARAMETERS), logits(engine)));
        }
    }

    @Test
    void itSaysWhatItIsAndThatItOnlyPredicts() {
        OnnxRuntimeProvider provider = new OnnxRuntimeProvider();
        try (Engine engine = engine(PARAMETERS)) {
            assertEquals(new Library("ONNX Runtime", provider.version(), "cpu", 2), engine.library());
            assertThrows(UnsupportedOperationException.class, () -> engine.trainStep(null, 1));
        }
        assertTrue(!provider.trains() && provider.competes());
    }
}
