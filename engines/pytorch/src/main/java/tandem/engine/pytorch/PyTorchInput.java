package tandem.engine.pytorch;

import static org.bytedeco.pytorch.global.torch.empty;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A tensor that Java writes and the network reads, until closed.
 *
 * @param host where Java writes: the tensor itself, or for a GPU a pinned tensor of the host, which the GPU copies
 *     while Java goes on
 * @param tensor in the memory of the device
 */
record PyTorchInput(Tensor host, Tensor tensor) implements AutoCloseable {
    PyTorchInput {
        host.retainReference();
        tensor.retainReference();
    }

    /** A float32 tensor of a shape. */
    static PyTorchInput floats(Device device, long... shape) {
        return of(empty(shape), device);
    }

    /** An int64 tensor of a shape. */
    static PyTorchInput longs(Device device, long... shape) {
        return of(empty(shape, new TensorOptions(ScalarType.Long), new MemoryFormatOptional()), device);
    }

    private static PyTorchInput of(Tensor host, Device device) {
        return device.is_cpu()
                ? new PyTorchInput(host, host)
                : new PyTorchInput(host.pin_memory(), host.to(device, host.scalar_type()));
    }

    /** Writes the first values of an array, as many as the tensor has. */
    void write(float[] values) {
        host.data_ptr_float().put(values, 0, (int) host.numel());
        send();
    }

    /** Writes the first values of an array, as many as the tensor has. */
    void write(long[] values) {
        host.data_ptr_long().put(values, 0, (int) host.numel());
        send();
    }

    private void send() {
        if (host != tensor) {
            tensor.copy_(host, true);
        }
    }

    @Override
    public void close() {
        host.close();
        tensor.close();
    }
}
