package tandem.core.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.core.Loss;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;

/** What is made of an engine's logits, by hand. */
final class EvaluationTest {
    private static final IntConsumer NOBODY = done -> {};

    /** Answers with given logits, one row for each image. */
    private static final class FixedLogits implements Engine {
        private final float[][] rows;
        private final Images images;
        private final long sleep;

        /** What it was asked for: from and count. */
        final List<List<Integer>> asked = new ArrayList<>();

        FixedLogits(Images images, long sleep, float[]... rows) {
            this.images = images;
            this.sleep = sleep;
            this.rows = rows;
        }

        @Override
        public void logits(Images images, int from, int count, float[] out) {
            assertTrue(images == this.images, "other images");
            asked.add(List.of(from, count));
            for (int i = 0; i < count; i++) {
                System.arraycopy(rows[from + i], 0, out, i * rows[0].length, rows[0].length);
            }
            pause(sleep);
        }

        @Override
        public Library library() {
            throw new AssertionError();
        }

        @Override
        public float trainStep(Batch batch, float learningRate) {
            throw new AssertionError("an evaluation must not train");
        }

        @Override
        public Gradients gradients(Batch batch) {
            throw new AssertionError();
        }

        @Override
        public Parameters parameters() {
            throw new AssertionError();
        }

        @Override
        public OptimizerState optimizerState() {
            throw new AssertionError();
        }

        @Override
        public void restore(Parameters parameters, OptimizerState state) {
            throw new AssertionError("an evaluation must not change anything");
        }

        @Override
        public void close() {}
    }

