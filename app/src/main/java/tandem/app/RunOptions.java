package tandem.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tandem.lab.EngineName;

/** How and where a run goes: what does not change its results. */
final class RunOptions {
    private static final String JAVA_ENGINE = "java";
    private static final List<Integer> VECTOR_BITS = List.of(0, 128, 256, 512);

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of an engine (default: the machine's processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--vector-bits",
            paramLabel = "N",
            description = "Vector width of the java engine, for experiments: 0 (plain Java), 128, 256 or 512"
                    + " (default: the widest the processor has).")
    private Integer vectorBits;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of the run, new or empty (default: runs/<date-time>-<command>).")
    private Path out;

    @Option(names = "--offline", description = "Never touch the network.")
    private boolean offline;

    /** @throws ParameterException if fewer than 1 */
    int threads() {
        if (threads < 1) {
            throw new ParameterException(
                    command.commandLine(), "--threads is %d; it must be at least 1".formatted(threads));
        }
        return threads;
    }

    /**
     * Further options of the engines' JVMs, by the engine's name.
     *
     * @throws ParameterException if an option is out of range, or its engine is not chosen
     */
    Map<String, List<String>> jvmOptions(List<EngineName> chosen) {
        if (vectorBits == null) {
            return Map.of();
        }
        if (!VECTOR_BITS.contains(vectorBits)) {
            throw new ParameterException(
                    command.commandLine(), "--vector-bits is %d; it must be 0, 128, 256 or 512".formatted(vectorBits));
        }
        if (chosen.stream().noneMatch(name -> name.engine().equals(JAVA_ENGINE))) {
            throw new ParameterException(
                    command.commandLine(),
                    "--vector-bits is an option of the engine java, which is not among the chosen ones (%s)"
                            .formatted(chosen.stream().map(EngineName::toString).collect(Collectors.joining(", "))));
        }
        return Map.of(JAVA_ENGINE, List.of("-Dtandem.java.vectorBits=" + vectorBits));
    }

    /** Folder of the run, or null for the default. */
    Path out() {
        return out;
    }

    /** @throws ParameterException if a folder is given together with an option that has one already */
    void refuseOut(String other) {
        if (out != null) {
            throw new ParameterException(
                    command.commandLine(),
                    "--out does not go with %s, which goes on in its own folder".formatted(other));
        }
    }

    boolean offline() {
        return offline;
    }
}
