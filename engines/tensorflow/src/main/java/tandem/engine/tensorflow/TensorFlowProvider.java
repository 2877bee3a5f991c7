package tandem.engine.tensorflow;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tandem.core.Model;
import tandem.core.data.Normalisation;
import tandem.core.engine.BuildProperties;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineDescription;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.JvmOptions;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;

/**
 * TensorFlow through TensorFlow Java, in graph mode. Nothing here but {@link #create}, {@link #predictor} and
 * {@link #export} touches a class of the library, so that the lab can ask its questions without it.
 */
public final class TensorFlowProvider implements EngineProvider {
    static final EngineDescription DESCRIPTION =
            EngineDescription.of(BuildProperties.read(TensorFlowProvider.class, "tensorflow.properties"));

    @Override
    public EngineDescription describe() {
        return DESCRIPTION;
    }

    @Override
    public List<String> jvmOptions(Path cache) {
        return JvmOptions.javaCpp(cache);
    }

    @Override
    public Map<String, String> environment(int threads) {
        return Map.of(
                "TF_CPP_MIN_LOG_LEVEL", "1",
                // By default TensorFlow uses oneDNN only where it knows the processor for one that gains by it.
                "TF_ENABLE_ONEDNN_OPTS", "1");
    }

    @Override
    public Engine create(EngineSetup setup) {
        return DESCRIPTION.load(() -> new TensorFlowEngine(setup));
    }

    @Override
    public Predictor predictor(PredictorSetup setup) {
        return DESCRIPTION.load(() -> new TensorFlowPredictor(setup));
    }

    /** A SavedModel. */
    @Override
    public void export(Model model, Normalisation normalisation, boolean rawPixels, Path folder) {
        DESCRIPTION.load(() -> {
            TensorFlowSavedModel.write(model, normalisation, rawPixels, folder);
            return folder;
        });
    }
}
