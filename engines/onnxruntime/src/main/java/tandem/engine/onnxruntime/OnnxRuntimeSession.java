package tandem.engine.onnxruntime;

import static org.bytedeco.onnxruntime.global.onnxruntime.GetVersionString;
import static org.bytedeco.onnxruntime.global.onnxruntime.ORT_LOGGING_LEVEL_WARNING;

import ai.onnx.proto.OnnxMl.ModelProto;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.onnxruntime.Env;
import org.bytedeco.onnxruntime.IoBinding;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.SessionOptions;
import tandem.core.Failure;
import tandem.core.engine.Library;

/** A model that ONNX Runtime has made ready to run, with threads of its own. */
final class OnnxRuntimeSession implements AutoCloseable {
    private final Env environment;
    private final RunOptions options;
    private final Session session;

    /**
     * Checks and optimises a model.
     *
     * @throws Failure if ONNX Runtime cannot run it
     */
    OnnxRuntimeSession(ModelProto model, int threads) {
        environment = new Env(ORT_LOGGING_LEVEL_WARNING, "tandem");
        options = new RunOptions();
        byte[] bytes = model.toByteArray();
        try (SessionOptions settings = new SessionOptions();
                BytePointer pointer = new BytePointer(bytes)) {
            settings.SetIntraOpNumThreads(threads).SetInterOpNumThreads(1);
            // Accumulators of weights whose gradient stays zero decay until they cannot be represented as normal
            // numbers any more, and arithmetic on those is slow: a fifth of them would cost 3 ms a step.
            settings.AddConfigEntry("session.set_denormal_as_zero", "1");
            session = new Session(environment, pointer, bytes.length, settings);
        } catch (RuntimeException e) {
            throw failure(e);
        }
    }

    /** JavaCPP makes this of every C++ exception. */
    private static Failure failure(RuntimeException e) {
        return new Failure("ONNX Runtime failed: " + e.getMessage(), e);
    }

    static Library library(int threads) {
        try (BytePointer version = GetVersionString()) {
            return new Library(OnnxRuntimeProvider.DESCRIPTION.library(), version.getString(), "cpu", threads);
        }
    }

    /** Says which tensors are what goes in and what comes out; closed by the caller. */
    IoBinding binding() {
        return new IoBinding(session);
    }

    /** Computes what is bound as output from what is bound as input. */
    void run(IoBinding binding) {
        try {
            session.Run(options, binding);
        } catch (RuntimeException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() {
        session.close();
        options.close();
        environment.close();
    }
}
