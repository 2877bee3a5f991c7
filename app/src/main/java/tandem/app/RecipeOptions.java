package tandem.app;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tandem.core.BiasInitialiser;
import tandem.core.Failure;
import tandem.core.Loss;
import tandem.core.Recipe;
import tandem.core.Schedule;
import tandem.core.WeightInitialiser;

/** Which experiment: a preset or a file, and what is changed of it. */
final class RecipeOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--recipe",
            paramLabel = "NAME|FILE",
            description = "harmonized (the default), published-pytorch, published-tensorflow,"
                    + " or a JSON file such as the recipe.json of a run.")
    private String recipe;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training images (default: 1, or the file's).")
    private Integer epochs;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of initial parameters, order and masks (default: 42).")
    private Long seed;

    @Option(names = "--dataset", paramLabel = "NAME", description = "mnist (the default), fashion-mnist or kmnist.")
    private String dataset;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "A folder with the four IDX files of a dataset, .gz or not.")
    private Path data;

    @Option(names = "--train-limit", paramLabel = "N", description = "Train on the first N images only.")
    private Integer trainLimit;

    @Option(names = "--test-limit", paramLabel = "N", description = "Test on the first N images only.")
    private Integer testLimit;

    @Option(names = "--batch-size", paramLabel = "N", description = "Images of a step (default: 64).")
    private Integer batchSize;

    @Option(names = "--lr", paramLabel = "X", description = "Initial learning rate (default: 1).")
    private Double learningRate;

    @Option(names = "--gamma", paramLabel = "X", description = "Factor of the schedule (default: 0.7).")
    private Double gamma;

    @Option(names = "--rho", paramLabel = "X", description = "Adadelta's decay (default: 0.9).")
    private Double rho;

    @Option(names = "--epsilon", paramLabel = "X", description = "Adadelta's term under the roots (default: 1e-6).")
    private Double epsilon;

    @Option(names = "--loss", paramLabel = "NAME", description = "cross-entropy or double-softmax.")
    private String loss;

    @Option(
            names = "--init",
            paramLabel = "NAME|FILE",
            description = "Initial weights: fan-in or glorot; or a safetensors file with all parameters.")
    private String init;

    @Option(names = "--bias-init", paramLabel = "NAME", description = "Initial biases: fan-in or zero.")
    private String biasInit;

    @Option(names = "--schedule", paramLabel = "NAME", description = "Learning rate: epoch, batch or constant.")
    private String schedule;

    @Option(names = "--shuffle", negatable = true, description = "A new order every epoch, or file order.")
    private Boolean shuffle;

    @Option(names = "--dropout", negatable = true, description = "With or without dropout.")
    private Boolean dropout;

    /**
     * The recipe that the options ask for; the network's sizes are still the preset's or the file's.
     *
     * @throws ParameterException if an option has no such value
     * @throws Failure if a recipe file is bad
     */
    Recipe recipe() {
        return recipe(base());
    }

    /**
     * A given recipe with what the options change of it.
     *
     * @throws ParameterException if an option has no such value
     */
    Recipe recipe(Recipe base) {
        Map<String, Object> changes = new LinkedHashMap<>();
        put(changes, "epochs", epochs);
        put(changes, "seed", seed);
        put(changes, "dataset", datasetName());
        put(changes, "trainLimit", limit("--train-limit", trainLimit));
        put(changes, "testLimit", limit("--test-limit", testLimit));
        put(changes, "batchSize", batchSize);
        put(changes, "learningRate", learningRate);
        put(changes, "gamma", gamma);
        put(changes, "rho", rho);
        put(changes, "epsilon", epsilon);
        put(changes, "loss", choice("--loss", loss, Loss.values()));
        put(
                changes,
                "weightInitialiser",
                initialParameters() == null ? choice("--init", init, WeightInitialiser.values()) : null);
        put(changes, "biasInitialiser", choice("--bias-init", biasInit, BiasInitialiser.values()));
        put(changes, "schedule", choice("--schedule", schedule, Schedule.values()));
        put(changes, "shuffle", shuffle);
        put(changes, "dropout", dropout);
        try {
            return base.with(changes);
        } catch (Failure e) {
            throw usage(e.getMessage());
        }
    }

    private static void put(Map<String, Object> changes, String field, Object value) {
        if (value != null) {
            changes.put(field, value);
        }
    }

    private Recipe base() {
        if (recipe == null) {
            return Recipe.PRESETS.get("harmonized").with(Map.of("epochs", 1));
        }
        Recipe preset = Recipe.PRESETS.get(recipe);
        if (preset != null) {
            return preset.with(Map.of("epochs", 1));
        }
        if (!Files.exists(path("--recipe", recipe))) {
            throw usage("--recipe: there is no recipe '%s'; valid are %s, or a JSON file"
                    .formatted(recipe, String.join(", ", Recipe.PRESETS.keySet())));
        }
        return Recipe.read(Path.of(recipe));
    }

    private String datasetName() {
        if (dataset != null && data != null) {
            throw usage("--dataset and --data name different things; give one");
        }
        return data == null ? dataset : data.toAbsolutePath().normalize().toString();
    }

    private Integer limit(String option, Integer value) {
        if (value != null && value < 1) {
            throw usage("%s is %d; it must be at least 1".formatted(option, value));
        }
        return value;
    }

    /** The file that {@code --init} names, or null if it names none. */
    Path initialParameters() {
        List<String> names =
                Arrays.stream(WeightInitialiser.values()).map(String::valueOf).toList();
        if (init == null || names.contains(init)) {
            return null;
        }
        Path file = path("--init", init);
        if (!Files.exists(file)) {
            throw usage("--init: '%s' is neither one of %s nor a file".formatted(init, String.join(", ", names)));
        }
        return file;
    }

    /** @throws ParameterException if {@code --init} names a file, where every seed draws parameters of its own */
    void refuseInitialFile() {
        if (initialParameters() != null) {
            throw usage("--init takes no file here: every seed draws its own initial parameters");
        }
    }

    /** @throws ParameterException if a start is given together with an option that has one already */
    void refuseStart(String other) {
        if (recipe != null || init != null) {
            throw usage("%s does not go with %s, which goes on with the run's own"
                    .formatted(recipe != null ? "--recipe" : "--init", other));
        }
    }

    private Path path(String option, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw usage("%s: '%s' is no path".formatted(option, text));
        }
    }

    private <E extends Enum<E>> E choice(String option, String name, E[] values) {
        if (name == null) {
            return null;
        }
        return Arrays.stream(values)
                .filter(value -> value.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> usage("%s: there is no '%s'; valid are %s"
                        .formatted(
                                option,
                                name,
                                Arrays.stream(values).map(E::toString).collect(Collectors.joining(", ")))));
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }
}
