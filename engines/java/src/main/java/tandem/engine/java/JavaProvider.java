package tandem.engine.java;

import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import tandem.core.Failure;
import tandem.core.engine.BuildProperties;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;

/** Tandem's own engine: pure Java, on the Vector API where the JVM has it. */
public final class JavaProvider implements EngineProvider {
    /** Name of the library. */
    static final String LIBRARY = "Tandem";

    /** The variant that computes conv2 by its definition. */
    static final String DIRECT = "direct convolution";

    /** The variant that computes windows of background like all others. */
    static final String NO_SHORTCUT = "no shortcut";

    /** The methods of this package, as the JVM's compiler options want them. */
    private static final String KERNELS = "tandem.engine.java.*::*";

    private final Properties build = BuildProperties.read(JavaProvider.class, "java.properties");

    @Override
    public String name() {
        return "java";
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
        return 0;
    }

    @Override
    public Map<String, String> variants() {
        Map<String, String> variants = new LinkedHashMap<>();
        variants.put(DIRECT, "the second convolution by its definition instead of Winograd's algorithm");
        variants.put(NO_SHORTCUT, "windows that see background alone are computed like all others");
        return variants;
    }

    @Override
    public Support support(Platform platform) {
        return new Support.Supported(List.of());
    }

    @Override
    public List<String> jvmOptions(Path cache) {
        List<String> options = new ArrayList<>(List.of(
                // G1 alone puts large arrays where cache lines begin; see Layout.
                "-XX:+UseG1GC",
                "-XX:-UseCompactObjectHeaders",
                // Until the JIT compiler is done, vectors are objects: garbage that needs little room, but makes G1
                // want a heap of gigabytes unless it may spend its time collecting.
                "-Xmn24m",
                "-XX:GCTimeRatio=1",
                // Compile the kernels as soon as they have run a few times, and wait for it. Until then, what the JVM
                // compiles instead is the slow version of each vector operation; with the default thresholds the first
                // 300 steps take a second longer.
                "-XX:CompileCommand=quiet",
                "-XX:CompileCommand=CompileThresholdScaling," + KERNELS + ",0.02",
                "-XX:CompileCommand=BackgroundCompilation," + KERNELS + ",false"));
        if (ModuleFinder.ofSystem().find(VectorWidth.MODULE).isPresent()) {
            options.add("--add-modules=" + VectorWidth.MODULE);
        }
        return options;
    }

    @Override
    public Engine create(EngineSetup setup) {
        if (VectorWidth.bits() == 0 && !setup.variant().isEmpty()) {
            throw new Failure("java (%s) is a variant of the engine on vectors, and this is %s"
                    .formatted(setup.variant(), VectorWidth.words()));
        }
        return new JavaEngine(setup, version());
    }
}
