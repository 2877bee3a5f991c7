package tandem.lab.report;

import java.nio.file.Path;
import tandem.core.Failure;
import tandem.lab.RunDirectory;

/** Writes the report of a run directory into it. */
public final class Reports {
    private Reports() {}

    /**
     * Writes report.html of a comparison or a single trial, replacing one that is there.
     *
     * @return the file
     * @throws Failure if the directory holds no comparison, or a file cannot be read or written
     */
    public static Path write(RunDirectory directory) {
        Path file = directory.path().resolve(Page.FILE);
        ComparisonReport.read(directory).page().write(file);
        return file;
    }
}
