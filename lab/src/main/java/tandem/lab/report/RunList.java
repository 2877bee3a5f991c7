package tandem.lab.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.lab.bench.Bench;
import tandem.lab.compare.Comparison;
import tandem.lab.compare.EngineResult;
import tandem.lab.parity.Parity;
import tandem.lab.run.RunDirectory;
import tandem.lab.study.ArmResult;
import tandem.lab.study.Differences;
import tandem.lab.study.Study;

/** The runs in a folder. */
public final class RunList {
    private RunList() {}

    /**
     * A run.
     *
     * @param folder where it is
     * @param date when it was begun, as in command.txt; null if that does not say
     * @param command that made it, such as {@code compare}
     * @param engines that took part, by name; none if its file cannot be read
     * @param lowestAccuracy on the test images, from 0 to 1, of the engines that have one; null if none has
     * @param highestAccuracy likewise
     */
    public record Entry(
            String folder,
            @Nullable String date,
            String command,
            List<String> engines,
            @Nullable Double lowestAccuracy,
            @Nullable Double highestAccuracy) {}

    /** What a run's record says of its engines. */
    private record Told(List<String> engines, List<Double> accuracies) {}

    /** All runs directly in a folder, the newest first; none if there is no such folder. */
    public static List<Entry> of(Path runs) {
        if (!Files.isDirectory(runs)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(runs)) {
            return folders.filter(folder -> Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                            && Files.isRegularFile(folder.resolve("recipe.json")))
                    .map(RunList::entry)
                    .sorted(Comparator.comparing((Entry entry) -> entry.date == null ? "" : entry.date)
                            .thenComparing(Entry::folder)
                            .reversed())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Entry entry(Path folder) {
        String[] words = firstCommand(folder).split(" ", 4);
        Told told = told(folder);
        return new Entry(
                folder.toString(),
                words.length > 2 ? words[0] : null,
                words.length > 2 ? words[2] : "",
                told.engines,
                told.accuracies.stream().min(Comparator.naturalOrder()).orElse(null),
                told.accuracies.stream().max(Comparator.naturalOrder()).orElse(null));
    }

    /** Time, program, command and its words. */
    private static String firstCommand(Path folder) {
        try {
            return RunDirectory.open(folder).commands().lines().findFirst().orElse("");
        } catch (Failure e) {
            return "";
        }
    }

    private static Told told(Path folder) {
        try {
            if (Files.exists(folder.resolve(Comparison.FILE))) {
                List<EngineResult> engines = Json.read(folder.resolve(Comparison.FILE), Comparison.class)
                        .engines();
                return new Told(
                        engines.stream()
                                .map(result -> result.engine().toString())
                                .toList(),
                        engines.stream()
                                .flatMap(result -> Stream.ofNullable(result.testAccuracy()))
                                .toList());
            }
            if (Files.exists(folder.resolve(Study.FILE))) {
                List<ArmResult> arms =
                        Json.read(folder.resolve(Study.FILE), Study.class).engines();
                return new Told(
                        arms.stream().map(ArmResult::name).toList(),
                        arms.stream()
                                .flatMap(arm ->
                                        Stream.ofNullable(arm.testAccuracy().mean()))
                                .toList());
            }
            if (Files.exists(folder.resolve(Differences.FILE))) {
                Differences differences = Json.read(folder.resolve(Differences.FILE), Differences.class);
                return new Told(List.of(differences.engine().toString()), List.of());
            }
            if (Files.exists(folder.resolve(Parity.FILE))) {
                Parity parity = Json.read(folder.resolve(Parity.FILE), Parity.class);
                return new Told(
                        parity.engines().stream()
                                .map(engine -> engine.engine().toString())
                                .toList(),
                        List.of());
            }
            if (Files.exists(folder.resolve(Bench.FILE))) {
                Bench bench = Bench.read(folder.resolve(Bench.FILE));
                return new Told(
                        bench.engines().stream().map(row -> row.engine()).toList(), List.of());
            }
        } catch (Failure e) {
            // It is listed all the same; opening it says what is wrong.
        }
        return new Told(List.of(), List.of());
    }
}
