package tandem.engine.pytorch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import tandem.core.Loss;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.random.InitialParameters;

final class PyTorchNetworkTest {
    private static final Network NETWORK = Network.SEED;
    private static final Parameters INITIAL = InitialParameters.of(Recipe.PRESETS.get("harmonized"));

    /** What runs on macOS, where libtorch has no oneDNN: 4 images, logits and gradients up to float32 roundings. */
    @Test
    void computesTheSameWithoutOneDnn() {
        try (PointerScope _ = new PointerScope();
                PyTorchNetwork with = new PyTorchNetwork(INITIAL, new Device("cpu"), false, true);
                PyTorchNetwork without = new PyTorchNetwork(INITIAL, new Device("cpu"), false, false)) {
            Tensor images = noise(4, 1, 28, 28);
            Tensor mask1 = noise(4, 64, 12, 12);
            Tensor mask2 = noise(4, 128);
            Tensor labels = Tensor.create(3L, 1L, 4L, 1L);
            Tensor expected = with.forward(images, mask1, mask2);
            Tensor logits = without.forward(images, mask1, mask2);
            assertArrayEquals(PyTorchTensors.values(expected), PyTorchTensors.values(logits), 1e-5f);
            Parameters gradients = gradients(without, logits, labels);
            Parameters expectedGradients = gradients(with, expected, labels);
            for (Shape shape : gradients.shapes()) {
                assertArrayEquals(
                        expectedGradients.get(shape.name()), gradients.get(shape.name()), 1e-4f, shape.name());
            }
        }
    }

    private static Parameters gradients(PyTorchNetwork model, Tensor logits, Tensor labels) {
        Tensor loss = PyTorchNetwork.loss(Loss.CROSS_ENTROPY, logits, labels);
        return PyTorchTensors.values(NETWORK, model.gradients(loss));
    }

    private static Tensor noise(long... shape) {
        Random random = new Random(shape.length);
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return Tensor.create(values, shape);
    }
}
