package tandem.engine.pytorch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.Shape;

/**
 * One native tensor for each parameter of the network, until closed. PyTorch's layouts are the canonical ones, so
 * values go in and out as they are.
 */
final class PyTorchTensors implements AutoCloseable {
    private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();

    /** Copies of the values in a device's memory. */
    PyTorchTensors(Parameters values, Device device) {
        for (Shape shape : values.shapes()) {
            Tensor tensor =
                    Tensor.create(values.get(shape.name()), shape.toLongs()).to(device, ScalarType.Float);
            tensor.retainReference();
            tensors.put(shape.name(), tensor);
        }
    }

    Tensor get(String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    /** In canonical order. */
    Tensor[] all() {
        return tensors.values().toArray(Tensor[]::new);
    }

    /** Copies values in. */
    void set(Parameters values) {
        try (NoGradGuard _ = new NoGradGuard()) {
            tensors.forEach((name, tensor) -> tensor.copy_(Tensor.create(values.get(name), tensor.shape())));
        }
    }

    /** Copies values out of tensors in canonical order. */
    static Parameters values(Network network, Tensor[] tensors) {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (int i = 0; i < tensors.length; i++) {
            values.put(network.parameters().get(i).name(), values(tensors[i]));
        }
        return new Parameters(network, values);
    }

    /** Copies values out of one tensor, row-major. */
    static float[] values(Tensor tensor) {
        float[] values = new float[(int) tensor.numel()];
        tensor.cpu().contiguous().data_ptr_float().get(values);
        return values;
    }

    @Override
    public void close() {
        tensors.values().forEach(Tensor::close);
    }
}
