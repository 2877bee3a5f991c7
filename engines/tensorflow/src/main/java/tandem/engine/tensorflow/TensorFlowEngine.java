package tandem.engine.tensorflow;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
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
 * The network in TensorFlow, in graph mode: TensorFlow Java has no gradients in eager mode. The graph is laid out once;
 * every call runs the part of it that yields what is asked for.
 */
final class TensorFlowEngine implements Engine {
    private final Recipe recipe;
    private final Network network;
    private final TensorFlowPredictor predictor;
    private final TensorFlowNetwork model;
    private final Session session;
    private final TensorFlowAdadelta adadelta;
    private final TensorFlowInputs.Placeholders in;
    private final Placeholder<TFloat32> learningRate;
    private final Operand<TFloat32> logits;
    private final Operand<TFloat32> loss;
    private final List<Operand<TFloat32>> gradients;
    private final Op update;
    private @Nullable TensorFlowInputs inputs;

    TensorFlowEngine(EngineSetup setup) {
        recipe = setup.recipe();
        network = recipe.network();
        predictor = new TensorFlowPredictor(setup.forPredictor());
        model = predictor.model();
        session = predictor.session();
        Ops tf = predictor.graph();
        adadelta = new TensorFlowAdadelta(tf, recipe);
        in = TensorFlowInputs.Placeholders.of(tf, recipe, predictor.images());
        learningRate = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
        logits = model.forward(in.images(), in.mask1(), in.mask2());
        loss = model.loss(recipe.loss(), logits, in.labels());
        gradients = model.gradients(loss);
        update = adadelta.update(model.parameters(), gradients, learningRate);
        adadelta.set(session, setup.state());
    }

    @Override
    public Library library() {
        return predictor.library();
    }

    // ---- train step

    @Override
    public float trainStep(Batch batch, float rate) {
        try (TFloat32 rateTensor = TFloat32.scalarOf(rate);
                Result result = fed(batch)
                        .feed(learningRate, rateTensor)
                        .addTarget(update)
                        .fetch(loss)
                        .run()) {
            return ((TFloat32) result.get(0)).getFloat();
        }
    }

    private Session.Runner fed(Batch batch) {
        if (inputs == null || batch.size() != inputs.size()) {
            closeInputs();
            inputs = new TensorFlowInputs(recipe, batch.size());
        }
        inputs.fill(batch);
        return in.feed(session.runner(), inputs);
    }

    // ---- predict

    @Override
    public void logits(Images images, int from, int count, float[] out) {
        predictor.logits(images, from, count, out);
    }

    // ---- gradients

    @Override
    public Gradients gradients(Batch batch) {
        Session.Runner runner = fed(batch).fetch(loss).fetch(logits);
        gradients.forEach(runner::fetch);
        try (Result result = runner.run()) {
            return new Gradients(
                    ((TFloat32) result.get(0)).getFloat(),
                    TensorFlowTensors.values(result.get(1)),
                    TensorFlowTensors.values(network, result, 2));
        }
    }

    // ---- parameters in and out

    @Override
    public Parameters parameters() {
        return model.values(session);
    }

    @Override
    public OptimizerState optimizerState() {
        return adadelta.state(session);
    }

    @Override
    public void restore(Parameters parameters, OptimizerState state) {
        model.set(session, parameters);
        adadelta.set(session, state);
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
