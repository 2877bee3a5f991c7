package tandem.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tandem.lab.doctor.Doctor;
import tandem.lab.doctor.Finding;
import tandem.lab.engines.Engines;
import tandem.lab.engines.Workers;
import tandem.lab.page.Numbers;

/** {@code tandem doctor}. */
@Command(
        name = "doctor",
        header = "Find and repair what is wrong on this machine",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Looks at all that Tandem needs on this machine: JDK, memory, disk, every byte of fetched"
                + " natives and datasets, runs that were killed, and each engine in its worker. If something is"
                + " wrong, it says what to do and ends with exit code 1.",
        footer = {"", "Examples:", "  tandem doctor", "  tandem doctor --repair"})
final class DoctorCommand extends LabCommand {
    @Option(
            names = "--repair",
            description = "Also delete what is damaged and can be fetched or made again, and what killed processes left"
                    + " in ./runs.")
    private boolean repair;

    @Override
    public Integer call() {
        List<Finding> problems = new ArrayList<>();
        int threads = Runtime.getRuntime().availableProcessors();
        Workers workers = workers(Engines.find(), threads, Map.of(), true, _ -> {});
        new Doctor(workers, Path.of("runs"), repair, finding -> {
                    say(line(finding));
                    if (finding.kind() == Finding.Kind.PROBLEM) {
                        problems.add(finding);
                    }
                })
                .examine();
        System.out.println();
        System.out.println(
                problems.isEmpty()
                        ? "Nothing is wrong."
                        : "%s; what to do is behind each.".formatted(Numbers.of(problems.size(), "problem")));
        return exitCode(problems.isEmpty());
    }

    private static String line(Finding finding) {
        return "%-8s  %s: %s%s"
                .formatted(
                        finding.kind().name().toLowerCase(Locale.ROOT),
                        finding.what(),
                        finding.sentence(),
                        finding.advice() == null ? "" : "; " + finding.advice());
    }
}
