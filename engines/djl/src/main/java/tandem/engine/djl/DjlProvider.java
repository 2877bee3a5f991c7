package tandem.engine.djl;

import static java.util.Map.entry;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import tandem.core.engine.BuildProperties;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineDescription;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.JvmOptions;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;

/**
 * DJL, the Deep Java Library, on its PyTorch engine. Nothing here but {@link #create} and {@link #predictor} touches a
 * class of the library, so that the lab can ask its questions without it.
 */
public final class DjlProvider implements EngineProvider {
    private static final Properties BUILD = BuildProperties.read(DjlProvider.class, "djl.properties");

    static final EngineDescription DESCRIPTION = EngineDescription.of(BUILD);

    /** The variant that does without oneDNN's layouts. */
    static final String PLAIN = "plain";

    @Override
    public EngineDescription describe() {
        return DESCRIPTION;
    }

    @Override
    public List<String> jvmOptions(Path cache) {
        return JvmOptions.nativeLibrary(
                "-DDJL_CACHE_DIR=" + cache,
                // DJL looks for CUDA through JNA, which unpacks a library of its own for it.
                "-Djna.tmpdir=" + cache,
                // DJL logs to SLF4J; nobody asks for it, and its errors are exceptions.
                "-Dslf4j.internal.verbosity=ERROR");
    }

    @Override
    public Map<String, String> environment(int threads) {
        return Map.ofEntries(
                // DJL fetches what it does not find, and tells its makers about machines in their cloud: not here.
                entry("DJL_OFFLINE", "true"),
                entry("OPT_OUT_TRACKING", "true"),
                // Nor does it take another PyTorch that may be named by the user's own environment.
                entry("ENGINE_CACHE_DIR", ""),
                entry("PYTORCH_LIBRARY_PATH", ""),
                entry("PYTORCH_VERSION", ""),
                entry("OMP_NUM_THREADS", String.valueOf(threads)),
                // As for the pytorch engine: threads that wait spin only briefly.
                entry("GOMP_SPINCOUNT", "10000"));
    }

    @Override
    public Map<String, String> environment(int threads, String variant, boolean offline) {
        Map<String, String> environment = new HashMap<>(environment(threads));
        if (variant.equals(CUDA)) {
            environment.put("DJL_OFFLINE", String.valueOf(offline));
            environment.put("PYTORCH_FLAVOR", BUILD.getProperty("flavor"));
        }
        return environment;
    }

    @Override
    public Engine create(EngineSetup setup) {
        return DESCRIPTION.load(() -> new DjlEngine(setup));
    }

    @Override
    public Predictor predictor(PredictorSetup setup) {
        return DESCRIPTION.load(() -> new DjlPredictor(setup));
    }
}
