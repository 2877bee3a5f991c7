package tandem.engine.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.core.Loss;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Images;
import tandem.core.engine.Batch;
import tandem.core.engine.Batches;

/** Forward and backward pass on a small network: against the definition, and against finite differences. */
class NetworkTest {
    private static final Images IMAGES = Small.noise(10);

    @ParameterizedTest
    @CsvSource({"CROSS_ENTROPY, false", "CROSS_ENTROPY, true", "DOUBLE_SOFTMAX, false", "DOUBLE_SOFTMAX, true"})
    void logitsAndLossFollowTheDefinition(Loss loss, boolean dropout) {
        Recipe recipe = Small.recipe(loss, dropout);
        Batch batch = firstBatch(recipe);
        try (ReferenceEngine engine = Small.engine(recipe, 2)) {
            Pass pass = engine.pass(batch);
            int classes = Small.NETWORK.classes();
            double sum = 0;
            for (int n = 0; n < batch.size(); n++) {
                double[] logits = new Definition(Small.NETWORK, engine.parameters64(), batch, n).logits;
                for (int k = 0; k < classes; k++) {
                    // Sums of up to 45 terms of order 1 in another order: a few units in the last place of 1.
                    assertEquals(logits[k], pass.logits()[n * classes + k], 1e-14);
                }
                sum += loss(loss, logits, batch.label(n));
            }
            assertEquals(sum / batch.size(), pass.loss(), 1e-14);
        }
    }

    /** The formulas of {@link Loss}'s documentation. */
    private static double loss(Loss loss, double[] z, int label) {
        double[] p = softmax(z);
        return -Math.log((loss == Loss.DOUBLE_SOFTMAX ? softmax(p) : p)[label]);
    }

    private static double[] softmax(double[] z) {
        double sum = 0;
        for (double v : z) {
            sum += Math.exp(v);
        }
        double[] p = new double[z.length];
        for (int k = 0; k < z.length; k++) {
            p[k] = Math.exp(z[k]) / sum;
        }
        return p;
    }

    @ParameterizedTest
    @CsvSource({"CROSS_ENTROPY, false", "CROSS_ENTROPY, true", "DOUBLE_SOFTMAX, false", "DOUBLE_SOFTMAX, true"})
    void gradientsAreFiniteDifferences(Loss loss, boolean dropout) {
        Recipe recipe = Small.recipe(loss, dropout);
        Batch batch = firstBatch(recipe);
        // Central differences: the third derivative leaves about h^2 = 1e-10, cancellation 1e-16 / h = 1e-11.
        double h = 1e-5;
        double tolerance = 1e-9;
        try (ReferenceEngine engine = Small.engine(recipe, 1)) {
            ReferenceTensors zeros = new ReferenceTensors(Small.NETWORK);
            ReferenceTensors parameters = engine.parameters64();
            ReferenceTensors gradients = engine.pass(batch).gradients();
            for (Shape shape : Small.NETWORK.parameters()) {
                double[] values = parameters.get(shape.name());
                for (int i = 0; i < values.length; i++) {
                    double value = values[i];
                    values[i] = value + h;
                    engine.restore64(parameters, zeros, zeros);
                    double above = engine.pass(batch).loss();
                    values[i] = value - h;
                    engine.restore64(parameters, zeros, zeros);
                    double below = engine.pass(batch).loss();
                    values[i] = value;
                    assertEquals(
                            (above - below) / (2 * h),
                            gradients.get(shape.name())[i],
                            tolerance,
                            shape.name() + " element " + i);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void aBatchIsTheMeanOfItsImages(boolean dropout) {
        Recipe recipe = Small.recipe(Loss.CROSS_ENTROPY, dropout);
        Batches batches = new Batches(recipe, IMAGES);
        Batch last = batches.allocate();
        batches.fill(last, 1);
        assertEquals(4, last.size(), "of ten images, six went before");
        Batch one = batches.allocate();
        try (ReferenceEngine engine = Small.engine(recipe, 2)) {
            Pass whole = engine.pass(last);
            for (Shape shape : Small.NETWORK.parameters()) {
                double[] mean = new double[shape.size()];
                double norm = 0;
                double loss = 0;
                for (int i = 0; i < last.size(); i++) {
                    batches.fill(one, 1, new int[] {6 + i});
                    Pass pass = engine.pass(one);
                    double[] gradient = pass.gradients().get(shape.name());
                    Vectors.add(0.25, gradient, mean);
                    norm += Vectors.norm(gradient) / 4;
                    loss += pass.loss() / 4;
                }
                // The same sums in another order.
                assertArrayEquals(mean, whole.gradients().get(shape.name()), 1e-15, shape.name());
                assertEquals(norm, whole.imageNorms().get(shape.name()), 1e-15, shape.name());
                assertEquals(loss, whole.loss(), 1e-15);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2", "3", "5"})
    void threadsDoNotChangeABit(int threads) {
        Recipe recipe = Small.recipe(Loss.CROSS_ENTROPY, true);
        Batch batch = firstBatch(recipe);
        try (ReferenceEngine one = Small.engine(recipe, 1);
                ReferenceEngine many = Small.engine(recipe, threads)) {
            for (int step = 0; step < 3; step++) {
                assertEquals(one.step(batch, 1), many.step(batch, 1));
            }
            for (Shape shape : Small.NETWORK.parameters()) {
                assertArrayEquals(
                        one.parameters64().get(shape.name()),
                        many.parameters64().get(shape.name()),
                        shape.name());
            }
            assertArrayEquals(one.logits64(IMAGES, 1, 7), many.logits64(IMAGES, 1, 7));
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void predictionsHaveNoDropout(boolean dropout) {
        try (ReferenceEngine engine = Small.engine(Small.recipe(Loss.CROSS_ENTROPY, dropout), 2)) {
            float[] out = new float[2 * Small.NETWORK.classes()];
            engine.logits(IMAGES, 3, 2, out);
            Batch batch = Batch.of(Small.NETWORK, IMAGES, 3, 4);
            assertArrayEquals(engine.gradients(batch).logits(), out);
        }
    }

    private static Batch firstBatch(Recipe recipe) {
        Batches batches = new Batches(recipe, IMAGES);
        Batch batch = batches.allocate();
        batches.fill(batch, 0);
        return batch;
    }
}
