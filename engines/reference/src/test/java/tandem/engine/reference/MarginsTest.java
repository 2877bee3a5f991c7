package tandem.engine.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tandem.core.Loss;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Images;
import tandem.core.engine.Batch;
import tandem.core.engine.Batches;

class MarginsTest {
    private static final Network NETWORK = Small.NETWORK;
    private static final Recipe DROPOUT = Small.recipe(Loss.CROSS_ENTROPY, true);

    /** On noise no two patches are equal and none is dead, so that the definition is short. */
    @Test
    void marginsFollowTheirDefinition() {
        Batches batches = new Batches(DROPOUT, Small.noise(20));
        Batch batch = batches.allocate();
        batches.fill(batch, 1);
        try (ReferenceEngine engine = Small.engine(DROPOUT, 2)) {
            ReferenceTensors parameters = engine.parameters64();
            Margin[] margins = new Margins(engine).of(batch);
            assertEquals(batch.size(), margins.length);
            for (int n = 0; n < margins.length; n++) {
                Definition network = new Definition(NETWORK, parameters, batch, n);
                double[][][] squares1 = squares(network.input, parameters, "conv1");
                double[][][] squares2 = squares(alive(squares1, network.conv1), parameters, "conv2");
                // The same sums in another order.
                double relative = 1e-12;
                double expected = smallest(network.conv1, squares1);
                assertEquals(expected, margins[n].conv1(), relative * expected);
                expected = windows(network.conv2, squares2, batch, n);
                assertEquals(expected, margins[n].conv2(), relative * expected);
                expected = hidden(network, squares2, parameters, batch, n);
                assertEquals(expected, margins[n].fc1(), relative * expected);
                assertEquals(
                        Math.min(margins[n].conv1(), Math.min(margins[n].conv2(), margins[n].fc1())),
                        margins[n].smallest());
            }
        }
    }

    /** {@code bias^2 + sum of weight^2 x^2}, given x (of the pixels) or its squared sizes. */
    private static double[][][] squares(double[][][] x, ReferenceTensors parameters, String layer) {
        double[][][] squares = x.length == 1 ? map(x, v -> v * v) : x;
        return Definition.convolve(
                squares, squared(parameters.get(layer + ".weight")), squared(parameters.get(layer + ".bias")));
    }

    private static double[] squared(double[] x) {
        return Arrays.stream(x).map(v -> v * v).toArray();
    }

    private static double[][][] map(double[][][] x, DoubleUnaryOperator f) {
        return Arrays.stream(x)
                .map(plane -> Arrays.stream(plane)
                        .map(row -> Arrays.stream(row).map(f).toArray())
                        .toArray(double[][]::new))
                .toArray(double[][][]::new);
    }

    /** Zero where ReLU lets nothing pass. */
    private static double[][][] alive(double[][][] squares, double[][][] values) {
        double[][][] alive = map(squares, v -> v);
        for (int k = 0; k < alive.length; k++) {
            for (int r = 0; r < alive[k].length; r++) {
                for (int c = 0; c < alive[k][r].length; c++) {
                    alive[k][r][c] = values[k][r][c] > 0 ? squares[k][r][c] : 0;
                }
            }
        }
        return alive;
    }

    private static double smallest(double[][][] values, double[][][] squares) {
        double[] v = flat(values);
        double[] s = flat(squares);
        return IntStream.range(0, v.length)
                .mapToDouble(i -> Math.abs(v[i]) / Math.sqrt(s[i]))
                .min()
                .orElseThrow();
    }

