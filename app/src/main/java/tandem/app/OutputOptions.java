package tandem.app;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import picocli.CommandLine.Option;
import tandem.core.Json;
import tandem.lab.progress.Progress;
import tandem.lab.report.Reports;
import tandem.lab.run.RunDirectory;

/** How much a command prints, and for whom. */
final class OutputOptions {
    @Option(
            names = {"-q", "--quiet"},
            description = "Print only the result, without progress.")
    private boolean quiet;

    @Option(
            names = "--json",
            description = "Print the result as one JSON document; everything else goes to standard error.")
    private boolean json;

    /** Works while the terminal shows how far it is; the work returns what is printed at the end. */
    int watched(int batchSize, Function<Consumer<Progress>, IntSupplier> work) {
        return LabCommand.watched(console(batchSize), work);
    }

    /** The same; the terminal has a row for each engine that has trained. */
    int watchedInTable(int batchSize, Function<Consumer<Progress>, IntSupplier> work) {
        return LabCommand.watched(console(batchSize).inTable(), work);
    }

    private Console console(int batchSize) {
        return new Console(batchSize, json ? System.err : System.out, quiet);
    }

    /**
     * Prints a document if one was asked for.
     *
     * @return whether it is printed, instead of tables and sentences
     */
    boolean printed(Object document) {
        if (json) {
            System.out.println(Json.indented(document));
        }
        return json;
    }

    /** Writes the report of a run, and says where everything is. */
    void printFolder(RunDirectory directory) {
        print("Report: " + Reports.write(directory), directory.path().toString());
    }

    /** Prints lines after the result, where they are not part of a document. */
    void print(String... lines) {
        if (!json || !quiet) {
            PrintStream out = json ? System.err : System.out;
            out.println();
            List.of(lines).forEach(out::println);
        }
    }
}
