package tandem.engine.pytorch;

import static org.bytedeco.pytorch.global.torch.cat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.Shape;

/**
 * One native tensor for each parameter of the network, until closed. All are views of one, so that an update is a few
 * operations, not a few for each parameter. PyTorch's layouts are the canonical ones, so values go in and out as they
 * are.
 */
final class PyTorchTensors implements AutoCloseable {
    private final Tensor flat;
    private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();

    /** Copies of the values in a device's memory. */
    PyTorchTensors(Parameters values, Device device) {
        TensorVector parts = new TensorVector();
        for (Shape shape : values.shapes()) {
            parts.push_back(Tensor.create(values.get(shape.name())));
        }
        flat = kept(cat(parts).to(device, ScalarType.Float));
        long from = 0;
        for (Shape shape : values.shapes()) {
            Tensor part = flat.narrow(0, from, shape.size()).view(shape.toLongs());
            // Detached: a gradient by it is asked for, and none by the whole.
            tensors.put(shape.name(), kept(part.detach()));
            from += shape.size();
        }
    }

    private static Tensor kept(Tensor tensor) {
        tensor.retainReference();
        return tensor;
    }

    /** All values in canonical order, one behind the other; what is written to them is written to the tensors. */
    Tensor flat() {
        return flat;
    }

    /** Copies of tensors, one behind the other. */
    static Tensor flat(Tensor[] tensors) {
        TensorVector parts = new TensorVector();
        for (Tensor tensor : tensors) {
            parts.push_back(tensor.flatten());
        }
        return cat(parts);
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
        flat.close();
    }
}
