package tandem.app;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tandem.worker.protocol.CheckpointEvery;

/** How much a kill may cost. */
final class CheckpointOptions {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(s|min)?");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "N|TIME",
            description = "Write a checkpoint after this many steps, or this much time, such as 500, 10s or 2min"
                    + " (default: 20s). Ends of epochs and Ctrl-C keep it anyway.")
    private @Nullable String every;

    /** @throws ParameterException if it is neither steps nor a time, or not greater than 0 */
    CheckpointEvery every() {
        if (every == null) {
            return CheckpointEvery.DEFAULT;
        }
        Matcher form = FORM.matcher(every);
        boolean fine = form.matches() && (form.group(2) != null || !every.contains("."));
        double number = fine ? Double.parseDouble(form.group(1)) : 0;
        Usage.require(
                number > 0,
                command,
                "--checkpoint-every is '%s'; it must be steps or a time greater than 0, such as 500, 10s or 2min",
                every);
        return form.group(2) == null
                ? new CheckpointEvery((long) number, 0)
                : new CheckpointEvery(0, form.group(2).equals("min") ? 60 * number : number);
    }
}
