package tandem.app;

import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How and where a run goes: what does not change its results. */
final class RunOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of an engine (default: the machine's processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

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
