package tandem.engine.onnxruntime;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.onnxruntime.IoBinding;
import org.jspecify.annotations.Nullable;
import tandem.core.Model;
import tandem.core.Network;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;
import tandem.core.engine.ChunkedPredictor;
import tandem.core.engine.Library;
import tandem.core.engine.PredictorSetup;
import tandem.formats.OnnxModel;

/**
 * The network in ONNX Runtime, forward alone: the model that {@code tandem export --onnx} writes, in memory. Its
 * parameters are constants, which ONNX Runtime brings into the layouts of its kernels when the session starts.
 */
final class OnnxRuntimePredictor implements ChunkedPredictor {
    private static final int CHUNK = 100;

    private final Network network;
    private final int threads;
    private final OnnxRuntimeSession session;

    /** Those of the last call; null before the first. */
    private @Nullable Tensors tensors;

    /** What goes in and out of a call with so many images. */
    private record Tensors(
            int images,
            OnnxRuntimeTensor<FloatPointer> input,
            OnnxRuntimeTensor<FloatPointer> output,
            IoBinding binding)
            implements AutoCloseable {
        @Override
        public void close() {
            binding.close();
            input.close();
            output.close();
        }
    }

    OnnxRuntimePredictor(PredictorSetup setup) {
        network = setup.network();
        threads = setup.threads();
        // How images were normalised is told in the model's description, and nobody reads it here.
        OnnxModel model = OnnxModel.of(new Model(network, setup.parameters()), new Normalisation(0, 1));
        session = new OnnxRuntimeSession(model.proto(), threads);
    }

    @Override
    public Library library() {
        return OnnxRuntimeSession.library(threads);
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
        Tensors shaped = tensors(count);
        shaped.input.memory().put(images.normalised(from, count));
        session.run(shaped.binding);
        shaped.output.memory().get(out, to, count * network.classes());
    }

    /** Tensors of so many images. Most calls have as many as the one before. */
    private Tensors tensors(int count) {
        if (tensors == null || tensors.images != count) {
            closeTensors();
            tensors = new Tensors(
                    count,
                    OnnxRuntimeTensor.floats(count, 1, network.rows(), network.columns()),
                    OnnxRuntimeTensor.floats(count, network.classes()),
                    session.binding());
            tensors.input.bindInput(tensors.binding, OnnxModel.INPUT);
            tensors.output.bindOutput(tensors.binding, OnnxModel.OUTPUT);
        }
        return tensors;
    }

    // ---- closing

    @Override
    public void close() {
        closeTensors();
        session.close();
    }

    private void closeTensors() {
        if (tensors != null) {
            tensors.close();
            tensors = null;
        }
    }
}
