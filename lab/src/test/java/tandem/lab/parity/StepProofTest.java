package tandem.lab.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tandem.core.Loss;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;
import tandem.core.engine.Engine;
import tandem.core.engine.Training;
import tandem.core.random.InitialParameters;
import tandem.engine.reference.Pass;
import tandem.engine.reference.ReferenceEngine;
import tandem.lab.engines.EngineName;
import tandem.lab.progress.Status;
import tandem.worker.protocol.StepOutcome;

/** The proof passes an engine that merely rounds, and names the tensor that gives a wrong one away. */
class StepProofTest {
    static final Network SMALL = new Network(13, 12, 5, 6, 8, 16, 0.25, 0.5);
    static final Recipe RECIPE = Recipe.PRESETS.get("harmonized").with(Map.of("network", SMALL, "batchSize", 16));
    static final Images IMAGES = blots(200);
    private static final StepProof FRESH = StepProof.fresh(RECIPE, IMAGES, 1);
    private static final Consumer<Parameters> RIGHT = gradients -> {};

    /** Random grey dots in the middle of black images. */
    private static Images blots(int count) {
        Random random = new Random(1);
        byte[] pixels = new byte[count * 13 * 12];
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) random.nextInt(5);
            for (int p = 0; p < 60; p++) {
                pixels[i * 13 * 12 + 24 + random.nextInt(96)] = (byte) random.nextInt(256);
            }
        }
        return new Images(13, 12, pixels, labels, new Normalisation(0.1307, 0.3081));
    }

    private static ReferenceEngine reference(Recipe recipe) {
        return new ReferenceEngine(recipe, InitialParameters.of(recipe), OptimizerState.zeros(recipe.network()), 1);
    }

    @Test
    void aReferenceThatIsRoundedPasses() {
        try (Engine engine = reference(RECIPE)) {
            StepVerdict verdict = FRESH.of(engine);
            assertTrue(verdict.passed(), verdict::toString);
            assertEquals(3 + 4 * 8, verdict.checks().size(), "logits, prediction, loss, four for each tensor");
            for (Check check : verdict.checks()) {
                assertEquals(0, check.error(), 6e-8, () -> "rounding to float32 and nothing else: " + check);
            }
        }
    }

    @Test
    void anUpdateInFloat32PassesAtEveryState() {
        Training training = new Training(RECIPE, IMAGES);
        try (ReferenceEngine reference = reference(RECIPE);
                Engine engine = new WrongEngine(RECIPE, RIGHT)) {
            for (int step = 0; step <= 40; step++) {
                if (step == 0 || step == 5 || step == 40) {
                    StepProof proof =
                            new StepProof(RECIPE, IMAGES, step, reference.parameters(), reference.optimizerState(), 1);
                    StepVerdict verdict = proof.of(engine);
                    assertTrue(verdict.passed(), "step %d%n%s".formatted(step, verdict));
                }
                training.step(reference);
            }
        }
    }

    @Test
    void theLearningRateIsThatOfTheStep() {
        StepProof proof =
                new StepProof(RECIPE, IMAGES, 40, InitialParameters.of(RECIPE), OptimizerState.zeros(SMALL), 1);
        assertEquals((float) (0.7 * 0.7 * 0.7), proof.start().learningRate(), "13 steps an epoch, so the fourth");
        assertEquals(16, proof.start().batch().size());
    }

    @Test
    void aScaledGradientIsNamed() {
        for (String tensor : new String[] {"fc2.weight", "fc1.bias", "conv2.weight", "conv1.bias"}) {
            Check check = first(new WrongEngine(RECIPE, gradients -> scale(gradients.get(tensor), 1.001f)));
            assertEquals(Quantity.GRADIENT, check.quantity());
            assertEquals(tensor, check.tensor());
            assertEquals(
                    1e-3, check.error(), 9e-4, "the batch's gradient is shorter than one image's, but not tenfold");
        }
    }

    @Test
    void aDroppedBiasGradientIsNamed() {
        Check check = first(new WrongEngine(RECIPE, gradients -> scale(gradients.get("conv2.bias"), 0)));
        assertEquals(Quantity.GRADIENT, check.quantity());
        assertEquals("conv2.bias", check.tensor());
    }

    @Test
    void theSumInsteadOfTheMeanIsNamed() {
        try (Engine engine = new WrongEngine(RECIPE, gradients -> {
            for (Shape shape : gradients.shapes()) {
                scale(gradients.get(shape.name()), RECIPE.batchSize());
            }
        })) {
            StepVerdict verdict = FRESH.of(engine);
            Check check = verdict.firstDiverging().orElseThrow();
            assertEquals(Quantity.GRADIENT, check.quantity());
            assertEquals("fc2.weight", check.tensor());
            assertTrue(verdict.hint().startsWith("every gradient: a sum over the batch"), verdict.hint());
        }
        try (Engine engine = new WrongEngine(RECIPE, gradients -> scale(gradients.get("fc1.weight"), 2))) {
            assertEquals("the backward pass of fc1.weight", FRESH.of(engine).hint());
        }
    }

    @Test
    void anotherRhoIsNamed() {
        Check check = first(new WrongEngine(RECIPE.with(Map.of("rho", 0.95)), RIGHT));
        assertEquals(Quantity.SQUARE_AVERAGE, check.quantity());
        assertEquals("fc2.weight", check.tensor());
        assertEquals(0.5, check.error(), 1e-6, "0.05 g^2 instead of 0.1 g^2");
    }

    @Test
    void epsilonOutsideTheRootIsNamed() {
        double epsilon = RECIPE.epsilon();
        Check check = first(
                new WrongEngine(RECIPE, RIGHT, (s, d, g) -> (Math.sqrt(d) + epsilon) / (Math.sqrt(s) + epsilon) * g));
        assertEquals(Quantity.ACCUMULATED_DELTA, check.quantity());
        assertEquals("fc2.weight", check.tensor());
    }

    /** Features in the order row, column, channel, where fc1 wants channel, row, column. */
    private static Parameters channelsLast(Parameters parameters, boolean back) {
        float[] weight = parameters.get("fc1.weight");
        float[] from = weight.clone();
        int positions = SMALL.pooledPositions();
        for (int h = 0; h < SMALL.hidden(); h++) {
            for (int f = 0; f < SMALL.features(); f++) {
                int other = f % SMALL.conv2() * positions + f / SMALL.conv2();
                int row = h * SMALL.features();
                weight[row + (back ? other : f)] = from[row + (back ? f : other)];
            }
        }
        return parameters;
    }

    @Test
    void flatteningInAnotherOrderIsNamed() {
        WrongEngine everywhere = new WrongEngine(RECIPE, gradients -> channelsLast(gradients, true))
                .reading(parameters -> channelsLast(parameters, false), true);
        try (everywhere) {
            StepVerdict verdict = FRESH.of(everywhere);
            assertEquals("logits", verdict.firstDiverging().orElseThrow().tensor());
            assertTrue(verdict.error(Quantity.PREDICTION, "prediction") > 1e-3, verdict::toString);
            assertTrue(verdict.hint().contains("flatten order"), verdict.hint());
        }
        Check check = first(new WrongEngine(RECIPE, gradients -> channelsLast(gradients, true)));
        assertEquals(Quantity.GRADIENT, check.quantity());
        assertEquals("fc1.weight", check.tensor(), "a gradient that is only handed out in the wrong order");
    }

    @Test
    void dropoutScaledTwiceIsNamed() {
        float scale1 = (float) (1 / (1 - SMALL.dropout1()));
        float scale2 = (float) (1 / (1 - SMALL.dropout2()));
        // A factor before a layer is a factor of its weights, and of their gradient.
        Consumer<Parameters> scaled = parameters -> {
            scale(parameters.get("fc1.weight"), scale1);
            scale(parameters.get("fc2.weight"), scale2);
        };
        WrongEngine engine = new WrongEngine(RECIPE, scaled)
                .reading(
                        parameters -> {
                            scaled.accept(parameters);
                            return parameters;
                        },
                        false);
        try (engine) {
            StepVerdict verdict = FRESH.of(engine);
            assertEquals("logits", verdict.firstDiverging().orElseThrow().tensor());
            assertTrue(verdict.error(Quantity.PREDICTION, "prediction") < 1e-6, verdict::toString);
            assertTrue(verdict.hint().contains("masks, their scale"), verdict.hint());
        }
    }

    /** Fresh accumulators are zero and have nothing to lose: this mistake shows after some steps. */
    @Test
    void aLostDecayIsNamed() {
        Training training = new Training(RECIPE, IMAGES);
        try (ReferenceEngine reference = reference(RECIPE);
                Engine lazy = new WrongEngine(RECIPE, RIGHT).lazy()) {
            assertTrue(FRESH.of(lazy).passed());
            while (training.next() < 5) {
                training.step(reference);
            }
            StepVerdict verdict =
                    new StepProof(RECIPE, IMAGES, 5, reference.parameters(), reference.optimizerState(), 1).of(lazy);
            Check check = verdict.firstDiverging().orElseThrow();
            assertEquals(Quantity.SQUARE_AVERAGE, check.quantity());
            assertTrue(verdict.hint().contains("do not decay"), verdict.hint());
            assertTrue(
                    verdict.checks().stream()
                            .filter(other -> other.quantity() == Quantity.GRADIENT)
                            .allMatch(Check::passed),
                    verdict::toString);
        }
    }

    @Test
    void twoEnginesAreComparedDirectly() {
        try (Engine engine = reference(RECIPE);
                Engine wrong = new WrongEngine(RECIPE, gradients -> scale(gradients.get("fc2.bias"), 1.001f))) {
            StepOutcome right = StepOutcome.of(engine, FRESH.start());
            StepVerdict same = FRESH.between(right, right);
            assertTrue(same.passed());
            assertEquals(0, same.error(Quantity.UPDATE, "conv1.weight"));
            StepVerdict verdict = FRESH.between(StepOutcome.of(wrong, FRESH.start()), right);
            Check check = verdict.firstDiverging().orElseThrow();
            assertEquals("fc2.bias", check.tensor());
            assertEquals(
                    2 * FRESH.of(right).checks().getLast().limit(),
                    verdict.checks().getLast().limit(),
                    "both round");
        }
    }

    @Test
    void anUpdateThatIsLostIsNamed() {
        try (Engine engine = reference(RECIPE)) {
            StepOutcome right = StepOutcome.of(engine, FRESH.start());
            StepVerdict verdict = FRESH.of(new StepOutcome(
                    right.prediction(),
                    right.gradients(),
                    right.loss(),
                    FRESH.start().parameters(),
                    right.state()));
            Check check = verdict.firstDiverging().orElseThrow();
            assertEquals(Quantity.UPDATE, check.quantity());
            assertEquals("fc2.weight", check.tensor());
            assertEquals(1, check.error(), 1e-3);
            assertTrue(verdict.hint().contains("an update that was lost"), verdict.hint());
        }
    }

    /** What is told of an engine and of a pair is the first mistake of all states. */
    @Test
    void theFirstMistakeIsTold() {
        try (Engine engine = reference(RECIPE);
                Engine bias = new WrongEngine(RECIPE, gradients -> scale(gradients.get("fc2.bias"), 1.001f));
                Engine weight = new WrongEngine(RECIPE, gradients -> scale(gradients.get("conv1.weight"), 1.001f))) {
            StepVerdict right = FRESH.of(engine);
            List<StepVerdict> verdicts = List.of(right, FRESH.of(bias), FRESH.of(weight));
            assertFalse(verdicts.get(1).passed());
            assertTrue(right.toString().endsWith("images passed over, their choices being undecided"), right::toString);
            EngineName name = EngineName.parse("java");
            ProvedEngine proved =
                    ProvedEngine.of(name, Status.DONE, null, "Tandem", "1", verdicts, true, List.of(), 0.5, null);
            assertFalse(proved.passed());
            assertEquals("fc2.bias", proved.firstDivergingTensor());
            assertEquals(ReferenceRun.STATES.get(1), proved.diverging().afterSteps());
            assertTrue(
                    ProvedEngine.of(name, Status.DONE, null, "Tandem", "1", List.of(right), true, List.of(), 0.5, null)
                            .passed());
            assertFalse(
                    ProvedEngine.of(name, Status.DONE, null, "Tandem", "1", List.of(right), false, List.of(), 0.5, null)
                            .passed());
            ProvedEngine.Against against = ProvedEngine.Against.of(name, verdicts, 0.5);
            assertFalse(against.passed());
            assertEquals("fc2.bias", against.firstDivergingTensor());
            assertTrue(ProvedEngine.Against.of(name, List.of(right), 0.5).passed());
            assertEquals(
                    verdicts.get(1).error(Quantity.GRADIENT, "fc2.bias"),
                    against.gradientRelativeError().get("fc2.bias"));
            assertTrue(against.gradientRelativeError().get("fc2.bias") > 1e-5);
        }
    }

    @Test
    void whatIsNotANumberFails() {
        Check check = first(new WrongEngine(RECIPE, gradients -> gradients.get("fc1.weight")[0] = Float.NaN));
        assertEquals(Quantity.GRADIENT, check.quantity());
        assertEquals("fc1.weight", check.tensor());
    }

    @Test
    void wrongLogitsPredictionAndLossAreNamed() {
        try (Engine engine = reference(RECIPE)) {
            StepOutcome right = StepOutcome.of(engine, FRESH.start());
            float[] prediction = right.prediction().clone();
            prediction[3] += 1e-3f;
            StepVerdict verdict = FRESH.of(
                    new StepOutcome(prediction, right.gradients(), right.loss(), right.parameters(), right.state()));
            assertEquals("prediction", verdict.firstDiverging().orElseThrow().tensor());
            verdict = FRESH.of(
                    new StepOutcome(right.prediction(), right.gradients(), 0, right.parameters(), right.state()));
            assertEquals("loss", verdict.firstDiverging().orElseThrow().tensor());
            assertEquals(right.loss(), FRESH.loss(), 1e-6);
            assertTrue(FRESH.loss() > 1, "so it is its own scale");
            assertEquals(1, verdict.error(Quantity.LOSS, "loss"), 1e-6);
        }
        Check check = first(new WrongEngine(RECIPE.with(Map.of("loss", Loss.DOUBLE_SOFTMAX)), RIGHT));
        assertEquals("loss", check.tensor());
    }

    @Test
    void limitsAreThoseOfTheDesignAndWhatSumsLose() {
        Pass pass;
        try (ReferenceEngine engine = reference(RECIPE)) {
            pass = engine.pass(FRESH.start().batch());
        }
        Limits limits = new Limits(SMALL, 16, pass);
        double softmax = 4 / pass.imageNorms().get("fc2.bias");
        assertEquals(1e-5 + 0x1p-24 * (Math.sqrt(16 * 11 * 10) + softmax), limits.gradient("conv1.bias"), 1e-18);
        assertEquals(1e-5 + 0x1p-24 * (Math.sqrt(16 * 4 * 4) + softmax), limits.gradient("conv2.weight"), 1e-18);
        assertEquals(1e-5 + 0x1p-24 * (Math.sqrt(16) + softmax), limits.gradient("fc1.weight"), 1e-18);
        assertEquals(1e-4, limits.update("fc1.weight"));
        // The smaller the batch's gradient is beside an image's, the further an update may be off.
        double norm = Errors.norm(pass.gradients().get("fc1.weight"));
        Pass cancelled = new Pass(
                pass.loss(),
                pass.logits(),
                pass.gradients(),
                Map.of("fc1.weight", 100 * norm, "fc2.bias", pass.imageNorm("fc2.bias")));
        assertEquals(200 * limits.gradient("fc1.weight"), new Limits(SMALL, 16, cancelled).update("fc1.weight"), 1e-15);
        Pass smallest = new Pass(0.05, pass.logits(), pass.gradients(), pass.imageNorms());
        assertEquals(limits.gradient("fc2.bias"), new Limits(SMALL, 16, smallest).gradient("fc2.bias"));
        Pass easy = new Pass(0.049, pass.logits(), pass.gradients(), pass.imageNorms());
        assertEquals(9e-5, new Limits(SMALL, 16, easy).gradient("fc2.bias") - limits.gradient("fc2.bias"), 1e-18);
    }

    private static void scale(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }

    private static Check first(WrongEngine engine) {
        try (engine) {
            return FRESH.of(engine).firstDiverging().orElseThrow();
        }
    }
}
