package tandem.app;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tandem completion}. */
@Command(
        name = "completion",
        header = "Print the completion script for bash and zsh",
        mixinStandardHelpOptions = true,
        description = "Prints a script that teaches bash and zsh to complete Tandem's commands and options.",
        footer = {"", "Examples:", "  source <(tandem completion)", "  tandem completion > ~/.tandem-completion"})
final class CompletionCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        System.out.print(AutoComplete.bash("tandem", spec.root().commandLine()));
    }
}
