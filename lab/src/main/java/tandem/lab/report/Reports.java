package tandem.lab.report;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
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
    private static final Pattern COMMAND = Pattern.compile("\\d{4}-[01]\\d-[0-3]\\dT[0-2]\\d:[0-5]\\d:[0-5]\\dZ \\S.*");

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

    /** The lines of command.txt: each a time, a space and a command. */
    private static List<String> commands(RunDirectory directory) {
        List<String> lines = directory.commands().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (!COMMAND.matcher(lines.get(i)).matches()) {
                throw new Failure("%s: line %s is not a time, as 2026-11-23T12:00:00Z, and a command; delete the line"
                        .formatted(directory.path().resolve(RunDirectory.COMMANDS), i + 1));
            }
        }
        return lines;
    }

    /** The page alone; tables for other programs are written. */
    static Page page(RunDirectory directory) {
        Path folder = directory.path();
        List<String> commands = commands(directory);
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
            return BenchPage.of(Bench.read(folder.resolve(Bench.FILE)), commands);
        }
        if (Files.exists(folder.resolve(Comparison.FILE))) {
            ComparisonReport report = ComparisonReport.read(directory, commands);
            CurveTables.write(report, directory.path());
            return report.page();
        }
        throw new Failure(
                "%s: holds no comparison.json, study.json, differences.json, parity.json or bench.json; reports are made of what 'tandem compare', 'train', 'study', 'differences', 'parity' and 'bench' wrote"
                        .formatted(directory.path()));
    }
}
