package tandem.engine.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.data.Images;
import tandem.core.engine.ChunkedPredictor;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Library;
import tandem.core.engine.PredictorSetup;

/** The network in DJL, forward alone. Every call opens one {@link NDScope}, as in {@link DjlEngine}. */
final class DjlPredictor implements ChunkedPredictor {
    private static final int CHUNK = 100;

    private final Network network;
    private final Engine djl;
    private final NDManager manager;
    private final DjlNetwork model;

    DjlPredictor(PredictorSetup setup) {
        network = setup.network();
        djl = loaded();
        JniUtils.setNumThreads(setup.threads());
        Device device = device(setup.variant().equals(EngineProvider.CUDA));
        manager = djl.newBaseManager(device);
        boolean oneDnn = !setup.variant().equals(DjlProvider.PLAIN) && !device.isGpu() && djl.hasCapability("MKLDNN");
        model = new DjlNetwork(manager, network, setup.parameters(), oneDnn);
    }

    private static Engine loaded() {
        try {
            return Engine.getEngine("PyTorch");
        } catch (EngineException e) {
            throw DjlProvider.DESCRIPTION.unloadable(e);
        }
    }

    private Device device(boolean cuda) {
        if (cuda && !djl.hasCapability(StandardCapabilities.CUDA)) {
            throw new Failure("DJL finds no GPU; see docs/gpu.md for the driver it needs");
        }
        return cuda ? Device.gpu() : Device.cpu();
    }

    /** What lives as long as the predictor belongs to it. */
    NDManager manager() {
        return manager;
    }

    DjlNetwork model() {
        return model;
    }

    @Override
    public Library library() {
        String device = manager.getDevice().isGpu() ? "cuda:0" : "cpu";
        String version = "%s, PyTorch %s".formatted(DjlProvider.DESCRIPTION.version(), djl.getVersion());
        return new Library(DjlProvider.DESCRIPTION.library(), version, device, JniUtils.getNumThreads());
    }

    // ---- predict

    @Override
    public int classes() {
        return network.classes();
    }

    @Override
    public int chunk() {
        return CHUNK;
    }

    @Override
    public void logits(Images images, int from, int count, float[] out, int to) {
        float[] pixels = images.normalised(from, count);
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            Shape shape = new Shape(count, 1, network.rows(), network.columns());
            float[] logits = DjlTensors.values(model.predict(DjlTensors.of(manager, shape, pixels)));
            System.arraycopy(logits, 0, out, to, logits.length);
        }
    }

    // ---- closing

    @Override
    public void close() {
        manager.close();
    }
}
