package tandem.app;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import tandem.core.Failure;
import tandem.lab.progress.StopSignal;

/** The command {@code tandem}. */
@Command(
        name = "tandem",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description =
                "One convolutional network, trained on MNIST side by side by every deep-learning engine on the JVM,"
                        + " from the same weights, batches and dropout masks.",
        subcommands = {
            CompareCommand.class,
            TrainCommand.class,
            ServeCommand.class,
            PredictCommand.class,
            BenchCommand.class,
            ParityCommand.class,
            StudyCommand.class,
            ReportCommand.class,
            RunsCommand.class,
            EnginesCommand.class,
            DataCommand.class,
            DifferencesCommand.class,
            ExportCommand.class,
            DoctorCommand.class,
            NotebooksCommand.class,
            CompletionCommand.class,
            TrialsCommand.class,
            CommandLine.HelpCommand.class
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted (what was done is kept).",
            "",
            "Examples:",
            "  tandem compare                  one epoch in every engine, and a table",
            "  tandem compare --epochs 10      the full experiment",
            "  tandem help compare             all options of a command"
        })
public final class Main implements Runnable {
    /** How long Ctrl-C waits for the work to end by itself. */
    private static final long PATIENCE_SECONDS = 30;

    /** Raised by Ctrl-C, and when nobody reads standard output any more. */
    private final StopSignal stop = new StopSignal();

    /** Whether the JVM is on its way out, with the exit code of a signal. */
    private volatile boolean interrupted;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show more: every pair of engines, the stack trace of a failure.")
    private boolean verbose;

    private final List<String> arguments;

    private Main(String[] arguments) {
        this.arguments = List.of(arguments);
    }

    /** Runs one command and ends the JVM with its exit code. */
    public static void main(String[] arguments) throws InterruptedException {
        // For the libraries: Tandem's own code names its locale, which its build sees to.
        Locale.setDefault(Locale.ROOT);
        Main main = new Main(arguments);
        // A closed pipe means that no more is wanted, as with a signal that Java ignores.
        StandardOutput output = StandardOutput.install(main.stop::raise);
        CountDownLatch done = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> main.interrupt(done), "interrupt"));
        int code = output.exitCode(main.execute());
        done.countDown();
        if (main.interrupted) {
            // The JVM is already on its way out, with the exit code of the signal.
            Thread.currentThread().join();
        }
        System.exit(code);
    }

    /** Whatever ends a command, ends it here: with an exit code, and a sentence if it failed. */
    private int execute() {
        try {
            return commandLine().execute(arguments.toArray(String[]::new));
        } catch (Error e) {
            return failed(e);
        }
    }

    /**
     * When the JVM ends: in the middle of work it lets the work end by itself, so that what is done is kept. No process
     * that this one started stays, also none that is stopped.
     */
    private void interrupt(CountDownLatch done) {
        if (done.getCount() > 0) {
            interrupted = true;
            System.err.println();
            System.err.println("tandem: interrupted; keeping what is done");
            stop.raise();
            try {
                if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    System.err.println(
                            "tandem: the work did not end within %s s; it is cut off".formatted(PATIENCE_SECONDS));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }

    /** Runs one command in this JVM and returns its exit code. */
    static int run(String... arguments) {
        return new Main(arguments).execute();
    }

    private CommandLine commandLine() {
        return Help.in(new CommandLine(this))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((e, _) -> wrongUsage(e))
                .setExecutionExceptionHandler((e, _, _) -> failed(e));
    }

    /** Whether the user asked for all there is to say. */
    boolean verbose() {
        return verbose;
    }

    /** The words of the command line, without the name of the program. */
    List<String> arguments() {
        return arguments;
    }

    /** The command line as files show it. */
    String commandLineText() {
        return "tandem " + String.join(" ", arguments);
    }

    /** Where commands register what Ctrl-C ends. */
    StopSignal stop() {
        return stop;
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }

    private int wrongUsage(ParameterException e) {
        PrintWriter err = e.getCommandLine().getErr();
        err.println("tandem: " + e.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println("Try '%s --help'."
                    .formatted(e.getCommandLine().getCommandSpec().qualifiedName()));
        }
        return CommandLine.ExitCode.USAGE;
    }

    private int failed(Throwable e) {
        if (verbose) {
            e.printStackTrace();
        }
        String sentence = switch (e) {
            case Failure failure -> failure.getMessage();
            case OutOfMemoryError _ ->
                "the memory is not enough for this: Java may use %s MiB of it; give more with JAVA_TOOL_OPTIONS=-Xmx4g, or ask for less at a time"
                        .formatted(Runtime.getRuntime().maxMemory() >> 20);
            default -> "unexpected: %s; run again with --verbose and report what it prints".formatted(e);
        };
        System.err.println("tandem: " + sentence);
        return CommandLine.ExitCode.SOFTWARE;
    }
}
