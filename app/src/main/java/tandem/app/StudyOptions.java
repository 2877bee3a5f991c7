package tandem.app;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;
import tandem.lab.study.ArmPair;
import tandem.lab.study.ArmResult;
import tandem.lab.study.StudyTables;

/** How many trials run at a time, and what a difference must be to matter. */
final class StudyOptions {
    /** Points of test accuracy. */
    private static final double MARGIN = 0.1;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Trials at a time, each with its share of --threads (default: ${DEFAULT-VALUE}). Every one has"
                            + " a process for each engine.")
    private int parallel;

    @Option(
            names = "--margin",
            paramLabel = "POINTS",
            description = "Difference in test accuracy, in percentage points, below which two engines or recipes count"
                    + " as equivalent (default: 0.1, or the run's).")
    private @Nullable Double margin;

    @Option(
            names = "--keep-models",
            description = "Keep the trained model of every trial that is run, beside its file (4.8 MB each).")
    private boolean keepModels;

    /** Whether trained models are kept. */
    boolean keepModels() {
        return keepModels;
    }

    /**
     * Trials at a time on this machine.
     *
     * @param cluster whether a cluster decides, which runs as many as it has cores for
     * @throws ParameterException if fewer than 1, or more than there are threads
     */
    int parallel(int threads, boolean cluster) {
        Usage.require(
                !cluster || parallel == 1,
                command,
                "--parallel does not go with --spark-master: as many trials run at a time as the cluster has cores for");
        Usage.require(parallel >= 1, command, "--parallel is %d; it must be at least 1", parallel);
        Usage.require(
                parallel <= threads, command, "--parallel is %d, but there are only %d --threads", parallel, threads);
        return parallel;
    }

    /**
     * The margin that is asked for, or that of the run that goes on.
     *
     * @param run the pairs that it has compared so far
     * @throws ParameterException if not greater than 0
     */
    double margin(List<ArmPair> run) {
        double own = run.isEmpty() ? MARGIN : run.getFirst().difference().margin();
        double points = margin == null ? own : margin;
        Usage.require(
                points > 0 && points <= 100,
                command,
                "--margin is %s; it must be greater than 0 and at most 100",
                points);
        return points;
    }

    /** Prints why trials are missing, and how to go on. */
    static void printMissing(List<ArmResult> arms, int seeds, String command, RunDirectory directory) {
        List<ArmResult> failed =
                arms.stream().filter(arm -> arm.status() != Status.INTERRUPTED).toList();
        StudyTables.missing(failed).forEach(LabCommand::say);
        if (failed.size() < arms.size()) {
            int done = arms.stream().mapToInt(arm -> arm.trials().size()).sum();
            LabCommand.say(
                    "Interrupted: %d of %d trials are done; 'tandem %s --resume %s' goes on.",
                    done, arms.size() * seeds, command, directory.path());
        }
    }
}
