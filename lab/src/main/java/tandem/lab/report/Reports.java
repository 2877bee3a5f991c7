package tandem.lab.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.lab.bench.Bench;
import tandem.lab.compare.Comparison;
import tandem.lab.page.Page;
import tandem.lab.parity.Parity;
import tandem.lab.run.RunDirectory;
import tandem.lab.study.Differences;
import tandem.lab.study.Study;

/** Writes the report of a run directory into it. */
public final class Reports {
    private Reports() {}

    /**
     * Writes report.html of a comparison, a single trial, a study, differences, a proof or a bench, replacing one that
     * is there; of the first two also steps.csv and epochs.csv.
     *
     * @return the file
     * @throws Failure if the directory holds none of them, or a file cannot be read or written
     */
    public static Path write(RunDirectory directory) {
        Path file = directory.path().resolve(Page.FILE);
        page(directory).with(directory.doubts()).write(file);
        return file;
    }

    private static Page page(RunDirectory directory) {
        Path folder = directory.path();
        List<String> commands = directory.commands().lines().toList();
        if (Files.exists(folder.resolve(Study.FILE))) {
            return StudyPage.of(Json.read(folder.resolve(Study.FILE), Study.class), commands);
        }
        if (Files.exists(folder.resolve(Differences.FILE))) {
            return DifferencesPage.of(Json.read(folder.resolve(Differences.FILE), Differences.class), commands);
        }
        if (Files.exists(folder.resolve(Parity.FILE))) {
            return ParityPage.of(Json.read(folder.resolve(Parity.FILE), Parity.class), commands);
        }
        if (Files.exists(folder.resolve(Bench.FILE))) {
            return BenchPage.of(Json.read(folder.resolve(Bench.FILE), Bench.class), commands);
        }
        if (Files.exists(folder.resolve(Comparison.FILE))) {
            ComparisonReport report = ComparisonReport.read(directory);
            CurveTables.write(report, directory.path());
            return report.page();
        }
        throw new Failure(
                "%s: holds no comparison.json, study.json, differences.json, parity.json or bench.json; reports are made of what 'tandem compare', 'train', 'study', 'differences', 'parity' and 'bench' wrote"
                        .formatted(directory.path()));
    }
}
