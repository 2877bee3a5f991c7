package tandem.lab.worker;

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
 * @param recipe every choice but the number of epochs, which may grow
 * @param images pixels, labels and normalisation, training and test
 * @param parameters the initial parameters, as read back from the engine
 */
public record Identity(String recipe, String images, String parameters) {

    static Identity of(Recipe recipe, Dataset data, String parameters) {
        return new Identity(
                recipe.with(Map.of("epochs", 1)).fingerprint(),
                new Fingerprint()
                        .add(data.train().fingerprint())
                        .add(data.test().fingerprint())
                        .toString(),
                parameters);
    }

    /**
     * Checks that a run may go on from a checkpoint.
     *
     * @param before identity of the run that wrote it
     * @param folder of the checkpoint
     * @throws Failure if recipe or images are not the same
     */
    void goesOnFrom(Identity before, Path folder) {
        if (!before.recipe.equals(recipe)) {
            throw new Failure("%s: the checkpoint belongs to another recipe; go on with the recipe it was made with"
                    .formatted(folder));
        }
        if (!before.images.equals(images)) {
            throw new Failure(
                    "%s: the checkpoint was trained on other images than the dataset holds now; start a new run"
                            .formatted(folder));
        }
    }
}
