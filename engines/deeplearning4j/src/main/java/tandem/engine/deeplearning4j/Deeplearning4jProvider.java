package tandem.engine.deeplearning4j;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import tandem.core.Failure;
import tandem.core.engine.BuildProperties;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;

/**
 * Deeplearning4j on ND4J, with oneDNN. Nothing here but {@link #create} touches a class of the library, so that the lab
 * can ask its questions without it.
 */
public final class Deeplearning4jProvider implements EngineProvider {
    /** Name of the library. */
    static final String LIBRARY = "Deeplearning4j";

    /** The variant that leaves oneDNN off, as the library does by default. */
    static final String AS_SHIPPED = "as shipped";

    private static final String PLATFORM = "linux-x86_64";

    /** What the native library for AVX-512 makes use of. */
    private static final Set<String> AVX512 = Set.of("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl");

    /** What the native library for AVX2 makes use of. */
    private static final Set<String> AVX2 = Set.of("avx2", "fma");

    private final Properties build = BuildProperties.read(Deeplearning4jProvider.class, "deeplearning4j.properties");

    @Override
    public String name() {
        return "deeplearning4j";
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
        return 30;
    }

    @Override
    public Map<String, String> variants() {
        return Map.of(
                AS_SHIPPED,
                "without oneDNN, which is off by default and cannot be switched on without help: a bug in %s %s"
                        .formatted(LIBRARY, version()));
    }

    /**
     * The library has natives for other platforms too, such as {@code linux-arm64} and {@code macosx-arm64}, but none
     * with oneDNN. Of those with oneDNN, exactly one may be on the class path.
     */
    @Override
    public Support support(Platform platform) {
        if (!platform.classifier().equals(PLATFORM)) {
            return new Support.Unsupported(
                    "%s %s has natives with oneDNN for x86-64 only, and Tandem runs them on %s, not on %s"
                            .formatted(LIBRARY, version(), PLATFORM, platform));
        }
        if (platform.instructions().containsAll(AVX512)) {
            return natives("onednn-avx512");
        }
        if (platform.instructions().containsAll(AVX2)) {
            return natives("onednn-avx2");
        }
        return new Support.Unsupported(
                "%s %s runs with oneDNN on processors with AVX2 or AVX-512 only, and this one has neither"
                        .formatted(LIBRARY, version()));
    }

    private Support natives(String instructions) {
        return new Support.Supported(Stream.concat(
                        Stream.of("%s:%s-%s".formatted(build.getProperty("nd4j"), PLATFORM, instructions)),
                        Stream.of(build.getProperty("natives").split(" ")).map(artifact -> artifact + ":" + PLATFORM))
                .toList());
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
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
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
        try {
            return new Deeplearning4jEngine(setup);
        } catch (LinkageError e) {
            throw new Failure(
                    "the native library of Deeplearning4j %s cannot be loaded (%s); 'tandem engines remove %s' lets it be fetched again"
                            .formatted(version(), e.getMessage(), name()),
                    e);
        }
    }
}
