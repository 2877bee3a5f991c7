package tandem.engine.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import tandem.core.Batch;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;
import tandem.formats.OnnxModel;

/**
 * The network in ONNX Runtime: the model that {@code tandem export --onnx} writes, in memory. Input and output lie in
 * buffers that live as long as the engine, so that a call copies its images once and nothing else.
 */
final class OnnxRuntimeEngine implements Engine {
    /** Images that are predicted at a time: more take no less time each, but more memory. */
    private static final int CHUNK = 100;

    private final Network network;
    private final int threads;
    private final OptimizerState state;
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final FloatBuffer pixels;
    private final FloatBuffer results;
    private final float[] normalised;
    private Parameters parameters;
    private OrtSession session;

    OnnxRuntimeEngine(EngineSetup setup) {
        network = setup.recipe().network();
        threads = setup.threads();
        state = setup.state();
        normalised = new float[CHUNK * network.rows() * network.columns()];
        pixels = buffer(normalised.length);
        results = buffer(CHUNK * network.classes());
        load(setup.parameters());
    }

    private static FloatBuffer buffer(int floats) {
        return ByteBuffer.allocateDirect(floats * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    private void load(Parameters values) {
        parameters = values.copy(network);
        // How images were normalised is told in the model's description, and nobody reads it here.
        byte[] model = OnnxModel.of(new Model(network, parameters), new Normalisation(0, 1))
                .proto()
                .toByteArray();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            session = environment.createSession(model, options);
        } catch (OrtException e) {
            throw failure(e);
        }
    }

    private static Failure failure(OrtException e) {
        return new Failure("ONNX Runtime failed: " + e.getMessage(), e);
    }

    @Override
    public Library library() {
        return new Library(OnnxRuntimeProvider.LIBRARY, environment.getVersion(), "cpu", threads);
    }

    // ---- train step

    @Override
    public float trainStep(Batch batch, float learningRate) {
        throw new UnsupportedOperationException("ONNX Runtime only predicts");
    }

    // ---- predict

    @Override
    public void logits(Images images, int from, int count, float[] out) {
        int size = images.size();
        for (int done = 0; done < count; done += CHUNK) {
            int n = Math.min(CHUNK, count - done);
            for (int i = 0; i < n; i++) {
                images.normalise(from + done + i, normalised, i * size);
            }
            pixels.put(0, normalised, 0, n * size);
            long[] shape = {n, 1, network.rows(), network.columns()};
            try (OnnxTensor input = OnnxTensor.createTensor(environment, pixels.slice(0, n * size), shape);
                    OnnxTensor output = OnnxTensor.createTensor(
                            environment, results.slice(0, n * network.classes()), new long[] {n, network.classes()});
                    OrtSession.Result _ =
                            session.run(Map.of(OnnxModel.INPUT, input), Map.of(OnnxModel.OUTPUT, output))) {
                results.get(0, out, done * network.classes(), n * network.classes());
            } catch (OrtException e) {
                throw failure(e);
            }
        }
    }

    // ---- gradients

    @Override
    public Gradients gradients(Batch batch) {
        throw new UnsupportedOperationException("ONNX Runtime only predicts");
    }

    // ---- parameters in and out

    @Override
    public Parameters parameters() {
        return parameters.copy(network);
    }

    /** What it was given: it has no use for it. */
    @Override
    public OptimizerState optimizerState() {
        return state;
    }

    @Override
    public void restore(Parameters values, OptimizerState unused) {
        close();
        load(values);
    }

    // ---- closing

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw failure(e);
        }
    }
}
