package tandem.engine.java;

import tandem.core.Batch;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Images;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;

/**
 * The network in pure Java, on the Vector API. A step allocates nothing, and its results are the same bits with any
 * number of threads; docs/java-engine.md explains how it works.
 */
final class JavaEngine implements Engine {
    /** Images that are predicted at a time, at least. */
    private static final int CHUNK = 64;

    private final Recipe recipe;
    private final Network network;
    private final String variant;
    private final String version;
    private final Crew crew;
    private JavaNetwork model;

    JavaEngine(EngineSetup setup, String version) {
        recipe = setup.recipe();
        network = recipe.network();
        variant = setup.variant();
        this.version = version;
        crew = new Crew(setup.threads());
        model = new JavaNetwork(recipe, Math.max(CHUNK, recipe.batchSize()), crew, variant);
        model.restore(setup.parameters(), setup.state());
    }

    @Override
    public Library library() {
        return new Library(JavaProvider.LIBRARY, "%s (%s)".formatted(version, VectorWidth.words()), "cpu", crew.size());
    }

    // ---- train step

    @Override
    public float trainStep(Batch batch, float learningRate) {
        makeRoom(batch.size());
        return model.trainStep(batch, learningRate);
    }

    /** A batch larger than the recipe's moves into a larger network. */
    private void makeRoom(int images) {
        if (images > model.capacity()) {
            JavaNetwork larger = new JavaNetwork(recipe, images, crew, variant);
            larger.restore(model.parameters(), model.optimizerState());
            model = larger;
        }
    }

    // ---- predict

    @Override
    public void logits(Images images, int from, int count, float[] out) {
        for (int done = 0; done < count; done += model.capacity()) {
            int n = Math.min(model.capacity(), count - done);
            model.logits(images, from + done, n, out, done * network.classes());
        }
    }

    // ---- gradients

    @Override
    public Gradients gradients(Batch batch) {
        makeRoom(batch.size());
        model.pass(batch);
        return new Gradients(model.lastLoss(), model.lastLogits(), model.lastGradients());
    }

    // ---- parameters in and out

    @Override
    public Parameters parameters() {
        return model.parameters();
    }

    @Override
    public OptimizerState optimizerState() {
        return model.optimizerState();
    }

    @Override
    public void restore(Parameters parameters, OptimizerState state) {
        model.restore(parameters, state);
    }

    // ---- closing

    @Override
    public void close() {
        crew.close();
    }
}
