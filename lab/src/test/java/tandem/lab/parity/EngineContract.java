package tandem.lab.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tandem.core.Loss;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;
import tandem.core.engine.Batch;
import tandem.core.engine.Batches;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;
import tandem.core.engine.Platform;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;
import tandem.core.engine.Training;
import tandem.core.random.InitialParameters;
import tandem.engine.reference.ReferenceEngine;
import tandem.engine.reference.ReferenceProvider;

/** What every engine must do, whatever its library. An engine's test says which engine, and has these tests. */
public interface EngineContract {
    /** Threads of every engine in these tests; a library may be unable to change them within a process. */
    int THREADS = 2;

    /** The recipe of the proofs. */
    Recipe HARMONIZED = Recipe.PRESETS.get("harmonized");

    /** Sizes of which none is a power of two, and an odd row and column that pooling drops. */
    Network AWKWARD = new Network(21, 17, 7, 5, 70, 33, 0.25, 0.5);

    /** Quickly computed by the reference. */
    Network SMALL = new Network(10, 13, 5, 6, 9, 14, 0.25, 0.5);

    /** MNIST's training images, read once. */
    final class Mnist {
        static final Images TRAIN = Datasets.open("mnist").train();

        private Mnist() {}
    }

    /** The engine's provider. */
    EngineProvider provider();

    /** The variant of the engine; the empty string for the engine at its best. */
    default String variant() {
        return "";
    }

    /** An engine before its first step. */
    default Engine engine(Recipe recipe) {
        return provider().create(EngineSetup.fresh(recipe, THREADS, variant()));
    }

    /** An engine with given parameters and accumulators. */
    default Engine engine(Recipe recipe, Parameters parameters, OptimizerState state) {
        return provider().create(new EngineSetup(recipe, parameters, state, THREADS, variant()));
    }

    /** A predictor of given parameters. */
    default Predictor predictor(Network network, Parameters parameters) {
        return provider().predictor(new PredictorSetup(network, parameters, THREADS, variant()));
    }

    private void prove(Recipe recipe, Images images) {
        StepProof proof = StepProof.fresh(recipe, images, THREADS);
        try (Engine engine = engine(recipe)) {
            StepVerdict verdict = proof.of(engine);
            assertTrue(verdict.passed(), verdict::toString);
        }
    }

    @Test
    default void firstStepIsTheReferences() {
        prove(HARMONIZED, Mnist.TRAIN);
    }

    @Test
    default void firstStepWithDoubleSoftmaxIsTheReferences() {
        prove(Recipe.PRESETS.get("published-pytorch"), Mnist.TRAIN);
    }

    /** Glorot weights, zero biases, the other rho and epsilon. */
    @Test
    default void firstStepOfThePublishedTensorFlowRecipeIsTheReferences() {
        prove(Recipe.PRESETS.get("published-tensorflow"), Mnist.TRAIN);
    }

    @Test
    default void firstStepWithoutDropoutIsTheReferences() {
        prove(HARMONIZED.with(Map.of("dropout", false, "rho", 0.95, "epsilon", 1e-7)), Mnist.TRAIN);
    }

    @Test
    default void firstStepOfAnotherNetworkIsTheReferences() {
        prove(HARMONIZED.with(Map.of("network", AWKWARD, "batchSize", 19)), noise(AWKWARD, 200));
    }

    @Test
    default void stepOfATrainedNetworkIsTheReferences() {
        try (Engine engine = engine(HARMONIZED)) {
            train(engine, HARMONIZED, Mnist.TRAIN, 0, 20);
            StepProof proof =
                    new StepProof(HARMONIZED, Mnist.TRAIN, 20, engine.parameters(), engine.optimizerState(), THREADS);
            StepVerdict verdict = proof.of(engine);
            assertTrue(verdict.passed(), verdict::toString);
        }
    }

