package tandem.engine.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tandem.core.Batch;
import tandem.core.Batches;
import tandem.core.Failure;
import tandem.core.Loss;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Images;

class MarginsTest {
    private static final Network NETWORK = Small.NETWORK;
    private static final Recipe DROPOUT = Small.recipe(Loss.CROSS_ENTROPY, true);

    /** On noise no two patches are equal, so that the definition is short. */
    @Test
    void marginsFollowTheirDefinition() {
        Batches batches = new Batches(DROPOUT, Small.noise(20));
        Batch batch = batches.allocate();
        batches.fill(batch, 1);
        try (ReferenceEngine engine = Small.engine(DROPOUT, 2)) {
            Margins[] margins = Margins.of(engine, batch);
            assertEquals(batch.size(), margins.length);
            for (int n = 0; n < margins.length; n++) {
                Definition network = new Definition(NETWORK, engine.parameters64(), batch, n);
                double[] conv1 = flat(network.conv1);
                // The same sums in another order, of terms of order 1.
                double tolerance = 1e-14;
                assertEquals(smallest(conv1) / size(conv1), margins[n].conv1(), tolerance);
                assertEquals(
                        windows(network.conv2, batch, n) / size(flat(network.conv2)), margins[n].conv2(), tolerance);
                int image = n;
                double[] kept = IntStream.range(0, NETWORK.hidden())
                        .filter(h -> Definition.keeps2(batch, image, h))
                        .mapToDouble(h -> network.fc1[h])
                        .toArray();
                assertEquals(smallest(kept) / size(network.fc1), margins[n].fc1(), tolerance);
                assertEquals(
                        Math.min(margins[n].conv1(), Math.min(margins[n].conv2(), margins[n].fc1())),
                        margins[n].smallest());
            }
        }
    }

    private static double windows(double[][][] conv2, Batch batch, int n) {
        double smallest = Double.POSITIVE_INFINITY;
        for (int k = 0; k < NETWORK.conv2(); k++) {
            for (int r = 0; r < NETWORK.pooledRows(); r++) {
                for (int c = 0; c < NETWORK.pooledColumns(); c++) {
                    if (Definition.keeps1(batch, NETWORK, n, r, c, k)) {
                        double[] four = {
                            conv2[k][2 * r][2 * c],
                            conv2[k][2 * r][2 * c + 1],
                            conv2[k][2 * r + 1][2 * c],
                            conv2[k][2 * r + 1][2 * c + 1]
                        };
                        Arrays.sort(four);
                        smallest = Math.min(smallest, Math.abs(four[3]));
                        if (four[3] > 0) {
                            smallest = Math.min(smallest, four[3] - four[2]);
                        }
                    }
                }
            }
        }
        return smallest;
    }

    @Test
    void equalPatchesAreNoChoice() {
        Images black = Small.images(new byte[9 * 11], new byte[1]);
        try (ReferenceEngine engine = Small.engine(Small.RECIPE, 1)) {
            Batch batch = Batch.of(NETWORK, black, 0);
            double[] conv2 = flat(new Definition(NETWORK, engine.parameters64(), batch, 0).conv2);
            // Every window holds four equal numbers; what remains is each one's distance from zero.
            assertEquals(smallest(conv2) / size(conv2), Margins.of(engine, batch)[0].conv2(), 1e-14);
            assertTrue(smallest(conv2) > 0);
        }
    }

    @Test
    void equalValuesOfDifferentPatchesAreUndecided() {
        // Kernels of ones and two white pixels side by side: the window of columns 2 and 3 sees them mirrored.
        byte[] pixels = new byte[9 * 11];
        pixels[4 * 11 + 4] = (byte) 255;
        pixels[4 * 11 + 5] = (byte) 255;
        Tensors ones = new Tensors(NETWORK);
        for (Shape shape : NETWORK.parameters()) {
            Arrays.fill(ones.get(shape.name()), shape.name().equals("conv1.bias") ? 10 : 1);
        }
        try (ReferenceEngine engine = Small.engine(Small.RECIPE, 1)) {
            engine.restore64(ones, new Tensors(NETWORK), new Tensors(NETWORK));
            Images image = Small.images(pixels, new byte[1]);
            Margins margins = Margins.of(engine, Batch.of(NETWORK, image, 0))[0];
            assertEquals(0, margins.conv2(), 1e-15);
            assertEquals(margins.conv2(), margins.smallest());
        }
    }

    @Test
    void theFirstDecidedImagesAreChosen() {
        Images images = Small.noise(40);
        Batches batches = new Batches(DROPOUT, images);
        try (ReferenceEngine engine = Small.engine(DROPOUT, 2)) {
            double[] smallest = new double[40];
            Batch one = batches.allocate();
            for (int position = 0; position < 40; position++) {
                batches.fill(one, 5, new int[] {position});
                smallest[position] = Margins.of(engine, one)[0].smallest();
            }
            // A margin that every other image misses; step 5 of 7 starts at position 30 of 40.
            double median = Arrays.stream(smallest).sorted().toArray()[20];
            int[] expected = IntStream.range(30, 70)
                    .map(p -> p % 40)
                    .filter(p -> smallest[p] > median)
                    .limit(6)
                    .toArray();
            DecidedImages decided = DecidedImages.choose(engine, batches, 5, 6, median);
            assertArrayEquals(expected, decided.positions());
            int last = expected[5] < 30 ? expected[5] + 40 : expected[5];
            assertEquals(last - 30 + 1 - 6, decided.passedOver());

            Failure failure = assertThrows(
                    Failure.class, () -> DecidedImages.choose(engine, batches, 5, 6, Double.POSITIVE_INFINITY));
            assertTrue(failure.getMessage().startsWith("only 0 of 40 images"), failure.getMessage());
        }
    }

    private static double smallest(double[] x) {
        return Arrays.stream(x).map(Math::abs).min().orElse(Double.POSITIVE_INFINITY);
    }

    private static double size(double[] x) {
        return Math.sqrt(Arrays.stream(x).map(v -> v * v).average().orElseThrow());
    }

    private static double[] flat(double[][][] x) {
        return Arrays.stream(x)
                .flatMap(Arrays::stream)
                .flatMapToDouble(Arrays::stream)
                .toArray();
    }
}
