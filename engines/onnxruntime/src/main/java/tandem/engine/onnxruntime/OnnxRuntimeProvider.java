package tandem.engine.onnxruntime;

import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import tandem.core.Failure;
import tandem.core.engine.BuildProperties;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;

/**
 * ONNX Runtime for Java, which only predicts. Nothing here but {@link #create} touches a class of the library, so that
 * the lab can ask its questions without it.
 */
public final class OnnxRuntimeProvider implements EngineProvider {
    /** Name of the library. */
    static final String LIBRARY = "ONNX Runtime";

    private static final List<String> PLATFORMS = List.of("linux-x86_64", "linux-arm64", "macosx-arm64");

    private final Properties build = BuildProperties.read(OnnxRuntimeProvider.class, "onnxruntime.properties");

    @Override
    public String name() {
        return "onnxruntime";
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
        return 50;
    }

    @Override
    public boolean trains() {
        return false;
    }

    @Override
    public Support support(Platform platform) {
        if (!PLATFORMS.contains(platform.classifier())) {
            return new Support.Unsupported("ONNX Runtime %s has no native library for %s, only for %s, %s and %s"
                    .formatted(version(), platform, PLATFORMS.get(0), PLATFORMS.get(1), PLATFORMS.get(2)));
        }
        // One jar has the Java API and the natives of every platform.
        return new Support.Supported(List.of(build.getProperty("natives")));
    }

    @Override
    public List<String> jvmOptions(Path cache) {
        return List.of("-XX:+UseSerialGC", "-Xmx512m", "-Xmn16m", "--enable-native-access=ALL-UNNAMED");
    }

    @Override
    public Engine create(EngineSetup setup) {
        try {
            return new OnnxRuntimeEngine(setup);
        } catch (LinkageError e) {
            throw new Failure(
                    "the native library of ONNX Runtime %s cannot be loaded (%s); 'tandem engines remove %s' lets it be fetched again"
                            .formatted(version(), e.getMessage(), name()),
                    e);
        }
    }
}
