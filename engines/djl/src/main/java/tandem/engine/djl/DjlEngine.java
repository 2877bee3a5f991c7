package tandem.engine.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.training.GradientCollector;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tandem.core.Network;
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
 * The network in DJL. Every call opens one {@link NDScope}: all arrays of a step are freed when it ends. What lives
 * longer belongs to the engine's {@link NDManager}.
 */
final class DjlEngine implements Engine {
    private final Recipe recipe;
    private final Network network;
    private final DjlPredictor predictor;
    private final NDManager manager;
    private final DjlNetwork model;
    private final DjlAdadelta adadelta;
    private @Nullable DjlInputs inputs;

    DjlEngine(EngineSetup setup) {
        recipe = setup.recipe();
        network = recipe.network();
        predictor = new DjlPredictor(setup.forPredictor());
        manager = predictor.manager();
        model = predictor.model();
        adadelta = new DjlAdadelta(manager, recipe, model.parameters(), setup.state());
    }

    @Override
    public Library library() {
        return predictor.library();
    }

    // ---- train step

    @Override
    public float trainStep(Batch batch, float learningRate) {
        DjlInputs in = inputs(batch);
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            Backward backward = backward(in);
            adadelta.update(model.parameters(), backward.gradients(), learningRate);
            return backward.loss().getFloat();
        }
    }

    /** What one forward and backward pass yields, in the caller's scope. */
    private record Backward(NDArray loss, NDArray logits, List<NDArray> gradients) {}

    private Backward backward(DjlInputs in) {
        DjlLeaves leaves = new DjlLeaves(manager, model.parameters());
        try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
            NDArray logits = model.forward(leaves, in.images, in.mask1, in.mask2);
            NDArray loss = DjlNetwork.loss(recipe.loss(), logits, in.labels);
            model.backward(collector, loss);
            return new Backward(loss, logits, leaves.gradients());
        }
    }

    /** The batch in native memory. Outside of any scope, as it outlives the step. */
    private DjlInputs inputs(Batch batch) {
        if (inputs == null || batch.size() != inputs.size()) {
            closeInputs();
            inputs = new DjlInputs(manager, recipe, batch.size());
        }
        inputs.fill(batch);
        return inputs;
    }

    // ---- predict

    @Override
    public void logits(Images images, int from, int count, float[] out) {
        predictor.logits(images, from, count, out);
    }

    // ---- gradients

    @Override
    public Gradients gradients(Batch batch) {
        DjlInputs in = inputs(batch);
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            Backward backward = backward(in);
            return new Gradients(
                    backward.loss().getFloat(),
                    DjlTensors.values(backward.logits()),
                    DjlTensors.values(network, backward.gradients()));
        }
    }

    // ---- parameters in and out

    @Override
    public Parameters parameters() {
        return DjlTensors.values(network, model.arrays());
    }

    @Override
    public OptimizerState optimizerState() {
        return adadelta.state(network);
    }

    @Override
    public void restore(Parameters parameters, OptimizerState state) {
        DjlTensors.set(model.arrays(), parameters);
        adadelta.set(state);
    }

    // ---- closing

    @Override
    public void close() {
        closeInputs();
        predictor.close();
    }

    private void closeInputs() {
        if (inputs != null) {
            inputs.close();
        }
    }
}
