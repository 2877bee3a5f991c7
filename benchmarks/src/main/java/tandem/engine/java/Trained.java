package tandem.engine.java;

import java.nio.file.Path;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.core.engine.Batch;
import tandem.core.engine.Batches;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Training;

/**
 * What the stages are measured on: MNIST and the seed's network after {@value #STEPS} steps of the recipe
 * {@code harmonized}. Activations are sparse only once the network has learned something, and half of the stages take
 * as long as there are features alive.
 */
record Trained(Recipe recipe, Images images, Parameters parameters, OptimizerState state) {
    /** Steps of training, a third of an epoch. */
    static final int STEPS = 300;

    /** System property: a folder that {@link #write} has written; without it every fork trains for itself. */
    static final String PROPERTY = "tandem.benchmarks.trained";

    private static final String PARAMETERS = "parameters.safetensors";
    private static final String STATE = "state.safetensors";

    /**
     * The trained network, from the folder that the system property {@value #PROPERTY} names, or else by training.
     *
     * @throws tandem.core.Failure if the folder's files cannot be read
     */
    static Trained load() {
        String folder = System.getProperty(PROPERTY);
        return folder == null ? train() : read(Path.of(folder));
    }

    /** Trains, on all processors, with the widest vectors there are; always the same bits. */
    static Trained train() {
        Recipe recipe = Recipe.HARMONIZED;
        Images images = Datasets.open(recipe.dataset()).train();
        try (Engine engine = new JavaProvider().create(EngineSetup.fresh(recipe, processors(), ""))) {
            Training training = new Training(recipe, images);
            while (training.next() < STEPS) {
                training.step(engine);
            }
            return new Trained(recipe, images, engine.parameters(), engine.optimizerState());
        }
    }

    private static Trained read(Path folder) {
        Recipe recipe = Recipe.HARMONIZED;
        return new Trained(
                recipe,
                Datasets.open(recipe.dataset()).train(),
                Parameters.read(folder.resolve(PARAMETERS), recipe.network()),
                OptimizerState.read(folder.resolve(STATE), recipe.network()));
    }

    /**
     * Writes what a fork reads.
     *
     * @throws tandem.core.Failure if it cannot be written
     */
    void write(Path folder) {
        parameters.write(folder.resolve(PARAMETERS));
        state.write(folder.resolve(STATE));
    }

    /** An engine that goes on from here. */
    Engine engine(int threads) {
        return new JavaProvider().create(new EngineSetup(recipe, parameters, state, threads, ""));
    }

    /** So many batches from where training ended: images and both masks. */
    Batch[] batches(int count) {
        Batches all = new Batches(recipe, images);
        Batch[] batches = new Batch[count];
        for (int i = 0; i < count; i++) {
            batches[i] = all.allocate();
            all.fill(batches[i], STEPS + i);
        }
        return batches;
    }

    static int processors() {
        return Runtime.getRuntime().availableProcessors();
    }
}
