package tandem.engine.onnxruntime;

import static org.bytedeco.onnxruntime.global.onnxruntime.GetVersionString;
import static org.bytedeco.onnxruntime.global.onnxruntime.ORT_LOGGING_LEVEL_WARNING;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtDeviceAllocator;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtMemTypeDefault;

import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.onnxruntime.Env;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.SessionOptions;
import org.bytedeco.onnxruntime.Value;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.Network;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;
import tandem.core.engine.ChunkedPredictor;
import tandem.core.engine.Library;
import tandem.core.engine.PredictorSetup;
import tandem.formats.OnnxModel;

/**
 * The network in ONNX Runtime: the model that {@code tandem export --onnx} writes, in memory. Input and output lie in
 * native memory that lives as long as the predictor, so that a call copies its images once and nothing else.
 */
final class OnnxRuntimePredictor implements ChunkedPredictor {
    private static final int CHUNK = 100;

    private final Network network;
    private final int threads;
    private final Env environment;
    private final MemoryInfo memory;
    private final RunOptions options;
    private final Session session;
    private final PointerPointer<BytePointer> inputs = new PointerPointer<>(OnnxModel.INPUT);
    private final PointerPointer<BytePointer> outputs = new PointerPointer<>(OnnxModel.OUTPUT);
    private final FloatPointer pixels;
    private final FloatPointer results;

    /** Those of the last call; null before the first. */
    private @Nullable Tensors tensors;

    /** What goes in and out of a call with so many images. */
    private record Tensors(int images, Value input, Value output) implements AutoCloseable {
        @Override
        public void close() {
            input.close();
            output.close();
        }
    }

    OnnxRuntimePredictor(PredictorSetup setup) {
        network = setup.network();
        threads = setup.threads();
        environment = new Env(ORT_LOGGING_LEVEL_WARNING, "tandem");
        memory = MemoryInfo.CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
        options = new RunOptions();
        // How images were normalised is told in the model's description, and nobody reads it here.
        byte[] model = OnnxModel.of(new Model(network, setup.parameters()), new Normalisation(0, 1))
                .proto()
                .toByteArray();
        try (SessionOptions settings = new SessionOptions();
                BytePointer bytes = new BytePointer(model)) {
            settings.SetIntraOpNumThreads(threads).SetInterOpNumThreads(1);
            session = new Session(environment, bytes, model.length, settings);
        } catch (RuntimeException e) {
            throw failure(e);
        }
        pixels = new FloatPointer((long) CHUNK * network.rows() * network.columns());
        results = new FloatPointer((long) CHUNK * network.classes());
    }

    /** JavaCPP makes this of every C++ exception. */
    private static Failure failure(RuntimeException e) {
        return new Failure("ONNX Runtime failed: " + e.getMessage(), e);
    }

    @Override
    public Library library() {
        String version = GetVersionString().getString();
        return new Library(OnnxRuntimeProvider.DESCRIPTION.library(), version, "cpu", threads);
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
        pixels.put(images.normalised(from, count));
        try {
            session.Run(options, inputs, shaped.input, 1, outputs, shaped.output, 1);
        } catch (RuntimeException e) {
            throw failure(e);
        }
        results.get(out, to, count * network.classes());
    }

    /** Tensors of so many images. Most calls have as many as the one before. */
    private Tensors tensors(int count) {
        if (tensors == null || tensors.images != count) {
            closeTensors();
            tensors = new Tensors(
                    count,
                    tensor(pixels, count, 1, network.rows(), network.columns()),
                    tensor(results, count, network.classes()));
        }
        return tensors;
    }

    /** A tensor of the values that lie there, as many as the shape says. */
    private Value tensor(FloatPointer values, long... shape) {
        long size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        try (LongPointer dimensions = new LongPointer(shape)) {
            return Value.CreateTensorFloat(memory.asOrtMemoryInfo(), values, size, dimensions, shape.length);
        }
    }

    // ---- closing

    @Override
    public void close() {
        closeTensors();
        session.close();
        options.close();
        memory.close();
        environment.close();
        inputs.close();
        outputs.close();
        pixels.close();
        results.close();
    }

    private void closeTensors() {
        if (tensors != null) {
            tensors.close();
            tensors = null;
        }
    }
}
