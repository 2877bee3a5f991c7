package tandem.app;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tandem.core.CacheFolder;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.lab.engines.Engines;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.ProgressStream;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;
import tandem.lab.table.Table;

/** What all commands have that work with engines. */
abstract class LabCommand implements Callable<Integer> {
    private static final int INTERRUPTED = 130;

    @Spec
    CommandSpec spec;

    @ParentCommand
    Main main;

    /** Requires something of the command line; a command without it is wrong usage. */
    final void require(boolean condition, String sentence, @Nullable Object... values) {
        Usage.require(condition, spec, sentence, values);
    }

    /**
     * Works while the terminal shows how far it is; the work returns what is printed at the end, with the exit code.
     */
    static int watched(int batchSize, Function<Consumer<Progress>, IntSupplier> work) {
        return watched(batchSize, System.out, work);
    }

    /** @param lines receives a line for each thing done */
    static int watched(int batchSize, PrintStream lines, Function<Consumer<Progress>, IntSupplier> work) {
        return watched(new Console(batchSize, lines, false), work);
    }

    /** @param shown shows how far it is, and is closed at the end */
    static int watched(Console shown, Function<Consumer<Progress>, IntSupplier> work) {
        IntSupplier end;
        try (Console console = shown;
                ProgressStream progress = new ProgressStream(console)) {
            end = work.apply(progress);
        }
        return end.getAsInt();
    }

    /**
     * A recipe's dataset, fetched if it is missing. What is odd about it is told.
     *
     * @param classes number of classes that is asked for; null if the labels tell it
     */
    final Dataset open(Recipe recipe, @Nullable Integer classes, boolean offline, Consumer<Progress> progress) {
        String name = recipe.dataset();
        Dataset data = Datasets.open(name, offline, Console.downloads(name, progress, main.stop()))
                .forClasses(classes);
        data.remarks().forEach(remark -> progress.accept(new Progress.Notice(remark)));
        return data;
    }

    /** How engines' workers are started. */
    final Workers workers(
            Engines engines,
            int threads,
            Map<String, List<String>> jvmOptions,
            boolean offline,
            Consumer<Progress> progress) {
        return new Workers(
                engines, engineCaches(), threads, jvmOptions, offline, Workers.SILENCE, progress, main.stop());
    }

    /** Where engines keep what they fetched and unpacked. */
    static Path engineCaches() {
        return CacheFolder.ofUser().resolve("engines");
    }

    /** The folder of a new run; a file that it starts from is read before anything is written, and kept in it. */
    final RunDirectory created(@Nullable Path out, Recipe recipe, @Nullable Path initial, Consumer<Progress> progress) {
        Parameters parameters = initial == null ? null : Parameters.read(initial, recipe.network());
        RunDirectory directory = begun(RunDirectory.create(out, spec.name()), progress);
        if (parameters != null) {
            directory.keepInitial(parameters);
        }
        return directory;
    }

    /** Notes in a run directory what was called, and tells what has happened to it. */
    final RunDirectory begun(RunDirectory directory, Consumer<Progress> progress) {
        directory.doubts().forEach(doubt -> progress.accept(new Progress.Notice(doubt)));
        directory.add(Instant.now(), main.arguments());
        return directory;
    }

    /** Requires a number to be at least 1, if it is given. */
    final void requireAtLeastOne(String option, @Nullable Integer value) {
        Usage.requireAtLeastOne(spec, option, value);
    }

    /** Prints a sentence; numbers look the same in every locale. */
    static void say(String format, @Nullable Object... values) {
        say(String.format(Locale.ROOT, format, values));
    }

    /** Prints a sentence. */
    static void say(String sentence) {
        System.out.println(Screen.text(sentence));
    }

    /** Prints a table. */
    static void print(Table<?> table) {
        System.out.println();
        System.out.println(TextTable.of(table));
    }

    /** The exit code of a command; engines that do not run here are fine if they were not asked for by name. */
    final int exitCode(Stream<Status> ends, boolean unavailableIsFine) {
        return exitCode(ends.allMatch(end -> end.fine(unavailableIsFine)));
    }

    /** The exit code of a command that did, or did not do, what it was asked for. */
    final int exitCode(boolean fine) {
        return main.stop().raised() ? INTERRUPTED : fine ? 0 : 1;
    }
}
