package tandem.worker.protocol;

import java.nio.file.Path;
import java.util.Map;
import tandem.core.Failure;
import tandem.core.Fingerprint;
import tandem.core.Recipe;
import tandem.core.data.Dataset;

/**
 * What makes two runs the same experiment, as fingerprints. A run goes on from a checkpoint, and a trial counts as done
 * already, only if this is equal; engines of a comparison saw the same only if this is equal.
 *
 * @param recipe every choice but the number of epochs, which may grow, and where the images lie
 * @param images pixels, labels and normalisation, training and test
 * @param parameters the initial parameters, as read back from the engine
 */
public record Identity(String recipe, String images, String parameters) {

    /** Of a recipe, a dataset within its limits, and the fingerprint of initial parameters. */
    public static Identity of(Recipe recipe, Dataset data, String parameters) {
        return new Identity(fingerprint(recipe), images(data), parameters);
    }

    private static String fingerprint(Recipe recipe) {
        return before(recipe.with(Map.of("dataset", "any")));
    }

    /** Until 2026-11-25 the name of the dataset was a part of it. */
    private static String before(Recipe recipe) {
        return recipe.with(Map.of("epochs", 1)).fingerprint();
    }

    /** Fingerprint of a dataset's images within a recipe's limits. */
    public static String images(Dataset data) {
        return new Fingerprint()
                .add(data.train().fingerprint())
                .add(data.test().fingerprint())
                .toString();
    }

    /** Whether a dataset, within the recipe's limits, holds the images of this identity. */
    public boolean isOf(Dataset data) {
        return images.equals(images(data));
    }

    /**
     * Checks that a run of this identity may go on with a recipe.
     *
     * @param checkpoint its file
     * @throws Failure if anything but the number of epochs differs
     */
    public void goesOnWith(Recipe recipe, Path checkpoint) {
        if (!this.recipe.equals(fingerprint(recipe)) && !this.recipe.equals(before(recipe))) {
            throw new Failure(
                    "%s: the checkpoint belongs to another recipe; when a run is resumed, only --epochs may change"
                            .formatted(checkpoint));
        }
    }

    /**
     * Checks that a run of this identity may go on with a dataset.
     *
     * @param checkpoint its file
     * @throws Failure if the images are not the same
     */
    public void goesOnWith(Dataset data, Path checkpoint) {
        if (!isOf(data)) {
            throw new Failure(
                    "%s: the checkpoint was trained on other images than the dataset holds now; start a new run"
                            .formatted(checkpoint));
        }
    }
}
