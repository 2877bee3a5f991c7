package tandem.engine.reference;

import java.util.Map;
import java.util.Random;
import tandem.core.Loss;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Recipe;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;
import tandem.core.random.InitialParameters;

/** A network that is quickly computed, on images whose last row and column pooling drops. */
final class Small {
    /** conv1 makes 7x9, conv2 5x7, pooling 2x3 positions. */
    static final Network NETWORK = new Network(9, 11, 4, 3, 5, 6, 0.25, 0.5);

    static final Recipe RECIPE =
            Recipe.PRESETS.get("harmonized").with(Map.of("network", NETWORK, "batchSize", 6, "dropout", false));

    private Small() {}

    static Recipe recipe(Loss loss, boolean dropout) {
        return RECIPE.with(Map.of("loss", loss, "dropout", dropout));
    }

    /** Images of noise. */
    static Images noise(int count) {
        byte[] pixels = new byte[count * 9 * 11];
        new Random(7).nextBytes(pixels);
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) (i % 4);
        }
        return images(pixels, labels);
    }

    static Images images(byte[] pixels, byte[] labels) {
        return new Images(9, 11, pixels, labels, new Normalisation(0.4, 0.5));
    }

    static ReferenceEngine engine(Recipe recipe, int threads) {
        return new ReferenceEngine(
                recipe, InitialParameters.of(recipe), OptimizerState.zeros(recipe.network()), threads);
    }
}
