package tandem.engine.djl;

import static java.util.Map.entry;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import tandem.core.engine.BuildProperties;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;

/**
 * DJL, the Deep Java Library, on its PyTorch engine. Nothing here but {@link #create} touches a class of the library,
 * so that the lab can ask its questions without it.
 */
public final class DjlProvider implements EngineProvider {
    /** Name of the library. */
    static final String LIBRARY = "DJL (PyTorch)";

    /** The variant that does without oneDNN's layouts. */
    static final String PLAIN = "plain";

    private static final String CUDA_PLATFORM = "linux-x86_64";

    /** DJL's classifiers of native jars, by platform. */
    private static final Map<String, String> CLASSIFIERS = Map.of(
            "linux-x86_64", "linux-x86_64",
            "linux-arm64", "linux-aarch64",
            "macosx-arm64", "osx-aarch64");

    private final Properties build = BuildProperties.read(DjlProvider.class, "djl.properties");

    @Override
    public String name() {
        return "djl";
    }

    @Override
    public String library() {
        return LIBRARY;
    }

    @Override
    public String version() {
        return build.getProperty("version");
    }

    @Override
    public int rank() {
        return 40;
    }

    @Override
    public Map<String, String> variants() {
        return Map.of(
                PLAIN,
                "the network as one writes it with DJL's blocks: NCHW arrays, each ReLU right after its convolution",
                CUDA,
                "on an NVIDIA GPU, by cuDNN in full float32; DJL fetches PyTorch by itself");
    }

    @Override
    public Support support(Platform platform) {
        String classifier = CLASSIFIERS.get(platform.classifier());
        if (classifier == null) {
            return new Support.Unsupported(
                    "DJL %s has no native library of PyTorch for %s, only for linux-x86_64, linux-arm64 and macosx-arm64"
                            .formatted(version(), platform));
        }
        return new Support.Supported(List.of(build.getProperty("natives") + ":" + classifier));
    }

    @Override
    public int cudaVersion() {
        return 12;
    }

    /**
     * No natives for a GPU: DJL's makers could not bring them to Maven Central, which takes no files of that size any
     * more, and let DJL fetch them from their own server when it starts (deepjavalibrary/djl, issue 3784).
     */
    @Override
    public Support support(Platform platform, String variant) {
        if (!variant.equals(CUDA)) {
            return support(platform);
        }
        return platform.classifier().equals(CUDA_PLATFORM)
                ? new Support.Supported(List.of())
                : new Support.Unsupported("DJL %s computes on a GPU on %s only, and this is %s"
                        .formatted(version(), CUDA_PLATFORM, platform));
    }

    @Override
    public List<String> jvmOptions(Path cache) {
        return List.of(
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-Xmn16m",
                "--enable-native-access=ALL-UNNAMED",
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
            environment.put("PYTORCH_FLAVOR", build.getProperty("flavor"));
        }
        return environment;
    }

    @Override
    public Engine create(EngineSetup setup) {
        return new DjlEngine(setup);
    }
}
