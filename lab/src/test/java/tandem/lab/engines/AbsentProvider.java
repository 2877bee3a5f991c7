package tandem.lab.engines;

import java.util.Map;
import tandem.core.engine.EngineDescription;
import tandem.core.engine.EngineDescription.NativeJars;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Platform;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;
import tandem.core.engine.Support;

/** An engine that runs on no platform. */
public final class AbsentProvider implements EngineProvider {
    @Override
    public EngineDescription describe() {
        return new EngineDescription(
                "absent", "none", "0", 97, false, true, Map.of(), NativeJars.NONE, NativeJars.NONE, 0);
    }

    @Override
    public Support support(Platform platform) {
        return new Support.Unsupported("it runs nowhere");
    }

    @Override
    public Predictor predictor(PredictorSetup setup) {
        throw new UnsupportedOperationException();
    }
}
