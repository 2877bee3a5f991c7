package tandem.engine.pytorch;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.data.Images;
import tandem.core.engine.ChunkedPredictor;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Library;
import tandem.core.engine.PredictorSetup;

/** The network in PyTorch, forward alone. Every call opens one {@link PointerScope}, as in {@link PyTorchEngine}. */
final class PyTorchPredictor implements ChunkedPredictor {
    private static final int CHUNK = 100;

    /** For a GPU, which waits for Java between two chunks and needs many images to be busy. */
    private static final int GPU_CHUNK = 2000;

    private final Network network;
    private final Device device;
    private final PyTorchNetwork model;

    PyTorchPredictor(PredictorSetup setup) {
        network = setup.network();
        try (PointerScope _ = new PointerScope()) {
            torch.set_num_threads(setup.threads());
            // Of cuDNN's algorithms those that add in the same order in every run, so that a run can be repeated to the
            // bit.
            torch.globalContext().setDeterministicCuDNN(true);
            device = device(setup.variant().equals(EngineProvider.CUDA));
            // OpenBLAS multiplies the dense layers that oneDNN does not, and its threads fight with PyTorch's: 85 ms a
            // step instead of 50.
            openblas.blas_set_num_threads(1);
            boolean plain = setup.variant().equals(PyTorchProvider.PLAIN);
            model = new PyTorchNetwork(setup.parameters(), device, plain, device.is_cpu() && Context.hasMKLDNN());
        }
    }

    private static Device device(boolean cuda) {
        if (cuda && !Context.hasCUDA()) {
            throw new Failure("PyTorch finds no GPU; see docs/gpu.md for the driver it needs");
        }
        Device device = new Device(cuda ? "cuda:0" : "cpu");
        device.retainReference();
        return device;
    }

    PyTorchNetwork model() {
        return model;
    }

    Device device() {
        return device;
    }

    @Override
    public Library library() {
        try (PointerScope _ = new PointerScope()) {
            return new Library(
                    PyTorchProvider.DESCRIPTION.library(),
                    runningVersion(),
                    device.str().getString(),
                    torch.get_num_threads());
        }
    }

    /** PyTorch's C++ interface has no call for this, but it is among the build settings it prints. */
    private static String runningVersion() {
        String settings = torch.show_config().getString();
        Matcher version = Pattern.compile("TORCH_VERSION=([^,\\s]+)").matcher(settings);
        if (!version.find()) {
            throw new IllegalStateException("PyTorch does not say its version: " + settings);
        }
        return version.group(1);
    }

    // ---- predict

    @Override
    public int classes() {
        return network.classes();
    }

    @Override
    public int chunk() {
        return device.is_cpu() ? CHUNK : GPU_CHUNK;
    }

    @Override
    public void logits(Images images, int from, int count, float[] out, int to) {
        float[] pixels = images.normalised(from, count);
        try (PointerScope _ = new PointerScope();
                NoGradGuard _ = new NoGradGuard();
                FlushedDenormals _ = new FlushedDenormals()) {
            Tensor input = torch.empty(count, 1, network.rows(), network.columns());
            input.data_ptr_float().put(pixels, 0, pixels.length);
            Tensor logits = model.forward(input.to(device, ScalarType.Float), null, null);
            logits.cpu().data_ptr_float().get(out, to, count * network.classes());
        }
    }

    // ---- closing

    @Override
    public void close() {
        model.close();
        device.close();
    }
}
