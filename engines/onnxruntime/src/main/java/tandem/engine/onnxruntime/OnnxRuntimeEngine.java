package tandem.engine.onnxruntime;

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
import tandem.core.engine.PredictorSetup;

/**
 * The network in ONNX Runtime. It runs graphs and has no variables, so there are two states in native memory: a step
 * reads one and writes the other, and the next step goes the other way. Predictions are those of another session, whose
 * parameters are constants; it is made when they are first asked for after a step.
 */
final class OnnxRuntimeEngine implements Engine {
    private final Recipe recipe;
    private final Network network;
    private final int threads;
    private final List<OnnxRuntimeState> states;

    /** Which of the two counts. */
    private int current;

    /** For batches of the last one's size; null before the first. */
    private @Nullable OnnxRuntimeStep step;

    /** Of the current parameters; null if nobody has asked since they changed. */
    private @Nullable OnnxRuntimePredictor predictor;

    OnnxRuntimeEngine(EngineSetup setup) {
        recipe = setup.recipe();
        network = recipe.network();
        threads = setup.threads();
        states = List.of(new OnnxRuntimeState(network), new OnnxRuntimeState(network));
        state().set(setup.parameters(), setup.state());
    }

    private OnnxRuntimeState state() {
        return states.get(current);
    }

    @Override
    public Library library() {
        return OnnxRuntimeSession.library(threads);
    }

    // ---- train step

    @Override
    public float trainStep(Batch batch, float learningRate) {
        closePredictor();
        float loss = step(batch).update(batch, learningRate, current);
        current = 1 - current;
        return loss;
    }

    private OnnxRuntimeStep step(Batch batch) {
        if (step == null || batch.size() != step.size()) {
            closeStep();
            step = new OnnxRuntimeStep(recipe, batch.size(), threads, states);
        }
        return step;
    }

    // ---- predict

    @Override
    public void logits(Images images, int from, int count, float[] out) {
        if (predictor == null) {
            predictor = new OnnxRuntimePredictor(new PredictorSetup(network, parameters(), threads, ""));
        }
        predictor.logits(images, from, count, out);
    }

    // ---- gradients

    @Override
    public Gradients gradients(Batch batch) {
        return step(batch).gradients(batch, state());
    }

    // ---- parameters in and out

    @Override
    public Parameters parameters() {
        return state().parameters().values();
    }

    @Override
    public OptimizerState optimizerState() {
        return state().accumulators();
    }

    @Override
    public void restore(Parameters parameters, OptimizerState accumulators) {
        closePredictor();
        state().set(parameters, accumulators);
    }

    // ---- closing

    @Override
    public void close() {
        closePredictor();
        closeStep();
        states.forEach(OnnxRuntimeState::close);
    }

    private void closeStep() {
        if (step != null) {
            step.close();
            step = null;
        }
    }

    private void closePredictor() {
        if (predictor != null) {
            predictor.close();
            predictor = null;
        }
    }
}
