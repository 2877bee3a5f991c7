package tandem.engine.deeplearning4j;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tandem.core.engine.BuildProperties;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineDescription;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.JvmOptions;
import tandem.core.engine.Platform;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;
import tandem.core.engine.Support;

/**
 * Deeplearning4j on ND4J, with oneDNN. Nothing here but {@link #create} and {@link #predictor} touches a class of the
 * library, so that the lab can ask its questions without it.
 */
public final class Deeplearning4jProvider implements EngineProvider {
    static final EngineDescription DESCRIPTION =
            EngineDescription.of(BuildProperties.read(Deeplearning4jProvider.class, "deeplearning4j.properties"));

    /** The variant that leaves oneDNN off, as the library does by default. */
    static final String AS_SHIPPED = "as shipped";

    /** What the native library for AVX-512 makes use of. */
    private static final Set<String> AVX512 = Set.of("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl");

    /** What the native library for AVX2 makes use of. */
    private static final Set<String> AVX2 = Set.of("avx2", "fma");

    @Override
    public EngineDescription describe() {
        return DESCRIPTION;
    }

    /**
     * The library has natives for other platforms too, such as {@code linux-arm64} and {@code macosx-arm64}, but none
     * with oneDNN; and of those with oneDNN, the processor decides.
     */
    @Override
    public Support support(Platform platform) {
        return switch (DESCRIPTION.support(platform)) {
            case Support.Unsupported _ ->
                new Support.Unsupported(
                        "%s %s has natives with oneDNN for x86-64 only, and Tandem runs them on %s, not on %s"
                                .formatted(
                                        library(),
                                        version(),
                                        DESCRIPTION.natives().platforms().getFirst(),
                                        platform));
            case Support.Supported supported -> {
                if (platform.instructions().containsAll(AVX512)) {
                    yield with("avx512", supported);
                }
                if (platform.instructions().containsAll(AVX2)) {
                    yield with("avx2", supported);
                }
                yield new Support.Unsupported(
                        "%s %s runs with oneDNN on processors with AVX2 or AVX-512 only, and this one has neither"
                                .formatted(library(), version()));
            }
        };
    }

    private static Support with(String instructions, Support.Supported supported) {
        return new Support.Supported(supported.natives().stream()
                .map(jar -> jar.replace("{instructions}", instructions))
                .toList());
    }

    @Override
    public List<String> jvmOptions(Path cache) {
        return JvmOptions.javaCpp(
                cache,
                "-Dorg.nd4j.log.initialization=false",
                // When memory runs out, the library would write a report into the working folder.
                "-Dorg.deeplearning4j.crash.reporting.enabled=false",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    }

    @Override
    public Map<String, String> environment(int threads) {
        return Map.of("OMP_NUM_THREADS", String.valueOf(threads), "GOMP_SPINCOUNT", "10000");
    }

    @Override
    public Engine create(EngineSetup setup) {
        return DESCRIPTION.load(() -> new Deeplearning4jEngine(setup));
    }

    @Override
    public Predictor predictor(PredictorSetup setup) {
        return DESCRIPTION.load(() -> new Deeplearning4jPredictor(setup));
    }
}
