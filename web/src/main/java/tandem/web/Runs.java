package tandem.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Model;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.core.model.ImageSize;
import tandem.core.model.ModelFile;
import tandem.lab.compare.Comparison;
import tandem.lab.compare.EngineResult;
import tandem.lab.engines.EngineName;
import tandem.lab.page.Page;
import tandem.lab.predict.ChosenModel;
import tandem.lab.progress.Status;
import tandem.lab.report.Reports;
import tandem.lab.run.RunDirectory;
import tandem.web.job.EngineChoice;
import tandem.web.live.ServedModel;
import tandem.worker.protocol.Checkpoint;

/** The run directories in {@code runs}. */
final class Runs {
    private static final Path FOLDER = Path.of("runs");
    private static final String DIGITS = "mnist";
    private static final String MODEL = "model.safetensors";

    /** What a run directory may be called here: no separator, and no dot in front. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,199}");

    /** Runs that are listed: the newest. */
    private static final int MOST = 200;

    private Runs() {}

    /**
     * A run.
     *
     * @param run name of its directory
     * @param command that made it
     * @param date when it was begun, as in command.txt
     * @param engines that trained in it
     * @param report whether it has a report
     */
    record View(String run, String command, @Nullable String date, List<Engine> engines, boolean report) {}

    /** An engine of a run, and whether its model is there. */
    record Engine(String engine, Status status, @Nullable Double testAccuracy, boolean model) {}

    /** All runs, the newest first. One that cannot be read is listed without its engines. */
    static List<View> all() {
        return folders().stream().limit(MOST).map(Runs::view).toList();
    }

    private static List<Path> folders() {
        if (!Files.isDirectory(FOLDER)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(FOLDER)) {
            return folders.filter(folder ->
                            NAME.matcher(folder.getFileName().toString()).matches()
                                    && Files.isRegularFile(folder.resolve("recipe.json")))
                    .sorted(Comparator.comparing((Path folder) -> begun(folder))
                            .thenComparing(Comparator.naturalOrder())
                            .reversed())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long begun(Path folder) {
        try {
            return Files.getLastModifiedTime(folder.resolve("recipe.json")).toMillis();
        } catch (IOException e) {
            return 0;
        }
    }

    private static View view(Path folder) {
        List<String> words = words(folder);
        List<Engine> engines = new ArrayList<>();
        for (EngineResult result : results(folder)) {
            engines.add(new Engine(
                    result.engine().toString(), result.status(), result.testAccuracy(), hasModel(folder, result)));
        }
        return new View(
                folder.getFileName().toString(),
                words.size() > 2 ? words.get(2) : "",
                words.isEmpty() ? null : words.getFirst(),
                engines,
                Files.isRegularFile(folder.resolve(Page.FILE)));
    }

    /** The first line of command.txt: time, "tandem", command, and its words. */
    private static List<String> words(Path folder) {
        try {
            return RunDirectory.open(folder)
                    .commands()
                    .lines()
                    .findFirst()
                    .map(line -> List.of(line.split(" ", 4)))
                    .orElse(List.of());
        } catch (Failure e) {
            return List.of();
        }
    }

    private static List<EngineResult> results(Path folder) {
        Path file = folder.resolve(Comparison.FILE);
        try {
            return Files.isRegularFile(file) ? Json.read(file, Comparison.class).engines() : List.of();
        } catch (Failure e) {
            return List.of();
        }
    }

    private static boolean hasModel(Path folder, EngineResult result) {
        return Files.isRegularFile(folder.resolve(result.engine().folder()).resolve(MODEL));
    }

    private static Path folder(String run) {
        Path folder = NAME.matcher(run).matches() ? FOLDER.resolve(run) : null;
        if (folder == null || !Files.isRegularFile(folder.resolve("recipe.json"))) {
            throw new NoSuchElementException("there is no run of this name in %s".formatted(FOLDER));
        }
        return folder;
    }

    /** The report of a run, written now if it has none. */
    static String report(String run) {
        Path folder = folder(run);
        Path file = folder.resolve(Page.FILE);
        return Json.text(Files.isRegularFile(file) ? file : Reports.write(RunDirectory.open(folder)));
    }

    /** The model that an engine trained in a run. */
    static ServedModel model(String run, String engine) {
        return model(folder(run), EngineChoice.parse(engine));
    }

    private static ServedModel model(Path folder, EngineName engine) {
        Path file = folder.resolve(engine.folder()).resolve(MODEL);
        if (!Files.isRegularFile(file)) {
            throw new NoSuchElementException("run %s has no model of %s".formatted(folder.getFileName(), engine));
        }
        Recipe recipe = RunDirectory.open(folder).recipe();
        Optional<EngineResult> result = results(folder).stream()
                .filter(entry -> entry.engine().equals(engine))
                .findFirst();
        String run = folder.getFileName().toString();
        return new ServedModel(
                run + ", " + engine,
                run,
                engine.toString(),
                result.map(entry -> entry.epochs().size()).orElse(null),
                result.map(EngineResult::testAccuracy).orElse(null),
                file,
                ModelFile.read(file, ImageSize.of(recipe.network())).model(),
                Datasets.normalisation(recipe.dataset()));
    }

    /**
     * What a training that is still going has learnt until its newest checkpoint; nothing as long as there is none.
     *
     * @param copies folder for a copy, as checkpoints come and go
     */
    static Optional<ServedModel> learning(String run, String engine, Path copies) {
        Path folder = FOLDER.resolve(run);
        Checkpoint.Found found = Checkpoint.find(
                folder.resolve(EngineChoice.parse(engine).folder()).resolve("checkpoint"));
        if (found.newest() == null || found.position() == null) {
            return Optional.empty();
        }
        Recipe recipe = RunDirectory.open(folder).recipe();
        long steps = found.position().step();
        Path file = copies.resolve("step-%s.safetensors".formatted(steps));
        Parameters parameters =
                Checkpoint.read(found.newest(), recipe.network()).parameters();
        parameters.write(file);
        return Optional.of(new ServedModel(
                "%s, after %s steps".formatted(engine, steps),
                null,
                engine,
                null,
                null,
                file,
                new Model(recipe.network(), parameters),
                Datasets.normalisation(recipe.dataset())));
    }

    /**
     * The model of a file.
     *
     * @param size of the images, where the file does not say it; null if it is not known
     */
    static ServedModel model(Path file, @Nullable ImageSize size) {
        ChosenModel chosen = ChosenModel.of(file, size, null);
        return new ServedModel(
                file.toString(),
                null,
                null,
                null,
                null,
                chosen.path(),
                chosen.file().model(),
                chosen.normalisation());
    }

    /** The model of the newest run on MNIST that has one; those that cannot be read are passed over. */
    static Optional<ServedModel> newest() {
        for (Path folder : folders()) {
            for (EngineResult result : results(folder)) {
                if (result.status() == Status.DONE && hasModel(folder, result)) {
                    Optional<ServedModel> model = ofDigits(folder, result.engine());
                    if (model.isPresent()) {
                        return model;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<ServedModel> ofDigits(Path folder, EngineName engine) {
        try {
            return RunDirectory.open(folder).recipe().dataset().equals(DIGITS)
                    ? Optional.of(model(folder, engine))
                    : Optional.empty();
        } catch (Failure e) {
            // Damaged: choosing this run says so.
            return Optional.empty();
        }
    }
}
