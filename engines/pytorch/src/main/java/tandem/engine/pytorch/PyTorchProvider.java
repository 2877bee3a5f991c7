package tandem.engine.pytorch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import tandem.core.Failure;
import tandem.core.engine.BuildProperties;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;

/**
 * PyTorch's C++ library, libtorch, through the JavaCPP presets. Nothing here but {@link #create} touches a class of the
 * library, so that the lab can ask its questions without it.
 */
public final class PyTorchProvider implements EngineProvider {
    /** Name of the library. */
    static final String LIBRARY = "PyTorch (JavaCPP)";

    /** The variant that does without oneDNN tensors. */
    static final String PLAIN = "plain";

    private static final String CUDA_PLATFORM = "linux-x86_64";

    private static final List<String> PLATFORMS = List.of("linux-x86_64", "macosx-arm64");

    private final Properties build = BuildProperties.read(PyTorchProvider.class, "pytorch.properties");

    @Override
    public String name() {
        return "pytorch";
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
        return 10;
    }

    @Override
    public Map<String, String> variants() {
        return Map.of(
                PLAIN,
                "the network as one writes it with the C++ frontend: NCHW tensors, each ReLU right after its convolution",
                CUDA,
                "on an NVIDIA GPU, by cuDNN in full float32");
    }

    @Override
    public Support support(Platform platform) {
        if (!PLATFORMS.contains(platform.classifier())) {
            return new Support.Unsupported("PyTorch %s for Java has no native library for %s, only for %s"
                    .formatted(version(), platform, String.join(" and ", PLATFORMS)));
        }
        return new Support.Supported(Stream.of(build.getProperty("natives").split(" "))
                .map(artifact -> artifact + ":" + platform.classifier())
                .toList());
    }

    @Override
    public int cudaVersion() {
        return 13;
    }

    @Override
    public Support support(Platform platform, String variant) {
        if (!variant.equals(CUDA)) {
            return support(platform);
        }
        if (!platform.classifier().equals(CUDA_PLATFORM)) {
            return new Support.Unsupported("PyTorch %s for Java computes on a GPU on %s only, and this is %s"
                    .formatted(version(), CUDA_PLATFORM, platform));
        }
        List<String> natives = new ArrayList<>();
        for (String artifact : build.getProperty("natives").split(" ")) {
            // Of libtorch alone there is a build for GPUs.
            String suffix = artifact.startsWith("org.bytedeco:pytorch:") ? "-gpu" : "";
            natives.add(artifact + ":" + platform.classifier() + suffix);
        }
        for (String artifact : build.getProperty("cuda").split(" ")) {
            natives.add(artifact + ":" + platform.classifier());
        }
        return new Support.Supported(natives);
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
        return Map.of(
                "OMP_NUM_THREADS", String.valueOf(threads),
                "OPENBLAS_NUM_THREADS", "1",
                // A thread that waits for the others spins; by default for so long that a step takes 400 ms instead of
                // 75 when something else needs a core. So many turns are enough on a quiet machine.
                "GOMP_SPINCOUNT", "10000");
    }

    @Override
    public Engine create(EngineSetup setup) {
        try {
            return new PyTorchEngine(setup);
        } catch (LinkageError e) {
            throw new Failure(
                    "the native library of PyTorch %s cannot be loaded (%s); 'tandem engines remove %s' lets it be fetched again"
                            .formatted(version(), e.getMessage(), name()),
                    e);
        }
    }
}
