package tandem.lab.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tandem.core.Failure;
import tandem.lab.Json;
import tandem.lab.RunDirectory;
import tandem.lab.parity.Parity;
import tandem.lab.study.Differences;
import tandem.lab.study.Study;

/** Writes the report of a run directory into it. */
public final class Reports {
    private Reports() {}

    /**
     * Writes report.html of a comparison, a single trial, a study, differences or a proof, replacing one that is there;
     * of the first two also steps.csv and epochs.csv.
     *
     * @return the file
     * @throws Failure if the directory holds none of them, or a file cannot be read or written
     */
    public static Path write(RunDirectory directory) {
        Path file = directory.path().resolve(Page.FILE);
        page(directory).write(file);
        return file;
    }

    private static Page page(RunDirectory directory) {
        List<String> commands = directory.commands().lines().toList();
        Path study = directory.path().resolve("study.json");
        if (Files.exists(study)) {
            return StudyPage.of(Json.read(study, Study.class), commands);
        }
        Path differences = directory.path().resolve("differences.json");
        if (Files.exists(differences)) {
            return DifferencesPage.of(Json.read(differences, Differences.class), commands);
        }
        Path parity = directory.path().resolve("parity.json");
        if (Files.exists(parity)) {
            return ParityPage.of(Json.read(parity, Parity.class), commands);
        }
        if (Files.exists(directory.path().resolve("comparison.json"))) {
            ComparisonReport report = ComparisonReport.read(directory);
            CurveTables.write(report, directory.path());
            return report.page();
        }
        throw new Failure(
                "%s: holds no comparison.json, study.json, differences.json or parity.json; reports are made of what 'tandem compare', 'train', 'study', 'differences' and 'parity' wrote"
                        .formatted(directory.path()));
    }
}
