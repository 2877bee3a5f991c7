package tandem.app;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tandem.lab.report.Reports;
import tandem.lab.run.RunDirectory;

/** {@code tandem report}. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Writes report.html of a run again, from its folder alone: one file that any browser opens,"
                + " without network.",
        footer = {"", "Examples:", "  tandem report runs/20261123-120000-compare"})
final class ReportCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "DIR",
            description = "The folder of a run of compare, train, study, differences or parity.")
    private Path folder;

    @Override
    public Integer call() {
        RunDirectory directory = RunDirectory.open(folder);
        directory.doubts().forEach(doubt -> System.err.println("note: " + doubt));
        System.out.println(Reports.write(directory));
        return 0;
    }
}
