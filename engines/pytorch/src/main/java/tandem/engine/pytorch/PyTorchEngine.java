package tandem.engine.pytorch;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
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

final class PyTorchEngine implements Engine {
    private static final int CHUNK = Integer.getInteger("chunk", 250);

    private final Recipe recipe;
    private final Network network;
    private final PyTorchNetwork model;
    private final PyTorchAdadelta adadelta;
    private PyTorchInputs inputs;

    PyTorchEngine(EngineSetup setup) {
        recipe = setup.recipe();
        network = recipe.network();
        torch.set_num_threads(setup.threads());
        openblas.blas_set_num_threads(1);
        try (PointerScope _ = new PointerScope()) {
            model = new PyTorchNetwork(setup.parameters(), setup.variant().equals(PyTorchProvider.PLAIN));
            adadelta = new PyTorchAdadelta(recipe, setup.state());
            inputs = new PyTorchInputs(network, recipe.batchSize());
        }
    }

    @Override
    public Library library() {
        return new Library("PyTorch (JavaCPP)", torch.show_config().getString(), "cpu", torch.get_num_threads());
    }

    // ---- train step

    @Override
    public float trainStep(Batch batch, float learningRate) {
        try (PointerScope _ = new PointerScope();
                FlushedDenormals _ = new FlushedDenormals()) {
            PyTorchInputs in = inputs(batch);
            Tensor logits =
                    model.forward(in.images, batch.dropout() ? in.mask1 : null, batch.dropout() ? in.mask2 : null);
            Tensor loss = PyTorchNetwork.loss(recipe.loss(), logits, in.labels);
            Tensor[] gradients = model.gradients(loss);
            adadelta.update(model.parameters().all(), gradients, learningRate);
            return loss.item_float();
        }
    }

    private PyTorchInputs inputs(Batch batch) {
        if (batch.size() != inputs.size()) {
            inputs.close();
            inputs = new PyTorchInputs(network, batch.size());
        }
        inputs.fill(batch);
        return inputs;
    }

    // ---- predict

    @Override
    public void logits(Images images, int from, int count, float[] out) {
        int size = images.size();
        float[] pixels = new float[CHUNK * size];
        float[] z = new float[CHUNK * network.classes()];
        try (NoGradGuard _ = new NoGradGuard()) {
            for (int done = 0; done < count; done += CHUNK) {
                int n = Math.min(CHUNK, count - done);
                for (int i = 0; i < n; i++) {
                    images.normalise(from + done + i, pixels, i * size);
                }
                try (PointerScope _ = new PointerScope()) {
                    Tensor x = torch.empty(n, 1, network.rows(), network.columns());
                    x.data_ptr_float().put(pixels, 0, n * size);
                    model.forward(x, null, null)
                            .data_ptr_float()
                            .get(out, done * network.classes(), n * network.classes());
                }
            }
        }
    }

    // ---- gradients

    @Override
    public Gradients gradients(Batch batch) {
        try (PointerScope _ = new PointerScope();
                FlushedDenormals _ = new FlushedDenormals()) {
            PyTorchInputs in = inputs(batch);
            Tensor logits =
                    model.forward(in.images, batch.dropout() ? in.mask1 : null, batch.dropout() ? in.mask2 : null);
            Tensor loss = PyTorchNetwork.loss(recipe.loss(), logits, in.labels);
            Tensor[] gradients = model.gradients(loss);
            return new Gradients(
                    loss.item_float(), PyTorchTensors.values(logits), PyTorchTensors.values(network, gradients));
        }
    }

    // ---- parameters in and out

    @Override
    public Parameters parameters() {
        try (PointerScope _ = new PointerScope()) {
            return model.parameters().values(network);
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
            model.parameters().set(parameters);
            adadelta.set(state);
        }
    }

    // ---- closing

    @Override
    public void close() {
        model.close();
        adadelta.close();
        inputs.close();
    }

    private record FlushedDenormals() implements AutoCloseable {
        FlushedDenormals {
            if (!Boolean.getBoolean("noflush")) Context.setFlushDenormal(true);
        }

        @Override
        public void close() {
            Context.setFlushDenormal(false);
        }
    }
}
