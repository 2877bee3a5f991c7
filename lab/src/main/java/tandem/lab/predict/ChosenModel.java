package tandem.lab.predict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.core.data.Normalisation;
import tandem.core.model.ImageSize;
import tandem.core.model.ModelFile;
import tandem.lab.compare.Comparison;
import tandem.lab.compare.EngineResult;
import tandem.lab.engines.EngineName;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;

/**
 * The model that engines answer by: that of a file, or of a run, where each engine answers by the one that it trained.
 *
 * @param file what is in the model's file; of several models that of the first
 * @param path the model's file; of several models the first, which engines without one answer by
 * @param own the models of a run, by the engine that trained each
 * @param normalisation how pixels become inputs
 */
public record ChosenModel(ModelFile file, Path path, SequencedMap<EngineName, Path> own, Normalisation normalisation) {
    private static final String MODEL = "model.safetensors";
    private static final Path RUNS = Path.of("runs");
    private static final String RECIPE = "recipe.json";

    /**
     * The model of a file, or the models of a run. What a file does not say of its images, its run says, if it lies in
     * one.
     *
     * @param named a file, or the folder of a run
     * @param size of the images, where nothing else says it; null if it is not known
     * @param dataset whose normalisation is used; null for what the file says, or its run, or MNIST's
     * @throws Failure if there is no such file or run, it has no model, or it cannot be read
     */
    public static ChosenModel of(Path named, @Nullable ImageSize size, @Nullable String dataset) {
        if (!Files.isDirectory(named)) {
            return of(named, new LinkedHashMap<>(), run(named), size, dataset);
        }
        if (Files.isRegularFile(named.resolve(MODEL))) {
            // The folder of an engine in a run.
            return of(named.resolve(MODEL), size, dataset);
        }
        RunDirectory run = RunDirectory.open(named);
        SequencedMap<EngineName, Path> own = models(run);
        if (own.isEmpty()) {
            throw new Failure(
                    "%s: no engine has a model in this run; give one that trained to its end".formatted(named));
        }
        return of(own.firstEntry().getValue(), own, named, size, dataset);
    }

    /**
     * The models of the newest run in {@code runs} that has any.
     *
     * @throws Failure if there is none, or the newest cannot be read
     */
    public static ChosenModel newest(@Nullable ImageSize size, @Nullable String dataset) {
        if (Files.isDirectory(RUNS)) {
            try (Stream<Path> folders = Files.list(RUNS)) {
                for (Path folder : folders.filter(run -> Files.isRegularFile(run.resolve(RECIPE)))
                        .sorted(Comparator.comparing(ChosenModel::begun).reversed())
                        .toList()) {
                    if (!models(RunDirectory.open(folder)).isEmpty()) {
                        return of(folder, size, dataset);
                    }
                }
            } catch (IOException e) {
                throw new Failure("%s: cannot be read (%s)".formatted(RUNS, e.getMessage()), e);
            }
        }
        throw new Failure(
                "no run in %s has a model; train one with 'tandem train java', or name a model before the pictures"
                        .formatted(RUNS.toAbsolutePath()));
    }

    private static long begun(Path run) {
        try {
            return Files.getLastModifiedTime(run.resolve(RECIPE)).toMillis();
        } catch (IOException e) {
            return 0;
        }
    }

    private static SequencedMap<EngineName, Path> models(RunDirectory run) {
        SequencedMap<EngineName, Path> models = new LinkedHashMap<>();
        Path file = run.path().resolve(Comparison.FILE);
        List<EngineResult> results =
                Files.isRegularFile(file) ? Json.read(file, Comparison.class).engines() : List.of();
        for (EngineResult result : results) {
            Path model = run.engine(result.engine()).resolve(MODEL);
            if (result.status() == Status.DONE && Files.isRegularFile(model)) {
                models.put(result.engine(), model);
            }
        }
        return models;
    }

    private static ChosenModel of(
            Path path,
            SequencedMap<EngineName, Path> own,
            @Nullable Path run,
            @Nullable ImageSize size,
            @Nullable String dataset) {
        ImageSize known = size;
        String trainedOn = "mnist";
        if (run != null && Files.isRegularFile(run.resolve(RECIPE))) {
            Recipe recipe = RunDirectory.open(run).recipe();
            known = size == null ? ImageSize.of(recipe.network()) : size;
            trainedOn = recipe.dataset();
        }
        ModelFile file = ModelFile.read(path, known);
        Normalisation said = file.normalisation();
        Normalisation normalisation =
                dataset == null && said != null ? said : Datasets.normalisation(dataset == null ? trainedOn : dataset);
        return new ChosenModel(file, path, own, normalisation);
    }

    /** The file that an engine answers by. */
    public Path of(EngineName engine) {
        return own.getOrDefault(engine, path);
    }

    /** By which models these engines answer, for people. */
    public String words(Collection<EngineName> asked) {
        if (own.size() < 2) {
            return path.toString();
        }
        String others = own.keySet().containsAll(asked)
                ? ""
                : ", the others by that of " + own.firstEntry().getKey();
        return "the %s models of the run %s, each engine by its own%s".formatted(own.size(), run(path), others);
    }

    /** The run that a file may lie in: the folder of the engine's folder. */
    private static @Nullable Path run(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder == null ? null : folder.getParent();
    }

    /** What the run, if the model lies in one, says of how it was trained. */
    public Optional<Trained> trained() {
        Path run = run(path);
        if (run == null || !Files.isRegularFile(run.resolve(Comparison.FILE))) {
            return Optional.empty();
        }
        Comparison comparison = Json.read(run.resolve(Comparison.FILE), Comparison.class);
        return comparison.engines().stream()
                .filter(result -> RunDirectory.open(run)
                        .engine(result.engine())
                        .resolve(MODEL)
                        .equals(path.toAbsolutePath()))
                .findFirst()
                .map(result -> new Trained(comparison.recipe().dataset(), result));
    }

    /** On what a model was trained, and how that went. */
    public record Trained(String dataset, EngineResult result) {}
}
