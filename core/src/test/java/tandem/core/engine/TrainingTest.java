package tandem.core.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;

/** Ten images in batches of four: steps of 4, 4 and 2 images, and a learning rate that is halved after each epoch. */
final class TrainingTest {
    private static final Recipe RECIPE = Recipe.PRESETS
            .get("harmonized")
            .with(Map.of(
                    "network",
                    new Network(6, 6, 2, 1, 1, 2, 0.25, 0.5),
                    "batchSize",
                    4,
                    "learningRate",
                    0.8,
                    "gamma",
                    0.5,
                    "shuffle",
                    false));

    private final Images images =
            new Images(6, 6, new byte[10 * 36], new byte[] {0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, new Normalisation(0, 1));

    /** What a step was given: indices of the images, and the learning rate. */
    private final List<String> given = new ArrayList<>();

    private double learn(Batch batch, double learningRate) {
        StringBuilder indices = new StringBuilder();
        for (int i = 0; i < batch.size(); i++) {
            indices.append(batch.index(i)).append(' ');
        }
        given.add(indices + "at " + learningRate);
        return given.size() / 10.0;
    }

    @Test
    void everyStepHasItsImagesAndItsLearningRate() {
        Training training = new Training(RECIPE, images);
        assertEquals(3, training.perEpoch());
        List<Training.Step> steps = new ArrayList<>();
        while (training.next() < 5) {
            steps.add(training.step(this::learn));
        }
        assertEquals(
                List.of("0 1 2 3 at 0.8", "4 5 6 7 at 0.8", "8 9 at 0.8", "0 1 2 3 at 0.4", "4 5 6 7 at 0.4"), given);
        assertEquals(
                List.of(1, 1, 1, 2, 2), steps.stream().map(Training.Step::epoch).toList());
        assertEquals(
                List.of(0L, 1L, 2L, 3L, 4L),
                steps.stream().map(Training.Step::step).toList());
        assertEquals(
                List.of(0.1, 0.2, 0.3, 0.4, 0.5),
                steps.stream().map(Training.Step::loss).toList());
        assertEquals(0.4, steps.get(4).learningRate());
        assertEquals(4, training.batch().size());
    }

    /** The time is that of the engine: 20 ms, of which a batch this small takes none. */
    @Test
    void aStepIsTimed() {
        Training.Step step = new Training(RECIPE, images).step((_, _) -> {
            long end = System.nanoTime() + 20_000_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            return 1;
        });
        assertTrue(step.millis() >= 20, "took " + step.millis());
    }

    @Test
    void whoGoesOnSeesWhatIsLeftAndTheSameFingerprint() {
        Training straight = new Training(RECIPE, images);
        long middle = 0;
        while (straight.next() < 6) {
            straight.step(this::learn);
            if (straight.next() == 2) {
                middle = straight.fingerprint();
            }
        }
        List<String> left = List.copyOf(given.subList(2, 6));
        given.clear();

        Training later = new Training(RECIPE, images);
        later.goOnFrom(2, middle);
        while (later.next() < 6) {
            later.step(this::learn);
        }
        assertEquals(left, given);
        assertEquals(straight.fingerprint(), later.fingerprint());

        Training otherMasks = new Training(RECIPE.with(Map.of("seed", 2)), images);
        while (otherMasks.next() < 6) {
            otherMasks.step(this::learn);
        }
        assertTrue(straight.fingerprint() != otherMasks.fingerprint());
    }

    @Test
    void aLossThatIsNoNumberEndsIt() {
        Training training = new Training(RECIPE, images);
        training.step(this::learn);
        for (double loss : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            Failure failure = assertThrows(Failure.class, () -> training.step((_, _) -> loss));
            assertEquals(
                    "the loss became %s at step 1; try a smaller learning rate (--lr)".formatted(loss),
                    failure.getMessage());
        }
    }

    /** To the end of the epoch, also from its middle. The engine gets the learning rate as a float. */
    @Test
    void anEpochEndsWithItsLastStep() {
        Training training = new Training(RECIPE.with(Map.of("learningRate", 0.1)), images);
        training.goOnFrom(1, 0);
        List<Long> steps = new ArrayList<>();
        Engine engine = new Learning();
        training.epoch(engine, step -> steps.add(step.step()));
        assertEquals(List.of(1L, 2L), steps);
        training.epoch(engine, step -> steps.add(step.step()));
        assertEquals(List.of(1L, 2L, 3L, 4L, 5L), steps);
        assertEquals("4 5 6 7 at " + (double) 0.1f, given.getFirst());
        assertEquals("8 9 at " + (double) 0.05f, given.getLast());
    }

    private final class Learning implements Engine {
        @Override
        public float trainStep(Batch batch, float learningRate) {
            return (float) learn(batch, learningRate);
        }

        @Override
        public Library library() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void logits(Images images, int from, int count, float[] out) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Gradients gradients(Batch batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Parameters parameters() {
            throw new UnsupportedOperationException();
        }

        @Override
        public OptimizerState optimizerState() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void restore(Parameters parameters, OptimizerState state) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }
}
