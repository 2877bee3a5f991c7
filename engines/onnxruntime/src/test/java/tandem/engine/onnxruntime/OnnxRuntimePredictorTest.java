package tandem.engine.onnxruntime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Library;
import tandem.core.engine.Platform;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;
import tandem.core.engine.Support;
import tandem.core.random.InitialParameters;
import tandem.engine.reference.ReferenceProvider;

/** Logits against the float64 reference. */
final class OnnxRuntimePredictorTest {
    /** That of docs/parity.md for logits in float32, of the largest. */
    private static final double LIMIT = 1e-5;

    private static final Recipe RECIPE = Recipe.PRESETS.get("harmonized");
    private static final Network NETWORK = RECIPE.network();
    private static final Parameters PARAMETERS = InitialParameters.of(RECIPE);
    private static final Images TEST =
            Datasets.open(RECIPE.dataset()).limit(0, 250).test();

    private final OnnxRuntimeProvider provider = new OnnxRuntimeProvider();

    private Predictor predictor(Parameters parameters) {
        return predictor(provider, parameters);
    }

    private static Predictor predictor(EngineProvider provider, Parameters parameters) {
        return provider.predictor(new PredictorSetup(NETWORK, parameters, 2, ""));
    }

    private static float[] reference(Parameters parameters) {
        float[] logits = new float[TEST.count() * NETWORK.classes()];
        try (Predictor reference = predictor(new ReferenceProvider(), parameters)) {
            reference.logits(TEST, 0, TEST.count(), logits);
        }
        return logits;
    }

    /** Calls of one, of a few and of more than one chunk, from several places of the images. */
    private static float[] logits(Predictor predictor) {
        float[] logits = new float[TEST.count() * NETWORK.classes()];
        int from = 0;
        for (int count : new int[] {1, 7, 230, 12}) {
            float[] some = new float[count * NETWORK.classes()];
            predictor.logits(TEST, from, count, some);
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
        try (Predictor predictor = predictor(PARAMETERS)) {
            assertNear(reference(PARAMETERS), logits(predictor));
        }
    }

    /** Two at a time, each asked many times, one closed twice before the other. */
    @Test
    void otherParametersGiveOtherLogits() {
        Parameters others = InitialParameters.of(RECIPE.with(Map.of("seed", 7)));
        float[] expected = reference(PARAMETERS);
        float[] expectedOthers = reference(others);
        try (Predictor predictor = predictor(others)) {
            Predictor first = predictor(PARAMETERS);
            for (int call = 0; call < 20; call++) {
                assertNear(expected, logits(first));
                assertNear(expectedOthers, logits(predictor));
            }
            assertThrows(AssertionError.class, () -> assertNear(expected, logits(predictor)));
            first.close();
            first.close();
            assertNear(expectedOthers, logits(predictor));
        }
        try (Predictor again = predictor(PARAMETERS)) {
            assertNear(expected, logits(again));
        }
    }

    @Test
    void itSaysWhatItIsAndThatItOnlyPredicts() {
        try (Predictor predictor = predictor(PARAMETERS)) {
            // That of the presets has their own behind it.
            String version = provider.version().replaceAll("-.*", "");
            assertEquals(new Library("ONNX Runtime", version, "cpu", 2), predictor.library());
        }
        assertFalse(provider.trains());
        assertTrue(provider.competes());
        Failure failure = assertThrows(Failure.class, () -> provider.create(EngineSetup.fresh(RECIPE, 2, "")));
        assertEquals("onnxruntime only predicts", failure.getMessage());
    }

    @Test
    void nativesAreNamedForThePlatformsThatHaveThem() {
        for (String platform : List.of("linux-x86_64", "linux-arm64", "macosx-arm64")) {
            String[] parts = platform.split("-");
            Support.Supported support = (Support.Supported) provider.support(new Platform(parts[0], parts[1]));
            assertEquals(
                    List.of("org.bytedeco:onnxruntime:V:P", "org.bytedeco:javacpp:V:P"),
                    support.natives().stream()
                            .map(natives ->
                                    natives.replaceAll(":[0-9.-]+:", ":V:").replace(platform, "P"))
                            .toList());
        }
        assertEquals(
                new Support.Unsupported(("ONNX Runtime %s has no native library for windows-x86_64, only for"
                                + " linux-x86_64, linux-arm64 and macosx-arm64")
                        .formatted(provider.version())),
                provider.support(new Platform("windows", "x86_64")));
    }
}
