package tandem.engine.pytorch;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tandem.core.engine.BuildProperties;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineDescription;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.JvmOptions;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;

/**
 * PyTorch's C++ library, libtorch, through the JavaCPP presets. Nothing here but {@link #create} and {@link #predictor}
 * touches a class of the library, so that the lab can ask its questions without it.
 */
public final class PyTorchProvider implements EngineProvider {
    static final EngineDescription DESCRIPTION =
            EngineDescription.of(BuildProperties.read(PyTorchProvider.class, "pytorch.properties"));

    /** The variant that does without oneDNN tensors. */
    static final String PLAIN = "plain";

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
                "OMP_NUM_THREADS", String.valueOf(threads),
                "OPENBLAS_NUM_THREADS", "1",
                // A thread that waits for the others spins; by default for so long that a step takes 400 ms instead of
                // 75 when something else needs a core. So many turns are enough on a quiet machine.
                "GOMP_SPINCOUNT", "10000");
    }

    @Override
    public Engine create(EngineSetup setup) {
        return DESCRIPTION.load(() -> new PyTorchEngine(setup));
    }

    @Override
    public Predictor predictor(PredictorSetup setup) {
        return DESCRIPTION.load(() -> new PyTorchPredictor(setup));
    }
}
