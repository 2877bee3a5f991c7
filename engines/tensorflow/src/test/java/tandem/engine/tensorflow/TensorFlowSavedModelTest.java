package tandem.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Predictor;
import tandem.core.engine.PredictorSetup;
import tandem.core.engine.Training;
import tandem.core.random.InitialParameters;
import tandem.engine.reference.ReferenceProvider;

/** What is written, as TensorFlow loads it again, against the float64 reference. */
final class TensorFlowSavedModelTest {
    private static final Recipe RECIPE = Recipe.PRESETS.get("harmonized");
    private static final int THREADS = 2;

    /** That of docs/parity.md for logits in float32, of the largest. */
    private static final double LIMIT = 1e-5;

    private static Images test;
    private static Model model;
    private static float[] expected;

    @TempDir
    private Path folder;

    /** Twenty steps: weights that are no longer those that were drawn. */
    @BeforeAll
    static void train() {
        test = Datasets.open("mnist").test().first(1000);
        Training training = new Training(RECIPE, Datasets.open("mnist").train());
        try (Engine engine = new TensorFlowProvider().create(EngineSetup.fresh(RECIPE, THREADS, ""))) {
            while (training.next() < 20) {
                training.step(engine);
            }
            model = new Model(RECIPE.network(), engine.parameters());
        }
        expected = reference(model, test);
    }

    private static float[] reference(Model model, Images images) {
        float[] logits = new float[images.count() * model.network().classes()];
        PredictorSetup setup = new PredictorSetup(model.network(), model.parameters(), THREADS, "");
        try (Predictor reference = new ReferenceProvider().predictor(setup)) {
            reference.logits(images, 0, images.count(), logits);
        }
        return logits;
    }

    @Test
    void logitsAreTheReferences() {
        new TensorFlowProvider().export(model, test.normalisation(), false, folder);
        assertNear(expected, load(model.network(), test, false));
    }

    @Test
    void logitsOfRawPixelsAreTheReferences() {
        new TensorFlowProvider().export(model, test.normalisation(), true, folder);
        assertNear(expected, load(model.network(), test, true));
    }

    @Test
    void anotherNetworkIsWrittenInItsOwnSizes() {
        Network network = new Network(12, 12, 3, 5, 7, 11, 0, 0);
        Model small = new Model(network, InitialParameters.of(RECIPE.with(Map.of("network", network))));
        byte[] pixels = new byte[50 * 12 * 12];
        new Random(1).nextBytes(pixels);
        Images noise = new Images(12, 12, pixels, new byte[50], new Normalisation(0.4, 0.25));
        new TensorFlowProvider().export(small, noise.normalisation(), false, folder);
        assertNear(reference(small, noise), load(network, noise, false));
    }

    /** Nothing else: a checkpoint beside it would be restored. */
    @Test
    void oneFileIsWrittenAndReplaced() throws Exception {
        Files.writeString(folder.resolve("saved_model.pb"), "an older one");
        new TensorFlowProvider().export(model, test.normalisation(), false, folder);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of("saved_model.pb"),
                    files.map(file -> file.getFileName().toString()).toList());
        }
        assertNear(expected, load(model.network(), test, false));
    }

    @Test
    void aFolderThatCannotBeMadeIsASentence() throws Exception {
        Path inTheWay = Files.writeString(folder.resolve("file"), "");
        Failure failure = assertThrows(
                Failure.class,
                () -> new TensorFlowProvider().export(model, test.normalisation(), false, inTheWay.resolve("saved")));
        assertTrue(failure.getMessage().contains("saved_model.pb: cannot be written"), failure.getMessage());
    }

    /** Logits by the signature, which knows nothing but names. */
    private float[] load(Network network, Images images, boolean rawPixels) {
        int count = images.count();
        Shape shape = Shape.of(count, network.rows(), network.columns(), 1);
        try (SavedModelBundle bundle = SavedModelBundle.load(folder.toString(), "serve");
                Tensor image = rawPixels ? bytes(images, shape) : floats(images, shape);
                Result result = bundle.function("serving_default").call(Map.of("image", image))) {
            Tensor logits = result.get("logits").orElseThrow();
            assertEquals(Shape.of(count, network.classes()), logits.shape());
            return TensorFlowTensors.values(logits);
        }
    }

    private static Tensor bytes(Images images, Shape shape) {
        return TUint8.tensorOf(shape, DataBuffers.of(images.pixels(), true, false));
    }

    private static Tensor floats(Images images, Shape shape) {
        float[] values = new float[images.count() * images.size()];
        for (int i = 0; i < images.count(); i++) {
            images.normalise(i, values, i * images.size());
        }
        return TFloat32.tensorOf(shape, DataBuffers.of(values, true, false));
    }

    private static void assertNear(float[] expected, float[] logits) {
        assertEquals(expected.length, logits.length);
        double largest = 1;
        double error = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            error = Math.max(error, Math.abs((double) expected[i] - logits[i]));
        }
        System.out.printf("largest difference of a logit: %.2g of a limit of %.2g%n", error, LIMIT * largest);
        // Not "larger than": what is no number fails too.
        assertTrue(error <= LIMIT * largest, "a logit is off by " + error);
    }
}
