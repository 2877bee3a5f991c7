package tandem.engine.djl;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import java.util.List;
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
 * The network in DJL. Every call opens one {@link NDScope}: all arrays of a step are freed when it ends. What lives
 * longer belongs to the engine's {@link NDManager}.
 */
final class DjlEngine implements Engine {
    /** Images that are predicted at a time: more take no less time each, but more memory. */
    private static final int CHUNK = 100;

    private final Recipe recipe;
    private final Network network;
    private final ai.djl.engine.Engine djl;
    private final NDManager manager;
    private final DjlNetwork model;
    private final DjlAdadelta adadelta;
    private DjlInputs inputs;

    DjlEngine(EngineSetup setup) {
        recipe = setup.recipe();
        network = recipe.network();
        djl = loaded();
        JniUtils.setNumThreads(setup.threads());
        Device device = device(setup.variant().equals(EngineProvider.CUDA));
        manager = djl.newBaseManager(device);
        boolean oneDnn = !setup.variant().equals(DjlProvider.PLAIN) && !device.isGpu() && djl.hasCapability("MKLDNN");
        model = new DjlNetwork(manager, network, setup.parameters(), oneDnn);
        adadelta = new DjlAdadelta(manager, recipe, model.parameters(), setup.state());
    }

    private static ai.djl.engine.Engine loaded() {
        try {
            return ai.djl.engine.Engine.getEngine("PyTorch");
        } catch (EngineException | LinkageError e) {
            throw new Failure(
                    "the native library of DJL cannot be loaded (%s); 'tandem engines remove djl' lets it be fetched again"
                            .formatted(e.getMessage()),
                    e);
        }
    }

    private Device device(boolean cuda) {
        if (cuda && !djl.hasCapability(StandardCapabilities.CUDA)) {
            throw new Failure("DJL finds no GPU; see docs/gpu.md for the driver it needs");
        }
        return cuda ? Device.gpu() : Device.cpu();
    }

    @Override
    public Library library() {
        String device = manager.getDevice().isGpu() ? "cuda:0" : "cpu";
        return new Library(DjlProvider.LIBRARY, djl.getVersion(), device, JniUtils.getNumThreads());
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
        try (GradientCollector collector = djl.newGradientCollector()) {
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
        int size = images.size();
        float[] pixels = new float[Math.min(CHUNK, count) * size];
        for (int done = 0; done < count; done += CHUNK) {
            int n = Math.min(CHUNK, count - done);
            for (int i = 0; i < n; i++) {
                images.normalise(from + done + i, pixels, i * size);
            }
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                Shape shape = new Shape(n, 1, network.rows(), network.columns());
                float[] logits = DjlTensors.values(model.predict(DjlTensors.of(manager, shape, pixels)));
                System.arraycopy(logits, 0, out, done * network.classes(), logits.length);
            }
        }
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
        manager.close();
    }

    private void closeInputs() {
        if (inputs != null) {
            inputs.close();
        }
    }
}
