package tandem.engine.onnxruntime;

import java.nio.file.Path;
import java.util.List;
import tandem.core.engine.BuildProperties;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineDescription;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.JvmOptions;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;

/**
 * ONNX Runtime's C++ library through the JavaCPP presets. Nothing here but {@link #create} and {@link #predictor}
 * touches a class of the library, so that the lab can ask its questions without it.
 */
public final class OnnxRuntimeProvider implements EngineProvider {
    static final EngineDescription DESCRIPTION =
            EngineDescription.of(BuildProperties.read(OnnxRuntimeProvider.class, "onnxruntime.properties"));

    @Override
    public EngineDescription describe() {
        return DESCRIPTION;
    }

    @Override
    public List<String> jvmOptions(Path cache) {
        // ONNX Runtime lets its threads round denormal numbers to zero, also the one that makes a session; Java's own
        // arithmetic must not see it.
        return JvmOptions.javaCpp(cache, "-XX:+RestoreMXCSROnJNICalls");
    }

    @Override
    public Engine create(EngineSetup setup) {
        return DESCRIPTION.load(() -> new OnnxRuntimeEngine(setup));
    }

    @Override
    public Predictor predictor(PredictorSetup setup) {
        return DESCRIPTION.load(() -> new OnnxRuntimePredictor(setup));
    }
}
