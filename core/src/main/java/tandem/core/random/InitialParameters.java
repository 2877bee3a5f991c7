package tandem.core.random;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Shape;

/** Initial parameters: a function of network, initialisers and seed. */
public final class InitialParameters {
    /** Blocks that are drawn at a time. */
    private static final int BLOCKS = 256;

    private InitialParameters() {}

    /**
     * Draws every tensor from its own counter: element {@code i} of tensor {@code t} is made from word {@code i % 4} of
     * block (i / 4, t, 0, 0) as {@code float32((2 (word + 1/2) / 2^32 - 1) bound)}, computed in float64.
     */
    public static Parameters of(Recipe recipe) {
        List<Shape> shapes = recipe.network().parameters();
        Map<String, float[]> tensors = new LinkedHashMap<>();
        for (int t = 0; t < shapes.size(); t++) {
            Shape shape = shapes.get(t);
            boolean weight = t % 2 == 0;
            double bound = weight
                    ? recipe.weightInitialiser().bound(shape)
                    : recipe.biasInitialiser().bound(shapes.get(t - 1));
            tensors.put(shape.name(), uniform(recipe.seed(), t, shape.size(), bound));
        }
        return new Parameters(recipe.network(), tensors);
    }

    private static float[] uniform(long seed, int tensor, int size, double bound) {
        float[] values = new float[size];
        if (bound != 0) {
            Philox.Blocks blocks = new Philox.Blocks(BLOCKS);
            long[] words = new long[2 * BLOCKS];
            for (int from = 0; from < size; from += 4 * BLOCKS) {
                blocks.draw(seed, from / 4, tensor, 0, Stream.PARAMETERS.number, words);
                fill(values, from, Math.min(size, from + 4 * BLOCKS), words, bound);
            }
        }
        return values;
    }

    private static void fill(float[] values, int from, int to, long[] words, double bound) {
        for (int i = from; i < to; i++) {
            int word = i - from;
            long bits = words[word >>> 1] >>> 32 * (word & 1) & 0xFFFFFFFFL;
            values[i] = (float) ((2 * (bits + 0.5) / 0x1p32 - 1) * bound);
        }
    }
}