    /** A proof that cries wolf is worth nothing: for many seeds, fresh and after 1, 3, 5, … 99 steps. */
    @Test
    @Tag("slow")
    default void fiftySeedsPassFreshAndTrained() {
        try (Engine engine = engine(HARMONIZED)) {
            for (int seed = 0; seed < 50; seed++) {
                Recipe recipe = HARMONIZED.with(Map.of("seed", seed));
                StepProof fresh = StepProof.fresh(recipe, Mnist.TRAIN, THREADS);
                StepVerdict verdict = fresh.of(engine);
                assertTrue(verdict.passed(), "seed %d, fresh%n%s".formatted(seed, verdict));
                int steps = 2 * seed + 1;
                engine.restore(fresh.start().parameters(), fresh.start().state());
                train(engine, recipe, Mnist.TRAIN, 0, steps);
                verdict = new StepProof(
                                recipe, Mnist.TRAIN, steps, engine.parameters(), engine.optimizerState(), THREADS)
                        .of(engine);
                assertTrue(verdict.passed(), "seed %d, after %d steps%n%s".formatted(seed, steps, verdict));
            }
        }
    }

    /** Float32 roundings have grown to 2e-6 of the loss after five steps; a wrong update shows in the second. */
    @Test
    default void firstLossesAreTheReferences() {
        Recipe recipe = HARMONIZED.with(Map.of("dropout", false, "shuffle", false));
        float[] losses;
        try (Engine engine = engine(recipe)) {
            losses = train(engine, recipe, Mnist.TRAIN, 0, 5);
        }
        try (Engine reference = reference(recipe)) {
            float[] expected = train(reference, recipe, Mnist.TRAIN, 0, 5);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], losses[i], 2e-5 * expected[i], "loss of step " + i);
            }
        }
    }

    @Test
    default void smallerAndLargerBatchesAreRight() {
        Recipe recipe = HARMONIZED.with(Map.of("batchSize", 8));
        try (Engine engine = engine(recipe)) {
            for (int size : new int[] {3, 1, 20, 8}) {
                StepVerdict verdict = StepProof.fresh(recipe.with(Map.of("batchSize", size)), Mnist.TRAIN, THREADS)
                        .of(engine);
                assertTrue(verdict.passed(), () -> "batch of " + size + "\n" + verdict);
            }
        }
    }

    /**
     * Batches with fewer images than there is room for, in turn with full ones: nothing of the larger batch before may
     * be left in loss, gradients or update, and all are means over the images that are there.
     */
    @Test
    default void batchesThatAreNotFullAreRight() {
        Recipe recipe = HARMONIZED.with(Map.of("network", SMALL, "batchSize", 24));
        Images images = noise(SMALL, 300);
        proveSizes(recipe, images, IntStream.rangeClosed(1, 12).flatMap(size -> IntStream.of(size, 25 - size)));
        Recipe doubleSoftmax = recipe.with(Map.of("loss", Loss.DOUBLE_SOFTMAX, "dropout", false));
        proveSizes(doubleSoftmax, images, IntStream.of(24, 1, 7, 23));
    }

    @Test
    default void batchesOfMnistThatAreNotFullAreRight() {
        proveSizes(HARMONIZED, Mnist.TRAIN, IntStream.of(37, 1));
    }

    private void proveSizes(Recipe recipe, Images images, IntStream sizes) {
        Parameters parameters = InitialParameters.of(recipe);
        OptimizerState zeros = OptimizerState.zeros(recipe.network());
        try (Engine engine = engine(recipe)) {
            sizes.forEach(size -> {
                StepProof proof = new StepProof(recipe, images, 0, parameters, zeros, THREADS, size);
                assertEquals(size, proof.start().batch().size());
                assertEquals(recipe.batchSize(), proof.start().batch().capacity());
                StepVerdict verdict = proof.of(engine);
                assertTrue(verdict.passed(), () -> "%d images%n%s".formatted(size, verdict));
            });
        }
    }

    /** Batches of 32, 32 and 16, and the first of the next epoch, whose loss shows what was learnt from the last. */
    @Test
    default void lastBatchOfAnEpochIsTrainedOn() {
        Recipe recipe = HARMONIZED.with(Map.of("batchSize", 32));
        float[] losses;
        try (Engine engine = engine(recipe)) {
            losses = train(engine, recipe, Mnist.TRAIN.first(80), 0, 4);
        }
        try (Engine reference = reference(recipe)) {
            float[] expected = train(reference, recipe, Mnist.TRAIN.first(80), 0, 4);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], losses[i], 2e-5 * expected[i], "loss of step " + i);
            }
        }
    }

    private static ReferenceEngine reference(Recipe recipe) {
        return new ReferenceEngine(
                recipe, InitialParameters.of(recipe), OptimizerState.zeros(recipe.network()), THREADS);
    }

    /** Engines predict 64 or 100 images at a time, or as many as a batch has: counts around their multiples. */
    @Test
    default void logitsOfAnyImagesAreTheReferences() {
        Recipe recipe = HARMONIZED.with(Map.of("network", SMALL, "batchSize", 70));
        int classes = SMALL.classes();
        Images images = noise(SMALL, 450);
        float[] expected = new float[450 * classes];
        try (Engine reference = reference(recipe)) {
            reference.logits(images, 0, 450, expected);
        }
        int[] counts = {1, 2, 63, 64, 65, 69, 70, 71, 99, 100, 101, 128, 129, 140, 141, 199, 200, 201, 280, 400};
        try (Engine engine = engine(recipe)) {
            for (int from : new int[] {0, 1, 49}) {
                for (int count : counts) {
                    float[] logits = new float[count * classes + 3];
                    Arrays.fill(logits, 42);
                    engine.logits(images, from, count, logits);
                    String asked = "%d images from %d".formatted(count, from);
                    assertArrayEquals(
                            Arrays.copyOfRange(expected, from * classes, (from + count) * classes),
                            Arrays.copyOf(logits, count * classes),
                            1e-5f,
                            asked);
                    for (int i = count * classes; i < logits.length; i++) {
                        assertEquals(42, logits[i], asked);
                    }
                }
            }
        }
    }

    /** The same pixels mean something else under another normalisation, and other pixels may follow. */
    @Test
    default void everyDatasetIsReadInItsOwnWay() {
        Recipe recipe = HARMONIZED.with(Map.of("network", SMALL, "batchSize", 20));
        Images noise = noise(SMALL, 20);
        byte[] inverted = noise.pixels().clone();
        for (int i = 0; i < inverted.length; i++) {
            inverted[i] = (byte) ~inverted[i];
        }
        byte[] labels = new byte[20];
        List<Images> datasets = List.of(
                noise,
                new Images(SMALL.rows(), SMALL.columns(), noise.pixels(), labels, new Normalisation(0.1, 0.7)),
                new Images(SMALL.rows(), SMALL.columns(), inverted, labels, noise.normalisation()));
        try (Engine engine = engine(recipe);
                Engine reference = reference(recipe)) {
            for (Images images : List.of(datasets.get(0), datasets.get(1), datasets.get(2), datasets.get(0))) {
                float[] expected = new float[20 * SMALL.classes()];
                float[] logits = expected.clone();
                reference.logits(images, 0, 20, expected);
                engine.logits(images, 0, 20, logits);
                assertArrayEquals(expected, logits, 1e-5f);
                Batch batch = Batch.of(SMALL, images, 19, 3, 4, 0);
                Gradients right = reference.gradients(batch);
                Gradients gradients = engine.gradients(batch);
                assertArrayEquals(right.logits(), gradients.logits(), 1e-5f);
                assertEquals(right.loss(), gradients.loss(), 1e-5);
            }
        }
    }

    @Test
    default void predictionDoesNotDependOnItsNeighbours() {
        int classes = HARMONIZED.network().classes();
        try (Engine engine = engine(HARMONIZED)) {
            float[] together = new float[1003 * classes + 1];
            together[1003 * classes] = 42;
            engine.logits(Mnist.TRAIN, 7, 1003, together);
            assertEquals(42, together[1003 * classes]);
            float[] one = new float[classes];
            for (int i : new int[] {0, 1, 499, 1002}) {
                engine.logits(Mnist.TRAIN, 7 + i, 1, one);
                for (int k = 0; k < classes; k++) {
                    assertEquals(one[k], together[i * classes + k], 1e-5, "image " + i + ", class " + k);
                }
            }
        }
    }

    /** Of trained parameters and of another network: logits are those of the reference, up to the proof's limit. */
    @Test
    default void predictorsLogitsAreTheReferencesAndTheEngines() {
        Parameters trained;
        float[] engines = new float[330 * HARMONIZED.network().classes()];
        try (Engine engine = engine(HARMONIZED)) {
            train(engine, HARMONIZED, Mnist.TRAIN, 0, 20);
            trained = engine.parameters();
            engine.logits(Mnist.TRAIN, 0, 330, engines);
        }
        float[] logits = assertPredictsAsReference(HARMONIZED.network(), trained, Mnist.TRAIN.first(330));
        assertArrayEquals(engines, logits, 1e-5f);

        Recipe awkward = HARMONIZED.with(Map.of("network", AWKWARD));
        assertPredictsAsReference(AWKWARD, InitialParameters.of(awkward), noise(AWKWARD, 230));
    }

    private float[] assertPredictsAsReference(Network network, Parameters parameters, Images images) {
        float[] logits = new float[images.count() * network.classes()];
        float[] expected = new float[logits.length];
        try (Predictor predictor = predictor(network, parameters)) {
            predictor.logits(images, 0, images.count(), logits);
        }
        PredictorSetup setup = new PredictorSetup(network, parameters, THREADS, "");
        try (Predictor reference = new ReferenceProvider().predictor(setup)) {
            reference.logits(images, 0, images.count(), expected);
        }
        float largest = 1;
        for (float logit : expected) {
            largest = Math.max(largest, Math.abs(logit));
        }
        assertArrayEquals(expected, logits, 1e-5f * largest);
        return logits;
    }

    /** One call after the other, of one image, of many and of few, from anywhere; two predictors at a time. */
    @Test
    default void predictorsAreAskedManyTimesAndClosedTwice() {
        Network network = HARMONIZED.network();
        int classes = network.classes();
        Predictor predictor = predictor(network, InitialParameters.of(HARMONIZED));
        try (Predictor other = predictor(network, InitialParameters.of(HARMONIZED.with(Map.of("seed", 7))))) {
            float[] first = new float[300 * classes];
            predictor.logits(Mnist.TRAIN, 0, 300, first);
            float[] others = new float[300 * classes];
            other.logits(Mnist.TRAIN, 0, 300, others);
            assertFalse(Math.abs(first[0] - others[0]) < 1e-3, "other parameters, other logits");
            for (int call = 0; call < 30; call++) {
                int from = 37 * call % 200;
                int count = call % 3 == 0 ? 1 : call % 3 == 1 ? 100 : 17;
                float[] some = new float[count * classes];
                predictor.logits(Mnist.TRAIN, from, count, some);
                assertArrayEquals(
                        Arrays.copyOfRange(first, from * classes, (from + count) * classes),
                        some,
                        1e-5f,
                        "call " + call);
            }
            predictor.logits(Mnist.TRAIN, 0, 0, new float[0]);
            Library library = predictor.library();
            assertEquals(provider().library(), library.name());
            assertEquals("cpu", library.device());
            assertEquals(THREADS, library.threads());
            predictor.close();
            predictor.close();
            float[] again = new float[300 * classes];
            other.logits(Mnist.TRAIN, 0, 300, again);
            assertArrayEquals(others, again, 1e-5f, "one predictor's end is not the other's");
        }
    }

    @Test
    default void enginesAreClosedTwice() {
        Engine engine = engine(HARMONIZED);
        train(engine, HARMONIZED, Mnist.TRAIN, 0, 1);
        engine.close();
        engine.close();
    }

    @Test
    default void variantsHaveASentence() {
        if (!variant().isEmpty()) {
            assertTrue(provider().variants().get(variant()).length() > 20, variant());
        }
    }

    @Test
    default void parametersAndStateGoInAndOut() {
        Recipe recipe = HARMONIZED.with(Map.of("network", AWKWARD));
        Parameters parameters = filled(AWKWARD, 1);
        OptimizerState state = new OptimizerState(filled(AWKWARD, 2), filled(AWKWARD, 3));
        try (Engine engine = engine(recipe, parameters.copy(AWKWARD), state)) {
            assertSame(parameters, engine.parameters());
            assertSame(state, engine.optimizerState());
            engine.parameters().get("fc1.weight")[0] = 42;
            assertSame(parameters, engine.parameters());

            Parameters others = filled(AWKWARD, 4);
            OptimizerState otherState = new OptimizerState(filled(AWKWARD, 5), filled(AWKWARD, 6));
            engine.restore(others, otherState);
            assertSame(others, engine.parameters());
            assertSame(otherState, engine.optimizerState());
        }
    }

    /**
     * After other values came, every answer is theirs, whichever is asked for first, and though nobody looked at the
     * values before: an engine that keeps something between calls must not answer from it.
     */
    @Test
    default void restoredValuesCountAtOnce() {
        Recipe recipe = HARMONIZED.with(Map.of("network", SMALL, "batchSize", 12));
        Images images = noise(SMALL, 100);
        Recipe otherSeed = recipe.with(Map.of("seed", 7));
        Parameters others;
        OptimizerState otherState;
        try (Engine engine = engine(otherSeed)) {
            train(engine, otherSeed, images, 0, 5);
            others = engine.parameters();
            otherState = engine.optimizerState();
        }
        Batches batches = new Batches(recipe, images);
        Batch batch = batches.allocate();
        batches.fill(batch, 3);
        List<Function<Engine, Object>> questions = List.of(
                engine -> engine.trainStep(batch, 0.5f),
                engine -> {
                    Gradients gradients = engine.gradients(batch);
                    return List.of(
                            gradients.loss(),
                            Arrays.toString(gradients.logits()),
                            gradients.gradients().fingerprint());
                },
                engine -> {
                    float[] logits = new float[100 * SMALL.classes()];
                    engine.logits(images, 0, 100, logits);
                    return Arrays.toString(logits);
                },
                engine -> engine.parameters().fingerprint(),
                engine -> List.of(
                        engine.optimizerState().squareAverage().fingerprint(),
                        engine.optimizerState().accumulatedDelta().fingerprint()));
        try (Engine engine = engine(recipe)) {
            for (int first = 0; first < questions.size(); first++) {
                List<Object> expected = new ArrayList<>();
                try (Engine fresh = engine(recipe, others.copy(SMALL), otherState)) {
                    for (int i = 0; i < questions.size(); i++) {
                        expected.add(
                                questions.get((first + i) % questions.size()).apply(fresh));
                    }
                }
                for (int before = 0; before < questions.size(); before++) {
                    engine.restore(InitialParameters.of(recipe), OptimizerState.zeros(SMALL));
                    train(engine, recipe, images, 0, 2);
                    // Whatever this makes the engine keep must not outlive the next line.
                    questions.get(before).apply(engine);
                    Parameters given = others.copy(SMALL);
                    OptimizerState givenState = new OptimizerState(
                            otherState.squareAverage().copy(SMALL),
                            otherState.accumulatedDelta().copy(SMALL));
                    engine.restore(given, givenState);
                    // Values are copied: what becomes of the arrays must not matter.
                    for (Shape shape : given.shapes()) {
                        Arrays.fill(given.get(shape.name()), 9);
                        Arrays.fill(givenState.squareAverage().get(shape.name()), 9);
                        Arrays.fill(givenState.accumulatedDelta().get(shape.name()), 9);
                    }
                    for (int i = 0; i < questions.size(); i++) {
                        int question = (first + i) % questions.size();
                        assertEquals(
                                expected.get(i),
                                questions.get(question).apply(engine),
                                "question %d after questions %d and %d".formatted(question, before, first));
                    }
                }
            }
        }
    }

    @Test
    default void gradientsChangeNothing() {
        try (Engine engine = engine(HARMONIZED)) {
            Batches batches = new Batches(HARMONIZED, Mnist.TRAIN);
            Batch batch = batches.allocate();
            batches.fill(batch, 0);
            engine.trainStep(batch, 1);
            Parameters parameters = engine.parameters();
            OptimizerState state = engine.optimizerState();
            batches.fill(batch, 1);
            float loss = engine.gradients(batch).loss();
            assertSame(parameters, engine.parameters());
            assertSame(state, engine.optimizerState());
            assertEquals(loss, engine.trainStep(batch, 1));
        }
    }

    @Test
    default void goingOnEqualsNeverHavingStopped() {
        Recipe recipe = HARMONIZED.with(Map.of("trainLimit", 400));
        Images images = Mnist.TRAIN.first(400);
        Parameters straight;
        Parameters halfway;
        OptimizerState state;
        try (Engine engine = engine(recipe)) {
            train(engine, recipe, images, 0, 10);
            halfway = engine.parameters();
            state = engine.optimizerState();
            train(engine, recipe, images, 10, 20);
            straight = engine.parameters();
        }
        try (Engine engine = engine(recipe, halfway, state)) {
            train(engine, recipe, images, 10, 20);
            assertSame(straight, engine.parameters());
        }
    }

    /**
     * An engine that is not freed leaves at least its parameters and accumulators behind, 14 MB; memory itself goes up
     * and down by 10 MB.
     */
    @Tag("memory")
    @Test
    default void enginesLeaveNothingBehind() throws IOException {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "resident memory is read from /proc");
        for (int round = 0; round < 3; round++) {
            useAndClose();
        }
        long before = residentKilobytes();
        for (int round = 0; round < 8; round++) {
            useAndClose();
        }
        long grown = residentKilobytes() - before;
        assertTrue(grown < 8 * 14_000 / 2, "eight engines left %d kB behind".formatted(grown));
    }

    /** Creates an engine, makes use of all it can do, and closes it. */
    default void useAndClose() {
        try (Engine engine = engine(HARMONIZED)) {
            train(engine, HARMONIZED, Mnist.TRAIN, 0, 3);
            engine.logits(
                    Mnist.TRAIN, 0, 64, new float[64 * HARMONIZED.network().classes()]);
            engine.gradients(Batch.of(HARMONIZED.network(), Mnist.TRAIN, 1, 2, 3));
            engine.restore(engine.parameters(), engine.optimizerState());
            engine.library();
        }
        try (Predictor predictor = predictor(HARMONIZED.network(), InitialParameters.of(HARMONIZED))) {
            predictor.logits(
                    Mnist.TRAIN, 0, 64, new float[64 * HARMONIZED.network().classes()]);
        }
    }

    private static long residentKilobytes() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** The lab asks every engine that is built, also those whose libraries are not there. */
    @Test
    default void providerAnswersWithoutItsLibrary() throws Exception {
        URL[] thin = {
            EngineProvider.class.getProtectionDomain().getCodeSource().getLocation(),
            provider().getClass().getProtectionDomain().getCodeSource().getLocation()
        };
        try (URLClassLoader loader = new URLClassLoader(thin, ClassLoader.getPlatformClassLoader())) {
            Class<?> type = loader.loadClass(EngineProvider.class.getName());
            Object provider = ServiceLoader.load(type, loader).findFirst().orElseThrow();
            for (String question : List.of("name", "library", "version", "rank", "competes", "variants")) {
                assertEquals(
                        EngineProvider.class.getMethod(question).invoke(provider()),
                        type.getMethod(question).invoke(provider));
            }
            Class<?> platforms = loader.loadClass(Platform.class.getName());
            Object support = type.getMethod("support", platforms)
                    .invoke(provider, platforms.getMethod("current").invoke(null));
            assertEquals(provider().support(Platform.current()).toString(), support.toString());
            Path cache = Path.of("cache");
            assertEquals(
                    provider().jvmOptions(cache),
                    type.getMethod("jvmOptions", Path.class).invoke(provider, cache));
            assertEquals(
                    provider().environment(3),
                    type.getMethod("environment", int.class).invoke(provider, 3));
        }
    }

    @Test
    default void librarySaysWhatItIs() {
        try (Engine engine = engine(HARMONIZED)) {
            Library library = engine.library();
            assertEquals(provider().library(), library.name());
            assertTrue(library.version().matches("\\d+\\.\\d+.*"), library.version());
            assertEquals("cpu", library.device());
            assertEquals(THREADS, library.threads());
        }
    }

    /** Losses of the steps from one to, not including, another. */
    private static float[] train(Engine engine, Recipe recipe, Images images, int from, int to) {
        Training training = new Training(recipe, images);
        training.goOnFrom(from, 0);
        float[] losses = new float[to - from];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = (float) training.step(engine).loss();
        }
        return losses;
    }

    private static Parameters filled(Network network, int seed) {
        Random random = new Random(seed);
        Parameters parameters = Parameters.zeros(network);
        for (Shape shape : parameters.shapes()) {
            float[] values = parameters.get(shape.name());
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat();
            }
        }
        return parameters;
    }

    private static Images noise(Network network, int count) {
        Random random = new Random(1);
        byte[] pixels = new byte[count * network.rows() * network.columns()];
        random.nextBytes(pixels);
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            labels[i] = (byte) random.nextInt(network.classes());
        }
        return new Images(network.rows(), network.columns(), pixels, labels, new Normalisation(0.5, 0.3));
    }

    private static void assertSame(OptimizerState expected, OptimizerState actual) {
        assertSame(expected.squareAverage(), actual.squareAverage());
        assertSame(expected.accumulatedDelta(), actual.accumulatedDelta());
    }

    /** Bit for bit. */
    private static void assertSame(Parameters expected, Parameters actual) {
        for (Shape shape : expected.shapes()) {
            assertArrayEquals(expected.get(shape.name()), actual.get(shape.name()), shape.name());
        }
        assertFalse(expected == actual, "a copy is asked for");
    }
}
