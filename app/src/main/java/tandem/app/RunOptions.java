package tandem.app;

import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tandem.lab.cluster.RemoteFolder;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;

/** How and where a run goes: what does not change its results. */
final class RunOptions {
    private static final String JAVA_ENGINE = "java";
    private static final Pattern REMOTE = Pattern.compile("[a-z][a-z0-9]+:/.*");
    private static final List<Integer> VECTOR_BITS = List.of(0, 128, 256, 512);

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of an engine (default: the machine's processors).")
    private @Nullable Integer threads;

    @Option(
            names = "--vector-bits",
            paramLabel = "N",
            description = "Vector width of the java engine, for experiments: 0 (plain Java), 128, 256 or 512"
                    + " (default: the widest the processor has).")
    private @Nullable Integer vectorBits;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of the run, new or empty (default: runs/<date-time>-<command>).")
    private @Nullable String out;

    @Option(names = "--offline", description = "Never touch the network.")
    private boolean offline;

    private @Nullable Path mirror;

    /** Checks what depends on nothing but the engines of the run. */
    void check(List<EngineName> chosen) {
        Usage.requireAtLeastOne(command, "--threads", threads);
        if (vectorBits != null) {
            Usage.require(
                    VECTOR_BITS.contains(vectorBits),
                    command,
                    "--vector-bits is %d; it must be 0, 128, 256 or 512",
                    vectorBits);
            Usage.require(
                    chosen.stream().anyMatch(name -> name.engine().equals(JAVA_ENGINE)),
                    command,
                    "--vector-bits is an option of the engine java, which is not among the chosen ones (%s)",
                    chosen.stream().map(EngineName::toString).collect(Collectors.joining(", ")));
        }
    }

    /** Threads of all engines that work at a time. */
    int threads() {
        return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** Threads of each trial on a cluster. */
    int threadsOfTrial() {
        return threads == null ? 1 : threads;
    }

    /** How the run's workers are started on the hosts of a cluster. */
    Workers workersOfCluster(LabCommand command, Engines engines, Consumer<Progress> progress) {
        int each = threadsOfTrial();
        Map<String, List<String>> options = new LinkedHashMap<>();
        // What a JVM does besides computing may not use more of its host either.
        engines.built()
                .forEach(engine -> options.put(
                        engine.provider().name(),
                        Stream.concat(
                                        Stream.of("-XX:ActiveProcessorCount=" + each),
                                        jvmOptions()
                                                .getOrDefault(engine.provider().name(), List.of())
                                                .stream())
                                .toList()));
        return command.workers(engines, each, options, offline, progress);
    }

    /**
     * How the run's workers are started; {@code parallel} of them work at a time, each with its share of the threads.
     */
    Workers workers(LabCommand command, Engines engines, int parallel, Consumer<Progress> progress) {
        return command.workers(engines, threads() / parallel, jvmOptions(), offline, progress);
    }

    private Map<String, List<String>> jvmOptions() {
        return vectorBits == null ? Map.of() : Map.of(JAVA_ENGINE, List.of("-Dtandem.java.vectorBits=" + vectorBits));
    }

    /** Folder of a new run, or null for the default. */
    @Nullable
    Path out() {
        if (mirror != null) {
            return mirror;
        }
        Usage.require(
                remoteOut() == null,
                command,
                "--out: %s is not on this machine; only study and differences can write to other file systems",
                out);
        try {
            return out == null ? null : out.startsWith("file:") ? Path.of(URI.create(out)) : Path.of(out);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    command.commandLine(),
                    "--out: '%s' is not a path; give the name of a folder, such as runs/mine".formatted(out),
                    e);
        }
    }

    /** Whether a folder was given. */
    boolean hasOut() {
        return out != null;
    }

    /** Folder of the run in a file system of Hadoop; null if it is one of this machine. */
    private @Nullable String remoteOut() {
        return out != null && REMOTE.matcher(out).matches() && !out.startsWith("file:") ? out : null;
    }

    /** Works on a run that may lie in a file system of Hadoop: then it is written here, and copied there. */
    int anywhere(LabCommand asked, Engines engines, Map<String, String> conf, IntSupplier work) {
        String remote = remoteOut();
        if (remote == null) {
            return work.getAsInt();
        }
        int code;
        try (RemoteFolder folder = RemoteFolder.open(remote, conf, workers(asked, engines, 1, _ -> {}))) {
            mirror = folder.local();
            code = work.getAsInt();
        }
        System.err.println("copied to " + remote);
        return code;
    }

    boolean offline() {
        return offline;
    }
}
