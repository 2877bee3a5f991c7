package tandem.engine.deeplearning4j;

import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;

/** Training of a network: loss, gradients and accumulators; the parameters are the network's own. */
final class Deeplearning4jTraining implements AutoCloseable {
    private final Network network;
    private final boolean dropout;
    private final Deeplearning4jNetwork model;
    private final Deeplearning4jAdadelta adadelta;
    private final MultiLayerNetwork training;

    Deeplearning4jTraining(Deeplearning4jNetwork model, Recipe recipe) {
        this.model = model;
        network = recipe.network();
        dropout = recipe.dropout();
        adadelta = new Deeplearning4jAdadelta(recipe);
        training = model.training(recipe.loss(), dropout, adadelta);
    }

    /** Forward, backward and update; returns the loss before the update. */
    float fit(Deeplearning4jInputs in, float learningRate) {
        model.setMasks(in);
        adadelta.learningRate(learningRate);
        training.fit(in.images, in.labels);
        return (float) training.score();
    }

    // ---- gradients

    /** Logits with dropout: [n, 10], to be closed. */
    INDArray logits(Deeplearning4jInputs in) {
        model.setMasks(in);
        return dropout ? model.droppedLogits(in.images) : model.logits(in.images);
    }

    /** Computes loss and gradients, and changes nothing; the loss. */
    float computeGradients(Deeplearning4jInputs in) {
        model.setMasks(in);
        training.setInput(in.images);
        training.setLabels(in.labels);
        training.computeGradientAndScore();
        return (float) training.score();
    }

    /** What {@link #computeGradients} computed: of the sum over the batch, not of the mean. */
    Parameters gradientsOfSum() {
        return Deeplearning4jTensors.values(network, training.getGradientsViewArray(), 0);
    }

    // ---- accumulators in and out

    /** The flat state holds the square averages of all parameters, then the accumulated deltas. */
    OptimizerState state() {
        INDArray state = training.getUpdater().getStateViewArray();
        return new OptimizerState(
                Deeplearning4jTensors.values(network, state, 0),
                Deeplearning4jTensors.values(network, state, network.parameterCount()));
    }

    void set(OptimizerState state) {
        INDArray flat = training.getUpdater().getStateViewArray();
        Deeplearning4jTensors.set(network, flat, 0, state.squareAverage());
        Deeplearning4jTensors.set(network, flat, network.parameterCount(), state.accumulatedDelta());
    }

    // ---- closing

    /** Frees gradients and accumulators, and the network's parameters with them. */
    @Override
    public void close() {
        training.close();
    }
}