    private static double windows(double[][][] conv2, double[][][] squares, Batch batch, int n) {
        double smallest = Double.POSITIVE_INFINITY;
        for (int k = 0; k < NETWORK.conv2(); k++) {
            for (int r = 0; r < NETWORK.pooledRows(); r++) {
                for (int c = 0; c < NETWORK.pooledColumns(); c++) {
                    if (Definition.keeps1(batch, NETWORK, n, r, c, k)) {
                        double[] four = window(conv2[k], r, c);
                        double size = Math.sqrt(window(squares[k], r, c)[3]);
                        smallest = Math.min(smallest, Math.abs(four[3]) / size);
                        if (four[3] > 0) {
                            smallest = Math.min(smallest, (four[3] - four[2]) / size);
                        }
                    }
                }
            }
        }
        return smallest;
    }

    /** The four values of a window, ascending. */
    private static double[] window(double[][] plane, int r, int c) {
        double[] four = {
            plane[2 * r][2 * c], plane[2 * r][2 * c + 1], plane[2 * r + 1][2 * c], plane[2 * r + 1][2 * c + 1]
        };
        Arrays.sort(four);
        return four;
    }

    private static double hidden(
            Definition network, double[][][] squares2, ReferenceTensors parameters, Batch batch, int n) {
        double[] features = new double[NETWORK.features()];
        int f = 0;
        for (int k = 0; k < NETWORK.conv2(); k++) {
            for (int r = 0; r < NETWORK.pooledRows(); r++) {
                for (int c = 0; c < NETWORK.pooledColumns(); c++) {
                    double largest = window(network.conv2[k], r, c)[3];
                    for (int place = 0; place < 4; place++) {
                        int row = 2 * r + place / 2;
                        int column = 2 * c + place % 2;
                        if (largest > 0 && network.conv2[k][row][column] == largest) {
                            features[f] = squares2[k][row][column];
                        }
                    }
                    double factor = Definition.keeps1(batch, NETWORK, n, r, c, k) ? batch.scale1() : 0;
                    features[f++] *= factor * factor;
                }
            }
        }
        double[] squares =
                Definition.dense(features, squared(parameters.get("fc1.weight")), squared(parameters.get("fc1.bias")));
        return IntStream.range(0, NETWORK.hidden())
                .filter(h -> Definition.keeps2(batch, n, h))
                .mapToDouble(h -> Math.abs(network.fc1[h]) / Math.sqrt(squares[h]))
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    @Test
    void equalPatchesAreNoChoice() {
        Images black = Small.images(new byte[9 * 11], new byte[1]);
        try (ReferenceEngine engine = Small.engine(Small.RECIPE, 1)) {
            Batch batch = Batch.of(NETWORK, black, 0);
            ReferenceTensors parameters = engine.parameters64();
            Definition network = new Definition(NETWORK, parameters, batch, 0);
            double[][][] squares1 = squares(network.input, parameters, "conv1");
            double[][][] squares2 = squares(alive(squares1, network.conv1), parameters, "conv2");
            // Every window holds four equal numbers; what remains is each one's distance from zero.
            double expected = smallest(network.conv2, squares2);
            assertTrue(expected > 1e-3, "chosen so by the seed");
            assertEquals(expected, new Margins(engine).of(batch)[0].conv2(), 1e-12);
        }
    }

    @Test
    void deadPatchesAreNoChoice() {
        // conv1 lets nothing pass: whatever the pixels, conv2 is its bias.
        try (ReferenceEngine engine = Small.engine(Small.RECIPE, 1)) {
            ReferenceTensors parameters = engine.parameters64();
            Arrays.fill(parameters.get("conv1.bias"), -100);
            Arrays.fill(parameters.get("conv2.bias"), 0.5);
            engine.restore64(parameters, new ReferenceTensors(NETWORK), new ReferenceTensors(NETWORK));
            Margin margin = new Margins(engine).of(Batch.of(NETWORK, Small.noise(1), 0))[0];
            assertEquals(1, margin.conv2(), "0.5 from zero, and 0.5 is all that is summed");
        }
    }

    @Test
    void equalValuesOfDifferentPatchesAreUndecided() {
        // Kernels of ones and two white pixels side by side: the window of columns 2 and 3 sees them mirrored.
        byte[] pixels = new byte[9 * 11];
        pixels[4 * 11 + 4] = (byte) 255;
        pixels[4 * 11 + 5] = (byte) 255;
        ReferenceTensors ones = new ReferenceTensors(NETWORK);
        for (Shape shape : NETWORK.parameters()) {
            Arrays.fill(ones.get(shape.name()), shape.name().equals("conv1.bias") ? 10 : 1);
        }
        try (ReferenceEngine engine = Small.engine(Small.RECIPE, 1)) {
            engine.restore64(ones, new ReferenceTensors(NETWORK), new ReferenceTensors(NETWORK));
            Images image = Small.images(pixels, new byte[1]);
            Margin margin = new Margins(engine).of(Batch.of(NETWORK, image, 0))[0];
            assertEquals(0, margin.conv2(), 1e-15);
            assertEquals(margin.conv2(), margin.smallest());
        }
    }

    @Test
    void theFirstDecidedImagesAreChosen() {
        Batches batches = new Batches(DROPOUT, Small.noise(40));
        // Step 5 of 7 starts at position 30 of 40; where the order ends, its start follows.
        int[] order = IntStream.range(30, 70).map(p -> p % 40).toArray();
        try (ReferenceEngine engine = withFlatWindows(3e-4)) {
            double[] smallest = smallestByPosition(engine, batches, 5);
            int[] expected = Arrays.stream(order)
                    .filter(p -> smallest[p] > DecidedImages.MARGIN)
                    .limit(6)
                    .toArray();
            int passedOver = (expected[5] - 30 + 40) % 40 + 1 - 6;
            assertTrue(passedOver > 0, "the scale was chosen to make some undecided");
            DecidedImages images = DecidedImages.choose(engine, batches, 5, 6);
            assertArrayEquals(expected, images.positions());
            assertEquals(passedOver, images.passedOver());
            assertEquals(
                    Arrays.stream(expected).mapToDouble(p -> smallest[p]).min().orElseThrow(), images.margin());
            assertTrue(images.decided());
        }
    }

    @Test
    void theMostDecidedImagesAreChosenWhereTooFewAreDecided() {
        Batches batches = new Batches(DROPOUT, Small.noise(40));
        int[] order = IntStream.range(30, 70).map(p -> p % 40).toArray();
        try (ReferenceEngine engine = withFlatWindows(3e-5)) {
            double[] smallest = smallestByPosition(engine, batches, 5);
            double seventh = Arrays.stream(smallest).sorted().toArray()[40 - 7];
            assertTrue(seventh < DecidedImages.MARGIN);
            DecidedImages images = DecidedImages.choose(engine, batches, 5, 6);
            assertArrayEquals(
                    Arrays.stream(order).filter(p -> smallest[p] > seventh).toArray(), images.positions());
            assertEquals(40 - 6, images.passedOver());
            assertFalse(images.decided());
        }
    }

    /** An engine whose conv2 tells places of a window apart by little more than rounding. */
    private static ReferenceEngine withFlatWindows(double scale) {
        ReferenceEngine engine = Small.engine(DROPOUT, 2);
        ReferenceTensors parameters = engine.parameters64();
        double[] weight = parameters.get("conv2.weight");
        Arrays.setAll(weight, i -> weight[i] * scale);
        engine.restore64(parameters, new ReferenceTensors(NETWORK), new ReferenceTensors(NETWORK));
        return engine;
    }

    private static double[] smallestByPosition(ReferenceEngine engine, Batches batches, long step) {
        double[] smallest = new double[40];
        Batch one = batches.allocate();
        for (int position = 0; position < 40; position++) {
            batches.fill(one, step, new int[] {position});
            smallest[position] = new Margins(engine).of(one)[0].smallest();
        }
        return smallest;
    }

    private static double[] flat(double[][][] x) {
        return Arrays.stream(x)
                .flatMap(Arrays::stream)
                .flatMapToDouble(Arrays::stream)
                .toArray();
    }
}
