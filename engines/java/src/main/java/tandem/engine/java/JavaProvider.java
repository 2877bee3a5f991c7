package tandem.engine.java;

import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tandem.core.Failure;
import tandem.core.engine.BuildProperties;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineDescription;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;

/** Tandem's own engine: pure Java, on the Vector API where the JVM has it. */
public final class JavaProvider implements EngineProvider {
    static final EngineDescription DESCRIPTION =
            EngineDescription.of(BuildProperties.read(JavaProvider.class, "java.properties"));

    /** The variant that computes conv2 by its definition. */
    static final String DIRECT = "direct convolution";

    /** The variant that computes windows of background like all others. */
    static final String NO_SHORTCUT = "no shortcut";

    /** The methods of this package, as the JVM's compiler options want them. */
    private static final String KERNELS = "tandem.engine.java.*::*";

    @Override
    public EngineDescription describe() {
        return DESCRIPTION;
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
                "-XX:CompileCommand=CompileThresholdScaling," + KERNELS + ",0.005",
                "-XX:CompileCommand=BackgroundCompilation," + KERNELS + ",false"));
        if (System.getProperty("os.name").equals("Linux")) {
            // Pages of 2 MiB for 20 MB that every step reads here and there: fewer of their addresses to look up.
            options.add("-XX:+UseTransparentHugePages");
        }
        if (Runtime.getRuntime().availableProcessors() < 3) {
            // One thread of each compiler is the default here. With two for C2 the first step takes a sixth less, as
            // its threads, which wait for the compiler, do not need the processors.
            options.add("-XX:CICompilerCount=3");
        }
        if (ModuleFinder.ofSystem().find(VectorWidth.MODULE).isPresent()) {
            options.add("--add-modules=" + VectorWidth.MODULE);
        }
        return options;
    }

    @Override
    public Engine create(EngineSetup setup) {
        refuseVariantOfVectors(setup.variant());
        return new JavaEngine(setup);
    }

    @Override
    public Predictor predictor(PredictorSetup setup) {
        refuseVariantOfVectors(setup.variant());
        return new JavaPredictor(setup);
    }

    private static void refuseVariantOfVectors(String variant) {
        if (VectorWidth.bits() == 0 && !variant.isEmpty()) {
            throw new Failure("java (%s) is a variant of the engine on vectors, and this is %s"
                    .formatted(variant, VectorWidth.words()));
        }
    }
}
