package tandem.engine.java;

import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Images;
import tandem.core.engine.Batch;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;

/**
 * The network in pure Java, on the Vector API. A step allocates nothing, and its results are the same bits with any
 * number of threads; docs/java-engine.md explains how it works.
 */
final class JavaEngine implements Engine {
    private final Recipe recipe;
    private final JavaPredictor predictor;
    private JavaNetwork model;
    private JavaTraining training;

    JavaEngine(EngineSetup setup) {
        recipe = setup.recipe();
        predictor = new JavaPredictor(setup.forPredictor(), recipe.batchSize(), true);
        model = predictor.model();
        training = new JavaTraining(model, recipe);
        training.set(setup.state());
    }

    @Override
    public Library library() {
        return predictor.library();
    }

    // ---- train step

    @Override
    public float trainStep(Batch batch, float learningRate) {
        makeRoom(batch.size());
        return training.trainStep(batch, learningRate);
    }

    /** A batch larger than the recipe's moves into a larger network. */
    private void makeRoom(int images) {
        if (images > model.capacity()) {
            OptimizerState state = training.optimizerState();
            model = predictor.grow(images);
            training = new JavaTraining(model, recipe);
            training.set(state);
        }
    }

    // ---- predict

    @Override
    public void logits(Images images, int from, int count, float[] out) {
        predictor.logits(images, from, count, out);
    }

    // ---- gradients

    @Override
    public Gradients gradients(Batch batch) {
        makeRoom(batch.size());
        training.pass(batch);
        return new Gradients(training.lastLoss(), training.lastLogits(), training.lastGradients());
    }

    // ---- parameters in and out

    @Override
    public Parameters parameters() {
        return model.parameters();
    }

    @Override
    public OptimizerState optimizerState() {
        return training.optimizerState();
    }

    @Override
    public void restore(Parameters parameters, OptimizerState state) {
        model.set(parameters);
        training.set(state);
    }

    // ---- closing

    @Override
    public void close() {
        predictor.close();
    }
}
