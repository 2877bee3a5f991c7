package tandem.engine.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.engine.Batch;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;
import tandem.core.random.InitialParameters;

/** The update, the provider, and what crosses the engine's interface. */
class ReferenceEngineTest {
    private static final Network NETWORK = Small.NETWORK;

    /** Two updates of one parameter, computed with 40 decimal digits; the tolerance is a unit in the 15th. */
    @Test
    void adadelta() {
        Recipe recipe = Small.RECIPE.with(Map.of("rho", 0.9, "epsilon", 1e-6));
        try (ReferenceEngine engine = Small.engine(recipe, 1)) {
            ReferenceTensors parameters = new ReferenceTensors(NETWORK);
            ReferenceTensors gradients = new ReferenceTensors(NETWORK);
            parameters.get("fc1.bias")[2] = 0.25;
            engine.restore64(parameters, new ReferenceTensors(NETWORK), new ReferenceTensors(NETWORK));

            gradients.get("fc1.bias")[2] = 0.5;
            engine.update(gradients, 0.7);
            assertElement(engine, 0.025, 9.999600015999360025599e-7, 0.2477864499084412644779784852683);

            gradients.get("fc1.bias")[2] = -0.125;
            engine.update(gradients, 0.7);
            assertElement(engine, 0.0240625, 1.029826137143389531940e-6, 0.2485841493912961118492385565629);
        }
    }

    private static void assertElement(ReferenceEngine engine, double square, double delta, double parameter) {
        assertEquals(square, engine.squareAverage64().get("fc1.bias")[2], 1e-15 * square);
        assertEquals(delta, engine.accumulatedDelta64().get("fc1.bias")[2], 1e-15 * delta);
        assertEquals(parameter, engine.parameters64().get("fc1.bias")[2], 1e-15 * parameter);
        assertEquals(0, engine.parameters64().get("fc1.bias")[1], "without a gradient nothing moves");
    }

    @Test
    void aStepIsThePassAndTheUpdate() {
        Batch batch = Batch.of(NETWORK, Small.noise(5), 4, 0, 2);
        try (ReferenceEngine step = Small.engine(Small.RECIPE, 1);
                ReferenceEngine parts = Small.engine(Small.RECIPE, 1)) {
            Pass pass = parts.pass(batch);
            parts.update(pass.gradients(), 0.5f);
            assertEquals((float) pass.loss(), step.trainStep(batch, 0.5f));
            for (Shape shape : NETWORK.parameters()) {
                assertArrayEquals(
                        parts.parameters64().get(shape.name()),
                        step.parameters64().get(shape.name()));
            }
        }
    }

    @Test
    void valuesAreRoundedAtTheInterfaceOnly() {
        Batch batch = Batch.of(NETWORK, Small.noise(3), 0, 1, 2);
        try (ReferenceEngine engine = Small.engine(Small.RECIPE, 1)) {
            engine.trainStep(batch, 1);
            for (Shape shape : NETWORK.parameters()) {
                String name = shape.name();
                assertArrayEquals(
                        rounded(engine.parameters64().get(name)),
                        engine.parameters().get(name));
                assertArrayEquals(
                        rounded(engine.squareAverage64().get(name)),
                        engine.optimizerState().squareAverage().get(name));
                assertArrayEquals(
                        rounded(engine.accumulatedDelta64().get(name)),
                        engine.optimizerState().accumulatedDelta().get(name));
            }
            double[] unrounded = engine.parameters64().get("fc2.weight");
            assertFalse(Arrays.stream(unrounded).allMatch(v -> v == (float) v), "inside all is float64");

            Engine other = Small.engine(Small.RECIPE, 1);
            other.restore(engine.parameters(), engine.optimizerState());
            assertEquals(engine.parameters().fingerprint(), other.parameters().fingerprint());
            assertEquals(
                    engine.optimizerState().squareAverage().fingerprint(),
                    other.optimizerState().squareAverage().fingerprint());
            other.close();
        }
    }

    private static float[] rounded(double[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) values[i];
        }
        return rounded;
    }

    @Test
    void whatIsGivenOrReadIsACopy() {
        Batch batch = Batch.of(NETWORK, Small.noise(2), 0, 1);
        ReferenceTensors given = new ReferenceTensors(NETWORK);
        try (ReferenceEngine engine = Small.engine(Small.RECIPE, 1)) {
            engine.restore64(given, new ReferenceTensors(NETWORK), new ReferenceTensors(NETWORK));
            double before = engine.pass(batch).loss();
            given.get("fc2.bias")[0] = 1;
            engine.parameters64().get("fc2.bias")[0] = 1;
            engine.parameters().get("fc2.bias")[0] = 1;
            assertEquals(before, engine.pass(batch).loss());
            assertEquals(Math.log(4), before, 1e-15, "parameters of zero: four equal probabilities");
        }
    }

    @Test
    void theProviderIsFoundAndNeedsNothing() {
        EngineProvider provider = ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.name().equals("reference"))
                .findFirst()
                .orElseThrow();
        Support support = provider.support(new Platform("plan9", "sparc"));
        assertEquals(
                List.of(), assertInstanceOf(Support.Supported.class, support).natives());
        assertFalse(provider.competes());
        assertEquals(99, provider.rank());
        EngineSetup setup =
                new EngineSetup(Small.RECIPE, InitialParameters.of(Small.RECIPE), OptimizerState.zeros(NETWORK), 2, "");
        try (Engine engine = provider.create(setup)) {
            assertEquals(provider.library(), engine.library().name());
            assertEquals(provider.version(), engine.library().version());
            assertEquals(2, engine.library().threads());
            assertEquals(setup.parameters().fingerprint(), engine.parameters().fingerprint());
        }
    }
}
