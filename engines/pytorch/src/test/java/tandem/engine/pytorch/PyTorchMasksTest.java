package tandem.engine.pytorch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;
import tandem.core.engine.Batch;
import tandem.core.engine.Batches;

/** What a GPU makes of the bits of masks, here on the processor: the factors that core makes of them. */
final class PyTorchMasksTest {
    private static final int IMAGES = 3;

    @ParameterizedTest
    @CsvSource({"64, 128", "70, 30"})
    void expandsBitsToFactors(int conv2, int hidden) {
        Network network = new Network(8, 10, 2, 1, conv2, hidden, 0.25, 0.5);
        Images images = new Images(8, 10, new byte[IMAGES * 80], new byte[IMAGES], new Normalisation(0.5, 0.5));
        Batches batches = new Batches(Recipe.HARMONIZED.with(Map.of("network", network)), images);
        Batch batch = batches.allocate();
        batches.fill(batch, 0);
        float[] factors1 = new float[IMAGES * network.features()];
        batch.mask1ChannelsFirst(factors1);
        float[] factors2 = new float[IMAGES * hidden];
        batch.mask2(factors2);
        try (PointerScope _ = new PointerScope();
                PyTorchMasks masks = new PyTorchMasks.Expanded(network, IMAGES, new Device("cpu"))) {
            masks.fill(batch);
            assertArrayEquals(factors1, PyTorchTensors.values(masks.mask1()));
            assertArrayEquals(factors2, PyTorchTensors.values(masks.mask2()));
        }
    }
}
