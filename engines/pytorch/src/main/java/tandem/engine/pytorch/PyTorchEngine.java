package tandem.engine.pytorch;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
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
 * The network in PyTorch. Every call opens one {@link PointerScope}: all tensors of a step are freed when it ends, not
 * when Java's collector happens to find them, or else memory grows to gigabytes.
 */
final class PyTorchEngine implements Engine {
    private final Recipe recipe;
    private final Network network;
    private final PyTorchPredictor predictor;
    private final Device device;
    private final PyTorchNetwork model;
    private final PyTorchAdadelta adadelta;
    private @Nullable PyTorchInputs inputs;

    PyTorchEngine(EngineSetup setup) {
        recipe = setup.recipe();
        network = recipe.network();
        predictor = new PyTorchPredictor(setup.forPredictor());
        device = predictor.device();
        model = predictor.model();
        try (PointerScope _ = new PointerScope()) {
            adadelta = new PyTorchAdadelta(recipe, setup.state(), device);
        }
    }

    @Override
    public Library library() {
        return predictor.library();
    }

    // ---- train step

    @Override
    public float trainStep(Batch batch, float learningRate) {
        try (PointerScope _ = new PointerScope();
                FlushedDenormals _ = new FlushedDenormals()) {
            PyTorchInputs in = inputs(batch);
            Tensor logits = model.forward(in.images(), in.mask1(), in.mask2());
            Tensor loss = PyTorchNetwork.loss(recipe.loss(), logits, in.labels());
            Tensor gradient = PyTorchTensors.flat(model.gradients(loss));
            adadelta.update(model.parameters().flat(), gradient, learningRate);
            return loss.item_float();
        }
    }

    private PyTorchInputs inputs(Batch batch) {
        if (inputs == null || batch.size() != inputs.size()) {
            closeInputs();
            inputs = new PyTorchInputs(recipe, batch.size(), device);
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
        try (PointerScope _ = new PointerScope();
                FlushedDenormals _ = new FlushedDenormals()) {
            PyTorchInputs in = inputs(batch);
            Tensor logits = model.forward(in.images(), in.mask1(), in.mask2());
            Tensor loss = PyTorchNetwork.loss(recipe.loss(), logits, in.labels());
            return new Gradients(
                    loss.item_float(),
                    PyTorchTensors.values(logits),
                    PyTorchTensors.values(network, model.gradients(loss)));
        }
    }

    // ---- parameters in and out

    @Override
    public Parameters parameters() {
        try (PointerScope _ = new PointerScope()) {
            return PyTorchTensors.values(network, model.parameters().all());
        }
    }

    @Override
    public OptimizerState optimizerState() {
        try (PointerScope _ = new PointerScope()) {
            return adadelta.state(network);
        }
    }

    @Override
    public void restore(Parameters parameters, OptimizerState state) {
        try (PointerScope _ = new PointerScope()) {
            model.set(parameters);
            adadelta.set(state);
        }
    }

    // ---- closing

    @Override
    public void close() {
        adadelta.close();
        closeInputs();
        predictor.close();
    }

    private void closeInputs() {
        if (inputs != null) {
            inputs.close();
        }
    }
}