    private static void pause(long milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Recipe recipe(int classes, Loss loss) {
        return Recipe.PRESETS
                .get("harmonized")
                .with(Map.of("network", Network.SEED.forImages(6, 6, classes), "loss", loss));
    }

    private static Images images(int... labels) {
        byte[] bytes = new byte[labels.length];
        for (int i = 0; i < labels.length; i++) {
            bytes[i] = (byte) labels[i];
        }
        return new Images(6, 6, new byte[36 * labels.length], bytes, new Normalisation(0.5, 0.5));
    }

    /**
     * Seven images of three classes. Every kind of mistake happens a different number of times, two images have equal
     * largest logits, the last class is answered, and all logits of an image may be negative.
     */
    private static final Images SEVEN = images(0, 0, 1, 2, 2, 0, 2);

    private static final float[][] LOGITS = {
        {1, 2, 3}, // label 0, answer 2
        {-1, -2, -3}, // label 0, answer 0
        {5, 0, 5}, // label 1, answer 0: the first of equals
        {0, 7, 7}, // label 2, answer 1: the first of equals
        {-9, -8, -1}, // label 2, answer 2
        {0, 0, 4}, // label 0, answer 2
        {0, 1, 0} // label 2, answer 1
    };

    @Test
    void answersAndConfusionsByHand() {
        FixedLogits engine = new FixedLogits(SEVEN, 0, LOGITS);
        List<Integer> done = new ArrayList<>();

        Evaluation evaluation = Evaluation.of(engine, recipe(3, Loss.CROSS_ENTROPY), SEVEN, done::add);

        assertArrayEquals(new int[] {2, 0, 0, 1, 2, 2, 1}, evaluation.predictions());
        assertArrayEquals(
                new int[][] {
                    {1, 0, 2}, // label 0 was taken for 0 once, for 2 twice
                    {1, 0, 0},
                    {0, 2, 1}
                },
                evaluation.confusion());
        assertEquals(2 / 7.0, evaluation.accuracy());
        assertArrayEquals(
                new float[] {1, 2, 3, -1, -2, -3, 5, 0, 5, 0, 7, 7, -9, -8, -1, 0, 0, 4, 0, 1, 0}, evaluation.logits());
        assertEquals(List.of(7), done);
        assertEquals(List.of(List.of(0, 7)), engine.asked);
    }

    /** Natural logarithms of sums of exponentials, computed with 30 digits elsewhere. */
    @Test
    void theLossIsTheMeanOfTheImages() {
        double[] crossEntropy = {
            2.40760596444438, // log(e + e^2 + e^3) - 1
            0.4076059644443803,
            5.696510491782079, // log(2 e^5 + 1) - 0
            0.6936030176332159, // log(2 e^7 + 1) - 7
            0.001246567305486438, // log(e^-9 + e^-8 + e^-1) + 1
            4.035976299748193, // log(2 + e^4) - 0
            1.551444713932051 // log(2 + e) - 0
        };
        double sum = 0;
        for (double loss : crossEntropy) {
            sum += loss;
        }
        FixedLogits engine = new FixedLogits(SEVEN, 0, LOGITS);
        assertEquals(
                sum / 7,
                Evaluation.of(engine, recipe(3, Loss.CROSS_ENTROPY), SEVEN, NOBODY)
                        .loss(),
                1e-12);
        assertEquals(
                1.1272417795006244,
                Evaluation.of(engine, recipe(3, Loss.DOUBLE_SOFTMAX), SEVEN, NOBODY)
                        .loss(),
                1e-12);
    }

    @Test
    void allRightAndAllWrong() {
        Images four = images(1, 0, 1, 1);
        float[][] right = {{0, 1}, {1, 0}, {0, 1}, {0, 1}};
        float[][] wrong = {{1, 0}, {0, 1}, {1, 0}, {1, 0}};
        Evaluation good = Evaluation.of(new FixedLogits(four, 0, right), recipe(2, Loss.CROSS_ENTROPY), four, NOBODY);
        Evaluation bad = Evaluation.of(new FixedLogits(four, 0, wrong), recipe(2, Loss.CROSS_ENTROPY), four, NOBODY);
        assertEquals(1, good.accuracy());
        assertArrayEquals(new int[][] {{1, 0}, {0, 3}}, good.confusion());
        assertEquals(0, bad.accuracy());
        assertArrayEquals(new int[][] {{0, 1}, {3, 0}}, bad.confusion());
        // log(1 + e^-1) and log(1 + e)
        assertEquals(0.31326168751822286, good.loss(), 1e-12);
        assertEquals(1.3132616875182228, bad.loss(), 1e-12);
    }

    /** Every class, the last too, is answered when its logit is the largest, and only then. */
    @Test
    void everyClassIsAnswered() {
        Images ten = images(9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        float[][] logits = new float[10][10];
        for (int i = 0; i < 10; i++) {
            logits[i][i] = 0.5f;
        }
        Evaluation evaluation =
                Evaluation.of(new FixedLogits(ten, 0, logits), recipe(10, Loss.CROSS_ENTROPY), ten, NOBODY);
        assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, evaluation.predictions());
        for (int label = 0; label < 10; label++) {
            for (int answer = 0; answer < 10; answer++) {
                assertEquals(answer == 9 - label ? 1 : 0, evaluation.confusion()[label][answer]);
            }
        }
        assertEquals(0, evaluation.accuracy());
    }

    /** The engine is asked for at most a thousand images at a time; what it answers is put together again. */
    @ParameterizedTest
    @CsvSource({"1, 1", "999, 999", "1000, 1000", "1001, 1000 1", "2000, 1000 1000", "2003, 1000 1000 3"})
    void imagesAreTakenInChunks(int count, String chunks) {
        int[] labels = new int[count];
        float[][] logits = new float[count][5];
        int right = 0;
        double loss = 0;
        int[][] confusion = new int[5][5];
        for (int i = 0; i < count; i++) {
            int answer = i * 7 / 3 % 5;
            labels[i] = i * 3 / 7 % 5;
            for (int k = 0; k < 5; k++) {
                logits[i][k] = i + k;
            }
            logits[i][answer] = i + 6;
            confusion[labels[i]][answer]++;
            right += labels[i] == answer ? 1 : 0;
            double exponentials = 0;
            for (int k = 0; k < 5; k++) {
                exponentials += Math.exp(logits[i][k] - i);
            }
            loss += Math.log(exponentials) - (logits[i][labels[i]] - i);
        }
        List<List<Integer>> asked = new ArrayList<>();
        List<Integer> expectedDone = new ArrayList<>();
        int from = 0;
        for (String chunk : chunks.split(" ")) {
            asked.add(List.of(from, Integer.parseInt(chunk)));
            from += Integer.parseInt(chunk);
            expectedDone.add(from);
        }
        Images images = images(labels);
        FixedLogits engine = new FixedLogits(images, 0, logits);
        List<Integer> done = new ArrayList<>();

        Evaluation evaluation = Evaluation.of(engine, recipe(5, Loss.CROSS_ENTROPY), images, done::add);

        assertEquals(asked, engine.asked);
        assertEquals(expectedDone, done);
        assertEquals(count, evaluation.predictions().length);
        assertEquals(5 * count, evaluation.logits().length);
        for (int i = 0; i < count; i++) {
            assertEquals(i * 7 / 3 % 5, evaluation.predictions()[i], "image " + i);
            for (int k = 0; k < 5; k++) {
                assertEquals(logits[i][k], evaluation.logits()[5 * i + k], "image " + i);
            }
        }
        assertArrayEquals(confusion, evaluation.confusion());
        assertEquals((double) right / count, evaluation.accuracy());
        assertEquals(loss / count, evaluation.loss(), 1e-9);
    }

    /** Three chunks of 30 ms; what the listener does in between is not the engine's time. */
    @Test
    void secondsAreTheEngines() {
        Images images = images(new int[2001]);
        FixedLogits engine = new FixedLogits(images, 30, new float[2001][2]);
        long start = System.nanoTime();
        double seconds = Evaluation.of(engine, recipe(2, Loss.CROSS_ENTROPY), images, done -> pause(100))
                .seconds();
        double elapsed = (System.nanoTime() - start) / 1e9;
        assertTrue(seconds >= 0.09, "engine's time %.3f s".formatted(seconds));
        assertTrue(seconds <= elapsed - 0.3, "engine's time %.3f s of %.3f s".formatted(seconds, elapsed));
    }

    /** By hand: softmax(1, 2, 3) = (0.09003057, 0.24472847, 0.66524096). */
    @Test
    void lossesOfOneImage() {
        float[] logits = {9, 9, 9, 1, 2, 3, 9};
        assertEquals(-Math.log(0.09003057317038046), Loss.CROSS_ENTROPY.of(logits, 3, 3, 0), 1e-12);
        assertEquals(-Math.log(0.24472847105479764), Loss.CROSS_ENTROPY.of(logits, 3, 3, 1), 1e-12);
        assertEquals(-Math.log(0.6652409557748218), Loss.CROSS_ENTROPY.of(logits, 3, 3, 2), 1e-12);
        double z = Math.exp(0.09003057317038046) + Math.exp(0.24472847105479764) + Math.exp(0.6652409557748218);
        assertEquals(Math.log(z) - 0.09003057317038046, Loss.DOUBLE_SOFTMAX.of(logits, 3, 3, 0), 1e-12);
        assertEquals(Math.log(z) - 0.24472847105479764, Loss.DOUBLE_SOFTMAX.of(logits, 3, 3, 1), 1e-12);
        assertEquals(Math.log(z) - 0.6652409557748218, Loss.DOUBLE_SOFTMAX.of(logits, 3, 3, 2), 1e-12);
        assertArrayEquals(new float[] {9, 9, 9, 1, 2, 3, 9}, logits);
    }

    @Test
    void lossesOfLargeLogitsDoNotOverflow() {
        assertEquals(2000, Loss.CROSS_ENTROPY.of(new float[] {1000, -1000}, 0, 2, 1), 1e-9);
        assertEquals(0, Loss.CROSS_ENTROPY.of(new float[] {1000, -1000}, 0, 2, 0), 1e-9);
        assertEquals(Math.log(1 + Math.E), Loss.DOUBLE_SOFTMAX.of(new float[] {1000, -1000}, 0, 2, 1), 1e-12);
        // All of them far below zero, where exponentials would be lost.
        assertEquals(Math.log(2), Loss.CROSS_ENTROPY.of(new float[] {-2000, -2000}, 0, 2, 1), 1e-12);
        assertEquals(Math.log(2), Loss.DOUBLE_SOFTMAX.of(new float[] {-2000, -2000}, 0, 2, 1), 1e-12);
    }
}
