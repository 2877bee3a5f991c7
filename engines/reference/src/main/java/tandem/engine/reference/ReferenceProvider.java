package tandem.engine.reference;

import java.util.Map;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineDescription;
import tandem.core.engine.EngineDescription.NativeJars;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;

/** The oracle as an engine: float64 in plain Java, on every platform, never in a race. */
public final class ReferenceProvider implements EngineProvider {
    /** Its version is Java's: there is no other library. */
    static final EngineDescription DESCRIPTION = new EngineDescription(
            "reference",
            "plain Java, float64",
            Runtime.version().toString(),
            99,
            false,
            true,
            Map.of(),
            NativeJars.NONE,
            NativeJars.NONE,
            0);

    /** For {@link java.util.ServiceLoader}. */
    public ReferenceProvider() {}

    @Override
    public EngineDescription describe() {
        return DESCRIPTION;
    }

    @Override
    public Engine create(EngineSetup setup) {
        return new ReferenceEngine(setup.recipe(), setup.parameters(), setup.state(), setup.threads());
    }

    @Override
    public Predictor predictor(PredictorSetup setup) {
        return new ReferencePredictor(setup);
    }
}
