package tandem.engine.deeplearning4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNSubsamplingHelper;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.NoOp;
import tandem.core.Recipe;

final class Deeplearning4jNetworkTest {
    private static final Recipe RECIPE = Recipe.PRESETS.get("harmonized");

    /** Without the class in org.nd4j.nativeblas, the library silently does without oneDNN. */
    @Test
    void convolutionsAndPoolingAreOneDnns() {
        try (Deeplearning4jNetwork network = new Deeplearning4jNetwork(RECIPE.network(), true)) {
            assertEquals(MKLDNNConvHelper.class, network.helper("conv1").getClass());
            assertEquals(MKLDNNConvHelper.class, network.helper("conv2").getClass());
            assertEquals(MKLDNNSubsamplingHelper.class, network.helper("pool").getClass());
            MultiLayerNetwork training = network.training(RECIPE.loss(), true, new NoOp());
            assertEquals(
                    MKLDNNConvHelper.class,
                    Deeplearning4jNetwork.helper(training, "conv2").getClass());
            training.close();
        }
    }

    @Test
    void asShippedTheyAreNot() {
        try (Deeplearning4jNetwork network = new Deeplearning4jNetwork(RECIPE.network(), false)) {
            assertNull(network.helper("conv1"));
            assertNull(network.helper("conv2"));
            assertNull(network.helper("pool"));
        }
    }
}
