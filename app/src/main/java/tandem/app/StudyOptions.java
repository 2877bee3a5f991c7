package tandem.app;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
        check(parallel >= 1, "--parallel is %d; it must be at least 1", parallel);
        check(parallel <= threads, "--parallel is %d, but there are only %d --threads", parallel, threads);
        return parallel;
    }

    /** @throws ParameterException if not greater than 0 */
    double margin() {
        check(margin > 0 && margin <= 100, "--margin is %s; it must be greater than 0 and at most 100", margin);
        return margin;
    }

    private void check(boolean condition, String sentence, Object... values) {
        if (!condition) {
            throw new ParameterException(command.commandLine(), sentence.formatted(values));
        }
    }
}
