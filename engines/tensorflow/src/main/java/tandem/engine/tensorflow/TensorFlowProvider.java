package tandem.engine.tensorflow;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.data.Normalisation;
import tandem.core.engine.BuildProperties;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;

/**
 * TensorFlow through TensorFlow Java, in graph mode. Nothing here but {@link #create} and {@link #export} touches a
 * class of the library, so that the lab can ask its questions without it.
 */
public final class TensorFlowProvider implements EngineProvider {
    /** Name of the library. */
    static final String LIBRARY = "TensorFlow Java";

    private static final String CUDA_PLATFORM = "linux-x86_64";

    private static final List<String> PLATFORMS = List.of("linux-x86_64", "linux-arm64", "macosx-arm64");

    private final Properties build = BuildProperties.read(TensorFlowProvider.class, "tensorflow.properties");

    @Override
    public String name() {
        return "tensorflow";
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
        return 20;
    }

    @Override
    public Map<String, String> variants() {
        return Map.of(CUDA, "on an NVIDIA GPU, by cuDNN in full float32");
    }

    @Override
    public Support support(Platform platform) {
        if (!PLATFORMS.contains(platform.classifier())) {
            return new Support.Unsupported("TensorFlow Java %s has no native library for %s, only for %s, %s and %s"
                    .formatted(version(), platform, PLATFORMS.get(0), PLATFORMS.get(1), PLATFORMS.get(2)));
        }
        return new Support.Supported(Stream.of(build.getProperty("natives").split(" "))
                .map(artifact -> artifact + ":" + platform.classifier())
                .toList());
    }

    @Override
    public int cudaVersion() {
        return 12;
    }

    @Override
    public Support support(Platform platform, String variant) {
        if (!variant.equals(CUDA)) {
            return support(platform);
        }
        return platform.classifier().equals(CUDA_PLATFORM)
                ? new Support.Supported(List.of(build.getProperty("natives") + ":" + CUDA_PLATFORM + "-gpu"))
                : new Support.Unsupported("TensorFlow Java %s computes on a GPU on %s only, and this is %s"
                        .formatted(version(), CUDA_PLATFORM, platform));
    }

    @Override
    public List<String> jvmOptions(Path cache) {
        return List.of(
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-Xmn16m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dorg.bytedeco.javacpp.cachedir=" + cache,
                // JavaCPP takes four times the Java heap for the limit of native memory, which large batches exceed.
                "-Dorg.bytedeco.javacpp.maxBytes=0",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
    }

    @Override
    public Map<String, String> environment(int threads) {
        return Map.of("TF_CPP_MIN_LOG_LEVEL", "1");
    }

    @Override
    public Engine create(EngineSetup setup) {
        try {
            return new TensorFlowEngine(setup);
        } catch (LinkageError e) {
            throw unloadable(e);
        }
    }

    /** A SavedModel. */
    @Override
    public void export(Model model, Normalisation normalisation, boolean rawPixels, Path folder) {
        try {
            TensorFlowSavedModel.write(model, normalisation, rawPixels, folder);
        } catch (LinkageError e) {
            throw unloadable(e);
        }
    }

    private Failure unloadable(LinkageError e) {
        return new Failure(
                "the native library of TensorFlow Java %s cannot be loaded (%s); 'tandem engines remove %s' lets it be fetched again"
                        .formatted(version(), e.getMessage(), name()),
                e);
    }
}
