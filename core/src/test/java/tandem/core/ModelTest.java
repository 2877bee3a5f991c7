package tandem.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelTest {
    @TempDir
    Path folder;

    @Test
    void theShapesTellTheSizes() {
        for (Network network :
                new Network[] {new Network(28, 28, 10, 32, 64, 128, 0, 0), new Network(14, 14, 10, 2, 3, 5, 0, 0)}) {
            Path file = folder.resolve("model.safetensors");
            Parameters.zeros(network).write(file);
            assertEquals(network, Model.read(file).network());
        }
    }

    private void refused(String sentence, Safetensors.Tensor... tensors) {
        Path file = folder.resolve("model.safetensors");
        Safetensors.of(List.of(tensors)).write(file);
        assertEquals(
                file + ": " + sentence,
                assertThrows(Failure.class, () -> Model.read(file)).getMessage());
    }

    private static Safetensors.Tensor zeros(String name, int... dimensions) {
        Shape shape = new Shape(name, dimensions);
        return new Safetensors.Tensor(shape, new float[shape.size()]);
    }

    @Test
    void otherFilesAreRefused() {
        refused(
                "holds no tensor conv1.weight; give a model.safetensors that 'tandem train' wrote",
                zeros("layers.0.weight", 2, 2));
        refused(
                "fc1.weight has 21 inputs, which are no square image of 3 channels",
                zeros("conv1.weight", 2, 1, 3, 3),
                zeros("conv2.weight", 3, 2, 3, 3),
                zeros("fc1.weight", 5, 21),
                zeros("fc2.weight", 10, 5));
        refused(
                "parameter conv1.bias is missing; the network needs conv1.bias [2]",
                zeros("conv1.weight", 2, 1, 3, 3),
                zeros("conv2.weight", 3, 2, 3, 3),
                zeros("fc1.weight", 5, 75),
                zeros("fc2.weight", 10, 5));
    }
}
