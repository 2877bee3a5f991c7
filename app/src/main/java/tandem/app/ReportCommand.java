package tandem.app;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tandem.core.Failure;
import tandem.lab.report.Reports;
import tandem.lab.report.RunList;
import tandem.lab.run.RunDirectory;

/** {@code tandem report}. */
@Command(
        name = "report",
        header = "Write the page of a run again; --open shows it",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Writes report.html of a run again, from its folder alone: one file that any browser opens,"
                + " without network.",
        footer = {"", "Examples:", "  tandem report --open", "  tandem report runs/20261123-120000-compare"})
final class ReportCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "The folder of a run of compare, train, study, differences, parity or bench (default: the"
                    + " newest in ./runs).")
    private @Nullable Path folder;

    @Option(names = "--open", description = "Open it in a browser.")
    private boolean open;

    @Override
    public Integer call() {
        RunDirectory directory = RunDirectory.open(folder == null ? newest() : folder);
        directory.doubts().forEach(doubt -> System.err.println("note: " + doubt));
        Path report = Reports.write(directory);
        System.out.println(report);
        if (open) {
            Browser.open(report.toUri().toString());
        }
        return 0;
    }

    private static Path newest() {
        List<RunList.Entry> runs = RunList.of(RunsCommand.FOLDER);
        if (runs.isEmpty()) {
            throw new Failure("there is no run in ./runs; name the folder of one, or make one with 'tandem compare'");
        }
        return Path.of(runs.getFirst().folder());
    }
}
