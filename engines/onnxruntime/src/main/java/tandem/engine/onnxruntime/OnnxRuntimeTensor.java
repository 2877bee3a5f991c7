package tandem.engine.onnxruntime;

import static org.bytedeco.onnxruntime.global.onnxruntime.OrtDeviceAllocator;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtMemTypeDefault;

import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.onnxruntime.IoBinding;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.OrtMemoryInfo;
import org.bytedeco.onnxruntime.Value;

/**
 * A tensor in native memory, until closed. Values go in and out of the memory; nothing is copied when a session runs.
 *
 * @param memory where the values lie
 * @param shape in ONNX Runtime's order; empty for a scalar
 */
record OnnxRuntimeTensor<P extends Pointer>(P memory, long... shape) implements AutoCloseable {
    /** Floats, of no value yet. */
    static OnnxRuntimeTensor<FloatPointer> floats(long... shape) {
        return new OnnxRuntimeTensor<>(new FloatPointer(size(shape)), shape);
    }

    /** 32-bit integers, of no value yet: [n]. */
    static OnnxRuntimeTensor<IntPointer> integers(int n) {
        return new OnnxRuntimeTensor<>(new IntPointer(n), n);
    }

    private static long size(long... shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** Makes it an input of a graph, under a name. */
    void bindInput(IoBinding binding, String name) {
        // The binding keeps a reference of its own. JavaCPP moves the value, and leaves an empty one to the collector.
        try (PointerScope _ = new PointerScope()) {
            binding.BindInput(new BytePointer(name), value());
        }
    }

    /** Makes it an output of a graph, under a name: what is computed is written here. */
    void bindOutput(IoBinding binding, String name) {
        try (PointerScope _ = new PointerScope()) {
            binding.BindOutput(new BytePointer(name), value());
        }
    }

    /** How ONNX Runtime names the memory. */
    private Value value() {
        OrtMemoryInfo processor =
                MemoryInfo.CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault).asOrtMemoryInfo();
        LongPointer dimensions = new LongPointer(shape);
        return switch (memory) {
            case FloatPointer floats ->
                Value.CreateTensorFloat(processor, floats, size(shape), dimensions, shape.length);
            case IntPointer integers ->
                Value.CreateTensorInt(processor, integers, size(shape), dimensions, shape.length);
            default -> throw new IllegalStateException("a tensor of " + memory);
        };
    }

    @Override
    public void close() {
        memory.close();
    }
}
