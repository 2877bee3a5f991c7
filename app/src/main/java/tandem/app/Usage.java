package tandem.app;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What of a command line does not make sense. */
final class Usage {
    private Usage() {}

    /** Requires something of the command line; otherwise it is wrong usage, in this sentence. */
    static void require(boolean condition, CommandSpec command, String sentence, @Nullable Object... values) {
        if (!condition) {
            throw new ParameterException(command.commandLine(), sentence.formatted(values));
        }
    }

    /** @throws ParameterException if a number is given and is below 1 */
    static void requireAtLeastOne(CommandSpec command, String option, @Nullable Integer value) {
        require(value == null || value >= 1, command, "%s is %d; it must be at least 1", option, value);
    }
}
