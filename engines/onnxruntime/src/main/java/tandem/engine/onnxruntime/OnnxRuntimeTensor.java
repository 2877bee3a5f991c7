package tandem.engine.onnxruntime;

import static org.bytedeco.onnxruntime.global.onnxruntime.OrtDeviceAllocator;
import static org.bytedeco.onnxruntime.global.onnxruntime.OrtMemTypeDefault;

import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.onnxruntime.IoBinding;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.Value;

/**
 * A tensor in native memory, until closed. Values go in and out of the memory; nothing is copied when a session runs.
 *
 * @param memory where they lie
 * @param value how ONNX Runtime names them
 */
record OnnxRuntimeTensor<P extends Pointer>(P memory, Value value) implements AutoCloseable {
    /** Floats, of no value yet; a scalar if no dimension is given. */
    static OnnxRuntimeTensor<FloatPointer> floats(long... shape) {
        return floats(new FloatPointer(size(shape)), shape);
    }

    /** Floats that lie there. */
    static OnnxRuntimeTensor<FloatPointer> floats(FloatPointer memory, long... shape) {
        try (MemoryInfo processor = MemoryInfo.CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
                LongPointer dimensions = new LongPointer(shape)) {
            return new OnnxRuntimeTensor<>(
                    memory,
                    Value.CreateTensorFloat(
                            processor.asOrtMemoryInfo(), memory, size(shape), dimensions, shape.length));
        }
    }

    /** 32-bit integers, of no value yet: [n]. */
    static OnnxRuntimeTensor<IntPointer> integers(int n) {
        IntPointer memory = new IntPointer(n);
        try (MemoryInfo processor = MemoryInfo.CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
                LongPointer dimensions = new LongPointer(new long[] {n})) {
            return new OnnxRuntimeTensor<>(
                    memory, Value.CreateTensorInt(processor.asOrtMemoryInfo(), memory, n, dimensions, 1));
        }
    }

    private static long size(long... shape) {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    /** Makes it an input of a graph, under a name. */
    void bindInput(IoBinding binding, String name) {
        // Given a string, JavaCPP would leave the copy it makes of it to Java's collector.
        try (BytePointer copy = new BytePointer(name)) {
            binding.BindInput(copy, value);
        }
    }

    /** Makes it an output of a graph, under a name: what is computed is written here. */
    void bindOutput(IoBinding binding, String name) {
        try (BytePointer copy = new BytePointer(name)) {
            binding.BindOutput(copy, value);
        }
    }

    @Override
    public void close() {
        value.close();
        memory.close();
    }
}
