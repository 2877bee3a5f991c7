package tandem.core;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Every choice of an experiment as data; equal recipes mean equal inputs for every engine. On disk a JSON object with
 * exactly these fields.
 *
 * @param dataset name in the catalogue, or a folder of IDX files
 * @param trainLimit number of training images, from the first on; 0 means all
 * @param testLimit number of test images, from the first on; 0 means all
 * @param network sizes and dropout probabilities
 * @param loss what is minimised
 * @param weightInitialiser distribution of initial weights
 * @param biasInitialiser distribution of initial biases
 * @param learningRate initial learning rate, greater than 0
 * @param schedule how the learning rate falls
 * @param gamma factor of the schedule, in (0, 1]
 * @param rho Adadelta's decay of both running averages, in [0, 1)
 * @param epsilon Adadelta's term under both roots, greater than 0
 * @param shuffle whether every epoch has its own order; otherwise images come in file order
 * @param dropout whether the two dropout layers drop anything
 * @param batchSize images of a step, at least 1; the last batch of an epoch may be smaller
 * @param epochs passes over the training images, at least 1
 * @param seed of initial parameters, order and masks
 */
public record Recipe(
        String dataset,
        int trainLimit,
        int testLimit,
        Network network,
        Loss loss,
        WeightInitialiser weightInitialiser,
        BiasInitialiser biasInitialiser,
        double learningRate,
        Schedule schedule,
        double gamma,
        double rho,
        double epsilon,
        boolean shuffle,
        boolean dropout,
        int batchSize,
        int epochs,
        long seed) {

    /** The recipe {@code harmonized}, which is trained where no other is asked for. */
    public static final Recipe HARMONIZED = new Recipe(
            "mnist",
            0,
            0,
            Network.SEED,
            Loss.CROSS_ENTROPY,
            WeightInitialiser.FAN_IN,
            BiasInitialiser.FAN_IN,
            1.0,
            Schedule.EPOCH,
            0.7,
            0.9,
            1e-6,
            true,
            true,
            64,
            10,
            42);

    /**
     * The named recipes: {@code harmonized}, and every choice of the two published notebooks. Initial values and masks
     * are drawn from our own generator in all of them.
     */
    public static final SequencedMap<String, Recipe> PRESETS = presets();

    private static SequencedMap<String, Recipe> presets() {
        SequencedMap<String, Recipe> presets = new LinkedHashMap<>();
        presets.put("harmonized", HARMONIZED);
        presets.put("published-pytorch", HARMONIZED.with(Map.of("loss", Loss.DOUBLE_SOFTMAX, "shuffle", false)));
        presets.put(
                "published-tensorflow",
                HARMONIZED.with(Map.of(
                        "schedule", Schedule.BATCH,
                        "rho", 0.95,
                        "epsilon", 1e-7,
                        "weightInitialiser", WeightInitialiser.GLOROT,
                        "biasInitialiser", BiasInitialiser.ZERO)));
        return presets;
    }

    /** @throws Failure if a value is out of range */
    public Recipe {
        Require.that(dataset != null && !dataset.isBlank(), "dataset", dataset, "a name or a folder");
        Require.that(trainLimit >= 0, "trainLimit", trainLimit, "at least 1, or 0 for all images");
        Require.that(testLimit >= 0, "testLimit", testLimit, "at least 1, or 0 for all images");
        Require.that(learningRate > 0 && Double.isFinite(learningRate), "learningRate", learningRate, "greater than 0");
        Require.that(gamma > 0 && gamma <= 1, "gamma", gamma, "greater than 0 and at most 1");
        Require.that(rho >= 0 && rho < 1, "rho", rho, "from 0 up to, not including, 1");
        Require.that(epsilon > 0 && Double.isFinite(epsilon), "epsilon", epsilon, "greater than 0");
        Require.that(batchSize >= 1, "batchSize", batchSize, "at least 1");
        Require.that(epochs >= 1, "epochs", epochs, "at least 1");
    }

    /**
     * The same recipe with some fields replaced.
     *
     * @param changes values by field name
     * @throws Failure if a value is out of range
     */
    public Recipe with(Map<String, ?> changes) {
        return RecipeJson.with(this, changes);
    }

    /**
     * The learning rate of a step.
     *
     * @param epoch from 1
     * @param step from 0 over the whole run
     */
    public double learningRate(int epoch, long step) {
        return learningRate * schedule.factor(gamma, epoch, step);
    }

    /**
     * Reads a recipe.
     *
     * @throws Failure if the file cannot be read, is not JSON, or has unknown, missing or wrong fields
     */
    public static Recipe read(Path file) {
        return RecipeJson.read(file);
    }

    /** The recipe as indented JSON, ended by a line feed. */
    public String toJson() {
        return RecipeJson.write(this);
    }

    /** A fingerprint of all fields. */
    public String fingerprint() {
        return new Fingerprint().add(toJson()).toString();
    }
}
