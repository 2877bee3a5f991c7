package tandem.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.lab.page.Numbers;
import tandem.lab.report.RunList;
import tandem.lab.run.RunDirectory;
import tandem.lab.table.Column;
import tandem.lab.table.Table;

/** {@code tandem runs}. */
@Command(
        name = "runs",
        header = "List the runs, the newest first; remove old ones",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Lists the runs in ./runs, the newest first: folder, command, engines, accuracy and date.",
        footer = {"", "Examples:", "  tandem runs", "  tandem runs --json", "  tandem runs remove --keep 10"})
final class RunsCommand implements Runnable {
    /** Where commands put the runs that have no --out. */
    static final Path FOLDER = Path.of("runs");

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Main main;

    @Option(names = "--json", description = "Print one JSON document, and nothing else, on standard output.")
    private boolean json;

    @Override
    public void run() {
        List<RunList.Entry> runs = RunList.of(FOLDER);
        if (json) {
            System.out.println(Json.indented(runs));
        } else if (runs.isEmpty()) {
            LabCommand.say("There is no run in ./runs yet; 'tandem compare' makes one.");
        } else {
            List<Column<RunList.Entry>> columns = List.of(
                    Column.words("run", "Run", RunList.Entry::folder),
                    Column.words("command", "Command", RunList.Entry::command),
                    Column.figures("accuracy", "Accuracy", null, RunsCommand::accuracy),
                    Column.words("engines", "Engines", run -> String.join(", ", run.engines())),
                    Column.<RunList.Entry>words("begun", "Begun", RunList.Entry::date)
                            .asExtra());
            System.out.println(TextTable.of(new Table<>(columns, runs)));
        }
    }

    /** One, or the range of all engines. */
    private static @Nullable String accuracy(RunList.Entry run) {
        if (run.lowestAccuracy() == null || run.highestAccuracy() == null) {
            return null;
        }
        String lowest = Numbers.percent(run.lowestAccuracy());
        String highest = Numbers.percent(run.highestAccuracy());
        return lowest.equals(highest) ? highest + "%" : "%s-%s%%".formatted(lowest, highest);
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Deletes all but the newest runs in ./runs; a run that is under way stays.")
    private int remove(
            @Option(names = "--keep", required = true, paramLabel = "N", description = "How many runs stay.")
                    int keep) {
        Usage.require(keep >= 0, spec, "--keep is %d; it must be at least 0", keep);
        List<RunList.Entry> old = RunList.of(FOLDER).stream().skip(keep).toList();
        int failed = 0;
        for (RunList.Entry run : old) {
            try {
                RunDirectory.delete(Path.of(run.folder()));
                System.out.println("removed " + run.folder());
            } catch (Failure e) {
                System.err.println("tandem: " + e.getMessage());
                failed++;
            }
        }
        System.out.println(String.format(Locale.ROOT, "%s removed", Numbers.of(old.size() - failed, "run")));
        return failed == 0 ? 0 : 1;
    }
}
