package tandem.engine.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;

/**
 * Every stage on vectors against its plain version, on the same memory: sizes that fit vectors and tiles, and sizes
 * that do not. Sums of up to 300 products in another order differ by some 1e-6 of their size; a wrong index by all of
 * it.
 */
final class StagesTest {
    private static final int THREAD = 1;
    private static final float SCALE = 1.25f;
    private static final float TOLERANCE = 3e-5f;

    static Stream<Network> networks() {
        return Stream.of(
                Network.SEED,
                new Network(8, 8, 3, 1, 1, 1, 0.25, 0.5),
                new Network(9, 12, 2, 3, 13, 17, 0.25, 0.5),
                new Network(13, 8, 10, 13, 3, 33, 0.25, 0.5),
                new Network(17, 21, 5, 17, 33, 130, 0.25, 0.5),
                new Network(32, 32, 11, 33, 17, 128, 0.25, 0.5),
                new Network(10, 70, 4, 16, 65, 64, 0.25, 0.5),
                new Network(11, 10, 4, 64, 128, 256, 0.25, 0.5));
    }

    /** One engine's worth of memory with the stages that work on it. */
    private record Side(Layout layout, float[] memory, InkBits ink, Pooled pooled, Stages stages, Workspace workspace) {
        void takeOver(Side other) {
            System.arraycopy(other.memory, 0, memory, 0, memory.length);
            System.arraycopy(other.pooled.alive, 0, pooled.alive, 0, pooled.alive.length);
            System.arraycopy(other.pooled.right, 0, pooled.right, 0, pooled.right.length);
            System.arraycopy(other.pooled.lower, 0, pooled.lower, 0, pooled.lower.length);
            workspace.background = Float.NaN;
        }
    }

    private final Random random = new Random(1);
    private Layout layout;
    private Recipe recipe;
    private Side plain;
    private Side vectors;

    @BeforeEach
    void onVectorsOnly() {
        assumeTrue(VectorWidth.bits() > 0, "in plain Java there is nothing to compare");
    }

    private void set(Network network, int capacity, String variant) {
        recipe = Recipe.PRESETS.get("harmonized").with(Map.of("network", network));
        layout = Stages.layout(network, capacity, true, 2);
        plain = side(variant, (memory, ink, pooled) -> Stages.plain(layout, memory, pooled));
        vectors = side(variant, (memory, ink, pooled) -> Stages.of(layout, memory, ink, pooled, variant));
        JavaTensors tensors = new JavaTensors(layout, plain.memory);
        tensors.set(filled(network, 0.5f), layout.small, layout.large);
        SecondConvolution.transpose(layout, plain.memory, 0, network.conv1());
        vectors.takeOver(plain);
        plain.stages.conv2().prepare(0, network.conv1());
        vectors.stages.conv2().prepare(0, network.conv1() / 2);
        vectors.stages.conv2().prepare(network.conv1() / 2, network.conv1());
    }

    private interface Maker {
        Stages make(float[] memory, InkBits ink, Pooled pooled);
    }

    private Side side(String variant, Maker maker) {
        float[] memory = new float[layout.floats];
        InkBits ink = new InkBits(layout, !variant.equals(JavaProvider.NO_SHORTCUT));
        Pooled pooled = new Pooled(layout);
        return new Side(layout, memory, ink, pooled, maker.make(memory, ink, pooled), new Workspace(layout, THREAD));
    }

    private Parameters filled(Network network, float size) {
        Parameters parameters = Parameters.zeros(network);
        for (Shape shape : parameters.shapes()) {
            float[] values = parameters.get(shape.name());
            for (int i = 0; i < values.length; i++) {
                values[i] = size * (2 * random.nextFloat() - 1);
            }
        }
        return parameters;
    }

    /** One image: noise from one share of its rows and columns to another, background elsewhere. */
    private Images image(Network network, double from, double to) {
        byte[] pixels = new byte[network.rows() * network.columns()];
        for (int y = (int) (from * network.rows()); y < to * network.rows(); y++) {
            for (int x = (int) (from * network.columns()); x < to * network.columns(); x++) {
                pixels[y * network.columns() + x] = (byte) (1 + random.nextInt(255));
            }
        }
        return new Images(network.rows(), network.columns(), pixels, new byte[1], new Normalisation(0.3, 0.4));
    }

