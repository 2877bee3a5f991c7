package tandem.engine.onnxruntime;

import java.nio.file.Path;
import java.util.List;
import tandem.core.engine.BuildProperties;
import tandem.core.engine.EngineDescription;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.JvmOptions;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;

/**
 * ONNX Runtime's C++ library through the JavaCPP presets, which only predicts. Nothing here but {@link #predictor}
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
        return JvmOptions.javaCpp(cache);
    }

    @Override
    public Predictor predictor(PredictorSetup setup) {
        return DESCRIPTION.load(() -> new OnnxRuntimePredictor(setup));
    }
}
