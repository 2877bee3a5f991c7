package tandem.engine.pytorch;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tandem.core.Batch;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Images;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;

/**
 * The network in PyTorch. Every call opens one {@link PointerScope}: all tensors of a step are freed when it ends, not
 * when Java's collector happens to find them, or else memory grows to gigabytes.
 */
final class PyTorchEngine implements Engine {
    /** Images that are predicted at a time: more take no less time each, but more memory. */
    private static final int CHUNK = 100;

    private final Recipe recipe;
    private final Network network;
    private final Device device;
    private final PyTorchNetwork model;
    private final PyTorchAdadelta adadelta;
    private PyTorchInputs inputs;

    PyTorchEngine(EngineSetup setup) {
        recipe = setup.recipe();
        network = recipe.network();
        try (PointerScope _ = new PointerScope()) {
            torch.set_num_threads(setup.threads());
            device = device(setup.variant().equals(EngineProvider.CUDA));
            // OpenBLAS multiplies the dense layers that oneDNN does not, and its threads fight with PyTorch's: 85 ms a
            // step instead of 50.
            openblas.blas_set_num_threads(1);
            boolean plain = setup.variant().equals(PyTorchProvider.PLAIN);
            model = new PyTorchNetwork(setup.parameters(), device, plain, device.is_cpu() && Context.hasMKLDNN());
            adadelta = new PyTorchAdadelta(recipe, setup.state(), device);
        }
    }

    private static Device device(boolean cuda) {
        if (cuda && !Context.hasCUDA()) {
            throw new Failure("PyTorch finds no GPU; see docs/gpu.md for the driver it needs");
        }
        Device device = new Device(cuda ? "cuda:0" : "cpu");
        device.retainReference();
        return device;
    }

    @Override
    public Library library() {
        return new Library(
                PyTorchProvider.LIBRARY, runningVersion(), device.str().getString(), torch.get_num_threads());
    }

    /** PyTorch's C++ interface has no call for this, but it is among the build settings it prints. */
    private static String runningVersion() {
        try (PointerScope _ = new PointerScope()) {
            String settings = torch.show_config().getString();
            Matcher version = Pattern.compile("TORCH_VERSION=([^,\\s]+)").matcher(settings);
            if (!version.find()) {
                throw new IllegalStateException("PyTorch does not say its version: " + settings);
            }
            return version.group(1);
        }
    }

    // ---- train step

    @Override
    public float trainStep(Batch batch, float learningRate) {
        try (PointerScope _ = new PointerScope();
                FlushedDenormals _ = new FlushedDenormals()) {
            PyTorchInputs in = inputs(batch);
            Tensor logits = model.forward(in.images, in.mask1, in.mask2);
            Tensor loss = PyTorchNetwork.loss(recipe.loss(), logits, in.labels);
            adadelta.update(model.parameters(), model.gradients(loss), learningRate);
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

    /**
     * Rounds numbers below 2^-126 to 0 while native code runs. Accumulators of weights whose gradient stays zero decay
     * until they cannot be represented as normal numbers any more, and arithmetic on those is slow: 6 ms a step after
     * the first epoch. It is a mode of the thread, which those of PyTorch's pool inherit when they start, and Java's
     * own arithmetic must not see it.
     */
    private record FlushedDenormals() implements AutoCloseable {
        FlushedDenormals {
            Context.setFlushDenormal(true);
        }

        @Override
        public void close() {
            Context.setFlushDenormal(false);
        }
    }

    // ---- predict

    @Override
    public void logits(Images images, int from, int count, float[] out) {
        int size = images.size();
        float[] pixels = new float[Math.min(CHUNK, count) * size];
        for (int done = 0; done < count; done += CHUNK) {
            int n = Math.min(CHUNK, count - done);
            for (int i = 0; i < n; i++) {
                images.normalise(from + done + i, pixels, i * size);
            }
            try (PointerScope _ = new PointerScope();
                    NoGradGuard _ = new NoGradGuard();
                    FlushedDenormals _ = new FlushedDenormals()) {
                Tensor input = torch.empty(n, 1, network.rows(), network.columns());
                input.data_ptr_float().put(pixels, 0, n * size);
                Tensor logits = model.forward(input.to(device, ScalarType.Float), null, null);
                logits.cpu().data_ptr_float().get(out, done * network.classes(), n * network.classes());
            }
        }
    }

    // ---- gradients

    @Override
    public Gradients gradients(Batch batch) {
        try (PointerScope _ = new PointerScope();
                FlushedDenormals _ = new FlushedDenormals()) {
            PyTorchInputs in = inputs(batch);
            Tensor logits = model.forward(in.images, in.mask1, in.mask2);
            Tensor loss = PyTorchNetwork.loss(recipe.loss(), logits, in.labels);
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
            return PyTorchTensors.values(network, model.parameters());
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
        model.close();
        adadelta.close();
        closeInputs();
        device.close();
    }

    private void closeInputs() {
        if (inputs != null) {
            inputs.close();
        }
    }
}