    private long[] mask(int words, int bits) {
        long[] mask = new long[words];
        int perRow = Math.ceilDiv(bits, Long.SIZE);
        for (int w = 0; w < words; w++) {
            mask[w] = random.nextLong() & (w % perRow == perRow - 1 ? -1L >>> -bits : -1L);
        }
        return mask;
    }

    private void fillImage(Images images, int image) {
        float[] table = JavaInputs.table(images);
        for (Side side : new Side[] {plain, vectors}) {
            new JavaInputs(layout, side.memory, side.ink).fill(images, table, 0, image);
            if (side.workspace.background != JavaInputs.background(table)) {
                side.workspace.background = JavaInputs.background(table);
                side.stages.conv1().begin(side.workspace);
                side.stages.conv2().begin(side.workspace);
            }
        }
    }

    private void assertClose(String what, int from, int count) {
        float largest = 1;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, Math.abs(plain.memory[i]));
        }
        for (int i = from; i < from + count; i++) {
            assertEquals(plain.memory[i], vectors.memory[i], TOLERANCE * largest, what + ", element " + (i - from));
        }
    }

    // ---- forward

    @ParameterizedTest
    @MethodSource("networks")
    void firstConvolution(Network network) {
        for (String variant : List.of("", JavaProvider.NO_SHORTCUT)) {
            set(network, 3, variant);
            // What one image leaves behind must not be seen in the next.
            for (Images image : drawings(network)) {
                fillImage(image, 2);
                plain.stages.conv1().forward(2, plain.workspace);
                vectors.stages.conv1().forward(2, vectors.workspace);
                assertClose("activation", layout.activation1(THREAD, 0), layout.blocks1 * layout.plane1);
            }
        }
    }

    /** Noise everywhere, in parts of the image, and nowhere. */
    private List<Images> drawings(Network network) {
        return List.of(
                image(network, 0, 1),
                image(network, 0, 0.3),
                image(network, 0.6, 1),
                image(network, 0.3, 0.7),
                image(network, 0, 0));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void winogradConvolution(Network network) {
        secondConvolution(network, "", 1);
        secondConvolution(network, JavaProvider.NO_SHORTCUT, 1);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void directConvolution(Network network) {
        secondConvolution(network, JavaProvider.DIRECT, 1);
    }

    /** The four sums of a window that sees background alone are equal. */
    @ParameterizedTest
    @MethodSource("networks")
    void backgroundIsTheSameByTheShortcut(Network network) {
        if (network.columns() <= Long.SIZE) {
            secondConvolution(network, "", 0.3);
            secondConvolution(network, "", 0);
        }
    }

    private void secondConvolution(Network network, String variant, double share) {
        set(network, 3, variant);
        fillImage(image(network, 0, share), 2);
        plain.stages.conv1().forward(2, plain.workspace);
        System.arraycopy(
                plain.memory,
                layout.activation1(THREAD, 0),
                vectors.memory,
                layout.activation1(THREAD, 0),
                layout.blocks1 * layout.plane1);
        int words = layout.windows * layout.words;
        long[] keep = mask(2 * words, network.conv2());
        plain.stages.conv2().forward(2, keep, words, SCALE, plain.workspace);
        vectors.stages.conv2().forward(2, keep, words, SCALE, vectors.workspace);
        vectors.stages.conv2().end(keep, SCALE, vectors.workspace);
        int alive = 0;
        for (int window = 0; window < layout.windows; window++) {
            for (int c = 0; c < network.conv2(); c++) {
                int at = layout.pooled(2) + window * layout.channels2 + c;
                String where = "window %d, channel %d".formatted(window, c);
                boolean expected = bit(plain.pooled.alive, window, c);
                if (bit(vectors.pooled.alive, window, c) != expected) {
                    assertEquals(0, plain.memory[at], TOLERANCE, where + " is alive in one of them");
                } else if (expected) {
                    alive++;
                    assertEquals(plain.memory[at], vectors.memory[at], TOLERANCE * 20, where);
                    assertSamePlace(window, place(plain, window, c), place(vectors, window, c), where);
                }
            }
            for (int word = 0; word < layout.words; word++) {
                int index = plain.pooled.index(2, window, word);
                assertEquals(0, vectors.pooled.alive[index] & ~keep[words + window * layout.words + word]);
            }
        }
        assertTrue(alive > 0 || share < 1 || network.conv2() == 1, "nothing is alive");
    }

    /** Which of a window's four positions, in row order, was the largest. */
    private int place(Side side, int window, int channel) {
        return (bit(side.pooled.right, window, channel) ? 1 : 0) + (bit(side.pooled.lower, window, channel) ? 2 : 0);
    }

    /** The same position, or one that sees the same: on a background beside something, two sums may be equal. */
    private void assertSamePlace(int window, int expected, int actual, String where) {
        for (int i = 0; expected != actual && i < layout.conv1; i++) {
            for (int k = 0; k < Layout.TAPS; k++) {
                assertEquals(
                        plain.memory[activation(window, expected, i, k)],
                        plain.memory[activation(window, actual, i, k)],
                        "%s: position %d, not %d".formatted(where, expected, actual));
            }
        }
    }

    private int activation(int window, int position, int channel, int tap) {
        int y = 2 * (window / layout.windowColumns) + position / 2 + tap / 3;
        int x = 2 * (window % layout.windowColumns) + position % 2 + tap % 3;
        int lanes = layout.lanes;
        return layout.activation1(THREAD, channel / lanes) + (y * layout.columns1 + x) * lanes + channel % lanes;
    }

    private boolean bit(long[] words, int window, int channel) {
        return (words[plain.pooled.index(2, window, channel / Long.SIZE)] >>> channel & 1) != 0;
    }

    // ---- dense layers

    @ParameterizedTest
    @MethodSource("networks")
    void hiddenLayer(Network network) {
        int images = 70;
        set(network, images, "");
        fillPooled(images);
        for (Side side : new Side[] {plain, vectors}) {
            for (int part = 0; part < Layout.PARTS; part++) {
                side.stages.hidden().forward(part, images);
            }
            for (int i = 0; i < images; i++) {
                side.stages.hidden().add(i);
            }
        }
        assertClose("preactivation", layout.preactivation(0), images * layout.hiddenPadded);

        fill(layout.hiddenGradient(0), images * layout.hiddenPadded);
        long[] alive = mask(2 * Long.SIZE, Long.SIZE);
        alive[Long.SIZE + 5] &= -1L >>> -(images - Long.SIZE);
        int window = layout.windows - 1;
        int channel = network.conv2() - 1;
        int row = layout.row(THREAD);
        for (Side side : new Side[] {plain, vectors}) {
            int[] places = IntStream.range(0, images)
                    .map(i -> layout.pooledGradient(i) + 1)
                    .toArray();
            side.stages.hidden().backward(window, channel, alive, 5, images, SCALE, places, row);
            for (int i = 0; i < images; i++) {
                long there = alive[5 + i / Long.SIZE * Long.SIZE] >>> i & 1;
                assertEquals(layout.pooledGradient(i) + 1 + there, places[i], "place of image " + i);
            }
        }
        assertClose("input gradient", layout.pooledGradient(0), images * layout.pooledStride);
        assertClose("weight gradient", row, layout.hiddenPadded);
    }

    private void fillPooled(int images) {
        for (int i = 0; i < images; i++) {
            fill(layout.pooled(i), layout.windows * layout.channels2);
            for (int window = 0; window < layout.windows; window++) {
                long[] words = mask(layout.words, layout.conv2);
                System.arraycopy(words, 0, plain.pooled.alive, plain.pooled.index(i, window, 0), words.length);
                System.arraycopy(
                        mask(layout.words, layout.conv2),
                        0,
                        plain.pooled.right,
                        plain.pooled.index(i, window, 0),
                        words.length);
                System.arraycopy(
                        mask(layout.words, layout.conv2),
                        0,
                        plain.pooled.lower,
                        plain.pooled.index(i, window, 0),
                        words.length);
            }
        }
        vectors.takeOver(plain);
    }

    private void fill(int from, int count) {
        for (int i = from; i < from + count; i++) {
            plain.memory[i] = 2 * random.nextFloat() - 1;
        }
        System.arraycopy(plain.memory, from, vectors.memory, from, count);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void outputLayer(Network network) {
        set(network, 3, "");
        int words = Math.ceilDiv(network.hidden(), Long.SIZE);
        long[] keep = mask(2 * words, network.hidden());
        fill(layout.preactivation(2), network.hidden());
        float[] expected = new float[2 * network.classes()];
        float[] logits = new float[2 * network.classes()];
        plain.stages.output().forward(2, keep, words, 2, expected, network.classes());
        vectors.stages.output().forward(2, keep, words, 2, logits, network.classes());
        for (int k = 0; k < logits.length; k++) {
            assertEquals(expected[k], logits[k], 20 * TOLERANCE, "logit " + k);
        }
        assertClose("hidden", layout.hidden(2), layout.hiddenPadded);

        fill(layout.partial(3), layout.smallSize);
        plain.stages.output().backward(2, expected, 2, layout.partial(3));
        vectors.stages.output().backward(2, expected, 2, layout.partial(3));
        assertClose("hidden gradient", layout.hiddenGradient(2), layout.hiddenPadded);
        assertClose("small gradients", layout.partial(3), layout.smallSize);
    }

    // ---- back through the convolutions

    @ParameterizedTest
    @MethodSource("networks")
    void convolutionGradients(Network network) {
        set(network, 2, "");
        for (Images image : drawings(network)) {
            convolutionGradients(image);
        }
    }

    private void convolutionGradients(Images image) {
        fillPooled(2);
        fill(layout.pooledGradient(1), layout.windows * layout.channels2);
        fill(layout.partial(1), layout.smallSize);
        fillImage(image, 1);
        plain.stages.conv1().forward(1, plain.workspace);
        vectors.stages.conv1().forward(1, vectors.workspace);
        // The same entries must be greater than 0.
        int activation = layout.activation1(THREAD, 0);
        System.arraycopy(plain.memory, activation, vectors.memory, activation, layout.blocks1 * layout.plane1);
        for (Side side : new Side[] {plain, vectors}) {
            side.workspace.lists.fill(1, side.pooled, side.memory, layout.partial(1));
        }
        for (Side side : new Side[] {plain, vectors}) {
            side.stages.conv2Gradient().weights(side.workspace.lists, THREAD, layout.partial(1));
            side.stages.conv2Gradient().input(side.workspace.lists, THREAD);
            for (int block = 0; block < layout.blocks1; block++) {
                side.stages.conv1().gradient(1, block, side.workspace, layout.partial(1));
            }
        }
        assertClose("conv1 output gradient", layout.gradient1(THREAD, 0), layout.blocks1 * layout.plane1);
        assertClose("small gradients", layout.partial(1), layout.smallSize);
    }

    // ---- update

    @ParameterizedTest
    @MethodSource("networks")
    void adadelta(Network network) {
        set(network, 1, "");
        for (int group = 0; group < Layout.GROUPS; group++) {
            fill(layout.partial(group), layout.smallSize);
        }
        JavaAdadelta ofPlain = new JavaAdadelta.Plain(layout, plain.memory, recipe);
        JavaAdadelta ofVectors = Stages.adadelta(layout, vectors.memory, recipe);
        int lanes = layout.lanes;
        for (int groups : new int[] {1, 3, Layout.GROUPS}) {
            ofPlain.reduce(lanes, layout.smallSize, groups);
            ofVectors.reduce(lanes, layout.smallSize, groups);
            assertClose("sum", layout.smallGradient + lanes, layout.smallSize - lanes);
        }
        for (int update = 0; update < 3; update++) {
            for (JavaAdadelta adadelta : new JavaAdadelta[] {ofPlain, ofVectors}) {
                adadelta.update(
                        layout.smallGradient,
                        layout.small,
                        layout.smallSquare,
                        layout.smallDelta,
                        layout.smallSize,
                        0.7f);
                adadelta.decay(layout.smallSquare, layout.smallDelta, lanes, update);
            }
        }
        assertClose("parameters", layout.small, layout.smallSize);
        assertClose("squares", layout.smallSquare, layout.smallSize);
        assertClose("deltas", layout.smallDelta, layout.smallSize);
    }
}
