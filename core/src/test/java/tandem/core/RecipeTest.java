package tandem.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RecipeTest {
    private static final Recipe HARMONIZED = Recipe.PRESETS.get("harmonized");

    @TempDir
    Path folder;

    /** Every choice of the notebooks' code cells, field by field. */
    @Test
    void presetsMakeTheChoicesOfTheNotebooks() {
        Network network = new Network(28, 28, 10, 32, 64, 128, 0.25, 0.5);
        assertEquals(
                1_199_882, network.parameters().stream().mapToInt(Shape::size).sum());
        assertEquals(
                new Recipe(
                        "mnist",
                        0,
                        0,
                        network,
                        Loss.DOUBLE_SOFTMAX,
                        WeightInitialiser.FAN_IN,
                        BiasInitialiser.FAN_IN,
                        1.0,
                        Schedule.EPOCH,
                        0.7,
                        0.9,
                        1e-6,
                        false,
                        true,
                        64,
                        10,
                        42),
                Recipe.PRESETS.get("published-pytorch"));
        assertEquals(
                new Recipe(
                        "mnist",
                        0,
                        0,
                        network,
                        Loss.CROSS_ENTROPY,
                        WeightInitialiser.GLOROT,
                        BiasInitialiser.ZERO,
                        1.0,
                        Schedule.BATCH,
                        0.7,
                        0.95,
                        1e-7,
                        true,
                        true,
                        64,
                        10,
                        42),
                Recipe.PRESETS.get("published-tensorflow"));
        assertEquals(
                HARMONIZED,
                Recipe.PRESETS.get("published-pytorch").with(Map.of("loss", Loss.CROSS_ENTROPY, "shuffle", true)));
    }

    /** The figures of seed.md: 0.040 in the last epoch, about 0.95 after ten epochs of 938 batches. */
    @Test
    void learningRatesFallAsInTheNotebooks() {
        assertEquals(1.0, HARMONIZED.learningRate(1, 937));
        assertEquals(0.7, HARMONIZED.learningRate(2, 938), 1e-15);
        assertEquals(0.040353607, HARMONIZED.learningRate(10, 9000), 1e-9);
        Recipe tensorflow = Recipe.PRESETS.get("published-tensorflow");
        assertEquals(Math.pow(0.7, 9380 / 60000.0), tensorflow.learningRate(10, 9380), 1e-12);
        assertEquals(0.9457, tensorflow.learningRate(10, 9380), 1e-4);
    }

    @Test
    void jsonGivesTheSameRecipeBack() {
        for (Recipe recipe : Recipe.PRESETS.values()) {
            Path file = folder.resolve("recipe.json");
            AtomicFile.write(file, recipe.toJson());
            assertEquals(recipe, Recipe.read(file));
            assertEquals(recipe.fingerprint(), Recipe.read(file).fingerprint());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"seed\" : 42 | \"seed\" : 42, \"momentum\" : 0.9 | field 'momentum' is unknown; valid are",
                "\"rho\" : 0.9, | | field 'rho'",
                "\"rho\" : 0.9 | \"rho\" : 1.5 | rho is 1.5; it must be from 0 up to, not including, 1",
                "\"epochs\" : 10 | \"epochs\" : 0 | epochs is 0; it must be at least 1",
                "\"batchSize\" : 64 | \"batchSize\" : \"many\" | field 'batchSize'",
                "\"epochs\" : 10 | \"epochs\" : 2.5 | field 'epochs'",
                "\"loss\" : \"cross-entropy\" | \"loss\" : \"hinge\" | [cross-entropy, double-softmax]",
                "\"dropout1\" : 0.25 | \"dropout1\" : 0.3 | network.dropout1 is 0.3; it must be a multiple of 1/256",
                "\"rows\" : 28 | \"rows\" : 5 | images of 5x28 pixels are too small",
                "\"shuffle\" : true | \"shuffle\" : null | field 'shuffle'",
                "{ | [ | line 1",
            })
    void refusesWhatIsWrongAndSaysWhere(String found, String replacement, String sentence) throws IOException {
        String json = HARMONIZED.toJson();
        assertTrue(json.contains(found), json);
        Path file = folder.resolve("mine.json");
        Files.writeString(file, json.replace(found, replacement == null ? "" : replacement));
        String message = assertThrows(Failure.class, () -> Recipe.read(file)).getMessage();
        assertTrue(message.contains("mine.json") && message.contains(sentence), message);
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void refusesAFileThatIsNotThere() {
        Path file = folder.resolve("none.json");
        String message = assertThrows(Failure.class, () -> Recipe.read(file)).getMessage();
        assertTrue(message.contains("none.json"), message);
    }
}
