package tandem.engine.onnxruntime;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.onnxruntime.IoBinding;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.Shape;

/**
 * One native tensor for each parameter of the network, until closed: the parameters themselves, an accumulator of each,
 * or a gradient of each. ONNX's layouts are the canonical ones, so values go in and out as they are.
 */
final class OnnxRuntimeTensors implements AutoCloseable {
    private final Network network;
    private final SequencedMap<String, OnnxRuntimeTensor<FloatPointer>> tensors = new LinkedHashMap<>();

    /** Tensors without values. */
    OnnxRuntimeTensors(Network network) {
        this.network = network;
        for (Shape shape : network.parameters()) {
            tensors.put(shape.name(), OnnxRuntimeTensor.floats(shape.toLongs()));
        }
    }

    /** Copies values in. */
    void set(Parameters values) {
        tensors.forEach((name, tensor) -> tensor.memory().put(values.get(name)));
    }

    /** Copies values out. */
    Parameters values() {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (Shape shape : network.parameters()) {
            float[] copy = new float[shape.size()];
            Objects.requireNonNull(tensors.get(shape.name())).memory().get(copy);
            values.put(shape.name(), copy);
        }
        return new Parameters(network, values);
    }

    /** Makes them a graph's inputs, called as the parameters are, after a prefix. */
    void bindInputs(IoBinding binding, String prefix) {
        tensors.forEach((name, tensor) -> tensor.bindInput(binding, prefix + name));
    }

    /** Makes them a graph's outputs. */
    void bindOutputs(IoBinding binding, String prefix) {
        tensors.forEach((name, tensor) -> tensor.bindOutput(binding, prefix + name));
    }

    @Override
    public void close() {
        tensors.values().forEach(OnnxRuntimeTensor::close);
    }
}
