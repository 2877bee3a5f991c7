package tandem.engine.pytorch;

import static org.bytedeco.pytorch.global.torch.conv2d;
import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.grad;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.max_pool2d;
import static org.bytedeco.pytorch.global.torch.relu;
import static org.bytedeco.pytorch.global.torch.softmax;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.jspecify.annotations.Nullable;
import tandem.core.Loss;
import tandem.core.Network;
import tandem.core.Parameters;

/**
 * The network: its eight parameters as leaf tensors, its forward pass and its loss. Shapes are written for n images of
 * MNIST: input [n, 1, 28, 28].
 *
 * <p>Every tensor made here belongs to the caller's {@link org.bytedeco.javacpp.PointerScope}, but for the parameters.
 */
final class PyTorchNetwork implements AutoCloseable {
    private static final long[] POOL = {Network.POOL, Network.POOL};
    private static final long[] ONE = {1, 1};
    private static final long[] NONE = {0, 0};

    private final boolean plain;
    private final boolean oneDnn;
    private final PyTorchTensors parameters;

    /**
     * A network.
     *
     * @param initial copied
     * @param device where it computes
     * @param plain whether it is written as one writes it first, or for speed
     * @param oneDnn whether tensors in oneDNN's layouts may be used, which libtorch for macOS is built without
     */
    PyTorchNetwork(Parameters initial, Device device, boolean plain, boolean oneDnn) {
        this.plain = plain;
        this.oneDnn = oneDnn && !plain;
        parameters = new PyTorchTensors(initial, device);
        for (Tensor parameter : parameters.all()) {
            parameter.set_requires_grad(true);
        }
    }

    /** The parameters, in canonical order and layouts. */
    PyTorchTensors parameters() {
        return parameters;
    }

    /** Replaces the parameters. */
    void set(Parameters values) {
        parameters.set(values);
    }

    /**
     * Logits of images.
     *
     * @param images [n, 1, 28, 28]
     * @param mask1 factors of dropout1, [n, 64, 12, 12], or null for none
     * @param mask2 factors of dropout2, [n, 128], or null for none
     * @return [n, 10]
     */
    Tensor forward(Tensor images, @Nullable Tensor mask1, @Nullable Tensor mask2) {
        Tensor pooled = plain ? features(images) : featuresFast(images); // [n, 64, 12, 12]
        Tensor dropped = mask1 == null ? pooled : pooled.mul(mask1);
        Tensor flat = inner(dropped.flatten(1, -1)); // [n, 9216], channel, row, column order
        Tensor hidden = outer(linear(flat, weight("fc1"), bias("fc1"))); // [n, 128]
        hidden = hidden.relu_();
        hidden = mask2 == null ? hidden : hidden.mul(mask2);
        return linear(hidden, weight("fc2"), bias("fc2"));
    }

    /** Both convolutions and the pooling, as one writes them: [n, 1, 28, 28] to [n, 64, 12, 12]. */
    private Tensor features(Tensor images) {
        Tensor conv1 = relu(conv2d(images, weight("conv1"), bias("conv1"), ONE, NONE, ONE, 1)); // [n, 32, 26, 26]
        Tensor conv2 = relu(conv2d(conv1, weight("conv2"), bias("conv2"), ONE, NONE, ONE, 1)); // [n, 64, 24, 24]
        return max_pool2d(conv2, POOL);
    }

    /**
     * The same for speed. Activations are kept in the blocked layouts that oneDNN's convolutions want, so that nothing
     * is reordered between two layers. The second ReLU comes after the pooling, where it has a quarter of the work: the
     * largest of four values is positive exactly if the largest of their positive parts is, and the gradient takes the
     * same way.
     */
    private Tensor featuresFast(Tensor images) {
        Tensor conv1 = relu(conv2d(inner(images), weight("conv1"), bias("conv1"), ONE, NONE, ONE, 1));
        Tensor conv2 = conv2d(conv1, weight("conv2"), bias("conv2"), ONE, NONE, ONE, 1);
        // On oneDNN's tensors the stride has to be given, although it equals the window.
        return outer(max_pool2d(conv2, POOL, POOL, NONE, ONE, false)).relu_();
    }

    /** The tensor in the layout in which layers compute. */
    private Tensor inner(Tensor tensor) {
        return oneDnn ? tensor.to_mkldnn() : tensor;
    }

    /** The tensor in the layout of everything else. */
    private Tensor outer(Tensor tensor) {
        return oneDnn ? tensor.to_dense() : tensor;
    }

    private Tensor weight(String layer) {
        return parameters.get(layer + ".weight");
    }

    private TensorOptional bias(String layer) {
        return new TensorOptional(parameters.get(layer + ".bias"));
    }

    /**
     * The recipe's loss, mean over the batch.
     *
     * @param logits [n, 10]
     * @param labels [n], int64
     */
    static Tensor loss(Loss loss, Tensor logits, Tensor labels) {
        return switch (loss) {
            case CROSS_ENTROPY -> cross_entropy_loss(logits, labels);
            case DOUBLE_SOFTMAX -> cross_entropy_loss(softmax(logits, 1), labels);
        };
    }

    /** Derivatives of the loss by each parameter, in canonical order. */
    Tensor[] gradients(Tensor loss) {
        return grad(new TensorVector(loss), new TensorVector(parameters.all())).get();
    }

    @Override
    public void close() {
        parameters.close();
    }
}
