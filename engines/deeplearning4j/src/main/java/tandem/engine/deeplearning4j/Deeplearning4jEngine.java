package tandem.engine.deeplearning4j;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Images;
import tandem.core.engine.Batch;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;

/** The network in Deeplearning4j. */
final class Deeplearning4jEngine implements Engine {
    private final Recipe recipe;
    private final Network network;
    private final Deeplearning4jPredictor predictor;
    private final Deeplearning4jNetwork model;
    private final Deeplearning4jTraining training;
    private @Nullable Deeplearning4jInputs inputs;

    Deeplearning4jEngine(EngineSetup setup) {
        recipe = setup.recipe();
        network = recipe.network();
        predictor = new Deeplearning4jPredictor(setup.forPredictor());
        model = predictor.model();
        training = new Deeplearning4jTraining(model, recipe);
        training.set(setup.state());
    }

    @Override
    public Library library() {
        return predictor.library();
    }

    // ---- train step

    @Override
    public float trainStep(Batch batch, float learningRate) {
        return training.fit(inputs(batch), learningRate);
    }

    private Deeplearning4jInputs inputs(Batch batch) {
        if (inputs == null || batch.size() != inputs.size()) {
            closeInputs();
            inputs = new Deeplearning4jInputs(recipe, batch.size());
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
        Deeplearning4jInputs in = inputs(batch);
        float[] logits = new float[batch.size() * network.classes()];
        try (INDArray array = training.logits(in)) {
            Deeplearning4jTensors.read(array, logits, 0);
        }
        float loss = training.computeGradients(in);
        Parameters gradients = training.gradientsOfSum();
        for (Shape shape : gradients.shapes()) {
            float[] values = gradients.get(shape.name());
            for (int i = 0; i < values.length; i++) {
                values[i] /= batch.size();
            }
        }
        return new Gradients(loss, logits, gradients);
    }

    // ---- parameters in and out

    @Override
    public Parameters parameters() {
        return model.parameters();
    }

    @Override
    public OptimizerState optimizerState() {
        return training.state();
    }

    @Override
    public void restore(Parameters parameters, OptimizerState state) {
        model.set(parameters);
        training.set(state);
    }

    // ---- closing

    @Override
    public void close() {
        training.close();
        closeInputs();
        predictor.close();
    }

    private void closeInputs() {
        if (inputs != null) {
            inputs.close();
        }
    }
}
