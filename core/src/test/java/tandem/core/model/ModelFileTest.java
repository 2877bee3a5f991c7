package tandem.core.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.Safetensors;
import tandem.core.Shape;
import tandem.core.data.Normalisation;

final class ModelFileTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("model.safetensors");
    }

    private static Parameters parameters(Network network) {
        Parameters parameters = Parameters.zeros(network);
        int next = 0;
        for (Shape shape : parameters.shapes()) {
            float[] values = parameters.get(shape.name());
            for (int i = 0; i < values.length; i++) {
                values[i] = next++ / 8f;
            }
        }
        return parameters;
    }

    @Test
    void aModelComesBackWithAllThatIsSaidOfIt() throws IOException {
        Network network = new Network(20, 40, 3, 2, 5, 11, 0.25, 0.5);
        Parameters parameters = parameters(network);
        ModelFile written = new ModelFile(
                new Model(network, parameters),
                new Normalisation(0.1307, 0.3081),
                true,
                List.of("ant", "\"bee\"", "cat"),
                "0123456789abcdef",
                "fedcba9876543210",
                List.of());
        written.write(file());
        byte[] bytes = Files.readAllBytes(file());
        ModelFile read = ModelFile.read(file(), null);
        assertEquals(new Network(20, 40, 3, 2, 5, 11, 0, 0), read.model().network());
        for (Shape shape : network.parameters()) {
            assertArrayEquals(
                    parameters.get(shape.name()), read.model().parameters().get(shape.name()));
        }
        assertEquals(written.normalisation(), read.normalisation());
        assertEquals(written.classNames(), read.classNames());
        assertEquals(
                List.of(true, "0123456789abcdef", "fedcba9876543210"),
                List.of(read.transposed(), String.valueOf(read.recipe()), String.valueOf(read.images())));
        written.write(file());
        assertArrayEquals(bytes, Files.readAllBytes(file()));
        assertEquals(
                file() + ": it says that its images are 20x40, not 28x28",
                assertThrows(Failure.class, () -> ModelFile.read(file(), new ImageSize(28, 28)))
                        .getMessage());
    }

    /** 7x7 pooled positions can be of 18x18 images alone; 12x12 of 28x28, and 8x18 of 20x40 are as many. */
    @Test
    void aSizeIsGuessedOnlyIfThereIsOne() {
        Network small = new Network(18, 18, 10, 2, 3, 5, 0, 0);
        parameters(small).write(file());
        ModelFile read = ModelFile.read(file(), null);
        assertEquals(small, read.model().network());
        assertNull(read.normalisation());
        Network wide = new Network(20, 40, 10, 2, 3, 5, 0, 0);
        parameters(wide).write(file());
        assertEquals(
                file()
                        + ": it does not say how large its images are, and its tensors fit several sizes, such as 28x28, 22x36,"
                        + " 36x22; say which with --image-size, such as --image-size 28x28",
                assertThrows(Failure.class, () -> ModelFile.read(file(), null)).getMessage());
        assertEquals(wide, ModelFile.read(file(), new ImageSize(20, 40)).model().network());
        assertEquals(
                new Network(28, 28, 10, 2, 3, 5, 0, 0),
                ModelFile.read(file(), new ImageSize(28, 28)).model().network());
        assertEquals(
                file() + ": fc1.weight has 432 inputs, and images of 28x20 would need 288",
                assertThrows(Failure.class, () -> ModelFile.read(file(), new ImageSize(28, 20)))
                        .getMessage());
    }

    private void refused(String sentence, Safetensors.Tensor... tensors) {
        Safetensors.of(List.of(tensors)).write(file());
        assertEquals(
                file() + ": " + sentence,
                assertThrows(Failure.class, () -> ModelFile.read(file(), new ImageSize(14, 14)))
                        .getMessage());
    }

    private static Safetensors.Tensor zeros(String name, int... dimensions) {
        Shape shape = new Shape(name, dimensions);
        return new Safetensors.Tensor(shape, new float[shape.size()]);
    }

    @Test
    void otherFilesAreRefused() {
        refused(
                "holds no tensor conv1.weight but layers.0.weight; give a model.safetensors that 'tandem train' wrote, or"
                        + " another of the same network",
                zeros("layers.0.weight", 2, 2));
        refused(
                "fc1.weight has 22 inputs, which do not make an image of 3 channels",
                zeros("conv1.weight", 2, 1, 3, 3),
                zeros("conv2.weight", 3, 2, 3, 3),
                zeros("fc1.weight", 5, 22),
                zeros("fc2.weight", 10, 5));
        refused(
                "parameter conv1.bias is missing; the network needs conv1.bias [2]",
                zeros("conv1.weight", 2, 1, 3, 3),
                zeros("conv2.weight", 3, 2, 3, 3),
                zeros("fc1.weight", 5, 75),
                zeros("fc2.weight", 10, 5));
    }

    @Test
    void whatIsNotANumberIsRefused() {
        Network small = new Network(18, 18, 10, 2, 3, 5, 0, 0);
        Parameters parameters = parameters(small);
        parameters.get("fc2.bias")[3] = Float.NaN;
        parameters.write(file());
        assertEquals(
                file()
                        + ": tensor fc2.bias holds NaN, not only numbers; the model is broken, as of a training that diverged",
                assertThrows(Failure.class, () -> ModelFile.read(file(), null)).getMessage());
    }
}
