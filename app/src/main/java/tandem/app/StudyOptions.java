package tandem.app;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;
import tandem.lab.study.ArmResult;
import tandem.lab.study.StudyTables;

/** How many trials run at a time, and what a difference must be to matter. */
final class StudyOptions {
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
            defaultValue = "0.1",
            description = "Smaller differences in test accuracy do not matter: two are equivalent if theirs is shown to"
                    + " be smaller (default: ${DEFAULT-VALUE}).")
    private double margin;

    /** @throws ParameterException if fewer than 1, or more than there are threads */
    int parallel(int threads) {
        Usage.require(parallel >= 1, command, "--parallel is %d; it must be at least 1", parallel);
        Usage.require(
                parallel <= threads, command, "--parallel is %d, but there are only %d --threads", parallel, threads);
        return parallel;
    }

    /** @throws ParameterException if not greater than 0 */
    double margin() {
        Usage.require(
                margin > 0 && margin <= 100,
                command,
                "--margin is %s; it must be greater than 0 and at most 100",
                margin);
        return margin;
    }

    /** Prints why trials are missing, and how to go on. */
    static void printMissing(List<ArmResult> arms, int seeds, String command, RunDirectory directory) {
        List<ArmResult> failed =
                arms.stream().filter(arm -> arm.status() != Status.INTERRUPTED).toList();
        StudyTables.missing(failed).forEach(System.out::println);
        if (failed.size() < arms.size()) {
            int done = arms.stream().mapToInt(arm -> arm.trials().size()).sum();
            LabCommand.say(
                    "Interrupted: %d of %d trials are done; 'tandem %s --resume %s' goes on.",
                    done, arms.size() * seeds, command, directory.path());
        }
    }
}
