package tandem.app;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
import tandem.core.data.Datasets;

/** Which experiment: a preset or a file, and what is changed of it. */
final class RecipeOptions {
    /** Options by the fields of a recipe that sentences name. */
    private static final Map<String, String> OPTIONS = Map.of(
            "epochs", "--epochs",
            "trainLimit", "--train-limit",
            "testLimit", "--test-limit",
            "batchSize", "--batch-size",
            "learningRate", "--lr",
            "gamma", "--gamma",
            "rho", "--rho",
            "epsilon", "--epsilon");

    /** Labels are kept as bytes. */
    private static final int MOST_CLASSES = 256;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--recipe",
            paramLabel = "NAME|FILE",
            description = "harmonized (the default), published-pytorch, published-tensorflow,"
                    + " or a JSON file such as the recipe.json of a run.")
    private @Nullable String recipe;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training images (default: 1, or the file's).")
    private @Nullable Integer epochs;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of initial parameters, order and masks (default: 42).")
    private @Nullable Long seed;

    @Option(
            names = "--dataset",
            paramLabel = "NAME",
            description =
                    "mnist (the default), fashion-mnist, kmnist, qmnist, emnist-digits or another that 'tandem data'"
                            + " lists.")
    private @Nullable String dataset;

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = "Images of your own: IDX files, mnist.npz, CSV, or a folder of pictures for each class; see"
                    + " docs/data.md.")
    private @Nullable Path data;

    @Option(names = "--transpose", description = "Swap rows and columns of the images, as EMNIST's files need.")
    private boolean transpose;

    @Option(
            names = "--classes",
            paramLabel = "N",
            description =
                    "Number of classes, even if some of them have no image (default: the largest label plus one).")
    private @Nullable Integer classes;

    @Option(names = "--train-limit", paramLabel = "N", description = "Train on the first N images only.")
    private @Nullable Integer trainLimit;

    @Option(names = "--test-limit", paramLabel = "N", description = "Test on the first N images only.")
    private @Nullable Integer testLimit;

    @Option(names = "--batch-size", paramLabel = "N", description = "Images of a step (default: 64).")
    private @Nullable Integer batchSize;

    @Option(names = "--lr", paramLabel = "X", description = "Initial learning rate (default: 1).")
    private @Nullable Double learningRate;

    @Option(names = "--gamma", paramLabel = "X", description = "Factor of the schedule (default: 0.7).")
    private @Nullable Double gamma;

    @Option(names = "--rho", paramLabel = "X", description = "Adadelta's decay (default: 0.9).")
    private @Nullable Double rho;

    @Option(names = "--epsilon", paramLabel = "X", description = "Adadelta's term under the roots (default: 1e-6).")
    private @Nullable Double epsilon;

    @Option(names = "--loss", paramLabel = "NAME", description = "cross-entropy or double-softmax.")
    private @Nullable String loss;

    @Option(
            names = "--init",
            paramLabel = "NAME|FILE",
            description = "Initial weights: fan-in or glorot; or a safetensors file with all parameters.")
    private @Nullable String init;

    @Option(names = "--bias-init", paramLabel = "NAME", description = "Initial biases: fan-in or zero.")
    private @Nullable String biasInit;

    @Option(names = "--schedule", paramLabel = "NAME", description = "Learning rate: epoch, batch or constant.")
    private @Nullable String schedule;

    @Option(names = "--shuffle", negatable = true, description = "A new order every epoch, or file order.")
    private @Nullable Boolean shuffle;

    @Option(names = "--dropout", negatable = true, description = "With or without dropout.")
    private @Nullable Boolean dropout;

    /** The recipe that the options ask for; the network's sizes are still the preset's or the file's. */
    Recipe recipe() {
        return recipe(base());
    }

    /** A given recipe with what the options change of it. */
    Recipe recipe(Recipe base) {
        Usage.requireAtLeastOne(command, "--train-limit", trainLimit);
        Usage.requireAtLeastOne(command, "--test-limit", testLimit);
        Map<String, Object> changes = new LinkedHashMap<>();
        changes.put("epochs", epochs);
        changes.put("seed", seed);
        changes.put("dataset", datasetName(base.dataset()));
        changes.put("trainLimit", trainLimit);
        changes.put("testLimit", testLimit);
        changes.put("batchSize", batchSize);
        changes.put("learningRate", learningRate);
        changes.put("gamma", gamma);
        changes.put("rho", rho);
        changes.put("epsilon", epsilon);
        changes.put("loss", choice("--loss", loss, Loss.values()));
        changes.put(
                "weightInitialiser",
                initialParameters() == null ? choice("--init", init, WeightInitialiser.values()) : null);
        changes.put("biasInitialiser", choice("--bias-init", biasInit, BiasInitialiser.values()));
        changes.put("schedule", choice("--schedule", schedule, Schedule.values()));
        changes.put("shuffle", shuffle);
        changes.put("dropout", dropout);
        changes.values().removeIf(Objects::isNull);
        try {
            return base.with(changes);
        } catch (Failure e) {
            throw usage(asTyped(e.getMessage()));
        }
    }

    /** A sentence about a field of the recipe, with the option in its place. */
    private static String asTyped(String sentence) {
        String field = sentence.split(" ", 2)[0];
        return OPTIONS.getOrDefault(field, field) + sentence.substring(field.length());
    }

    private Recipe base() {
        if (recipe == null) {
            return Recipe.HARMONIZED.with(Map.of("epochs", 1));
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

    private @Nullable String datasetName(String base) {
        if (dataset != null && data != null) {
            throw usage("--dataset and --data name different things; give one");
        }
        String name = data == null ? dataset : data.toAbsolutePath().normalize().toString();
        // Of a run that goes on, images that have moved lie as they did.
        boolean transposed = transpose || Datasets.isTransposed(base);
        return transposed && !Datasets.isTransposed(name == null ? base : name)
                ? Datasets.TRANSPOSED + (name == null ? base : name)
                : name;
    }

    /**
     * The number of classes that is asked for: by the option, or by a run that goes on; null if labels tell it.
     *
     * @param before recipe of the run that goes on, or null
     */
    @Nullable
    Integer classes(@Nullable Recipe before) {
        Usage.require(
                classes == null || classes >= 2 && classes <= MOST_CLASSES,
                command,
                "--classes is %d; it must be from 2 to %d",
                classes,
                MOST_CLASSES);
        return classes == null && before != null
                ? Integer.valueOf(before.network().classes())
                : classes;
    }

    /** The file that {@code --init} names, or null if it names none. */
    @Nullable
    Path initialParameters() {
        WeightInitialiser[] values = WeightInitialiser.values();
        if (init == null
                || Arrays.stream(values).anyMatch(value -> value.toString().equals(init))) {
            return null;
        }
        Path file = path("--init", init);
        if (!Files.exists(file)) {
            throw usage("--init: '%s' is neither one of %s nor a file".formatted(init, words(values)));
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
            throw usage("%s cannot be combined with %s, which continues with the run's own"
                    .formatted(recipe != null ? "--recipe" : "--init", other));
        }
    }

    private Path path(String option, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw usage("%s: '%s' is not a path".formatted(option, text));
        }
    }

    private <E extends Enum<E>> @Nullable E choice(String option, @Nullable String name, E[] values) {
        if (name == null) {
            return null;
        }
        for (E value : values) {
            if (value.toString().equals(name)) {
                return value;
            }
        }
        throw usage("%s: there is no '%s'; valid are %s".formatted(option, name, words(values)));
    }

    private static String words(Object[] values) {
        return Arrays.stream(values).map(Object::toString).collect(Collectors.joining(", "));
    }

    private ParameterException usage(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }
}
