package tandem.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.core.data.Dataset;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;

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

    /** The file as it is on disk, in every run's folder: names, order and forms of values. */
    @Test
    void jsonHasTheseFields() {
        assertEquals("""
                {
                  "dataset" : "mnist",
                  "trainLimit" : 0,
                  "testLimit" : 0,
                  "network" : {
                    "rows" : 28,
                    "columns" : 28,
                    "classes" : 10,
                    "conv1" : 32,
                    "conv2" : 64,
                    "hidden" : 128,
                    "dropout1" : 0.25,
                    "dropout2" : 0.5
                  },
                  "loss" : "cross-entropy",
                  "weightInitialiser" : "glorot",
                  "biasInitialiser" : "zero",
                  "learningRate" : 1.0,
                  "schedule" : "batch",
                  "gamma" : 0.7,
                  "rho" : 0.95,
                  "epsilon" : 1.0E-7,
                  "shuffle" : true,
                  "dropout" : true,
                  "batchSize" : 64,
                  "epochs" : 10,
                  "seed" : 42
                }
                """, Recipe.PRESETS.get("published-tensorflow").toJson());
        assertEquals(
                List.of("harmonized", "published-pytorch", "published-tensorflow"),
                List.copyOf(Recipe.PRESETS.sequencedKeySet()));
    }

    /** Every field has a value that no other has, and none is its preset's. */
    @Test
    void everyFieldIsReadIntoItsPlace() throws IOException {
        Path file = folder.resolve("recipe.json");
        Files.writeString(file, """
                {"seed": -9007199254740993, "epochs": 3, "batchSize": 5, "dropout": false, "shuffle": true,
                 "epsilon": 0.001, "rho": 0.125, "gamma": 0.375, "schedule": "constant", "learningRate": 2.5,
                 "biasInitialiser": "fan-in", "weightInitialiser": "glorot", "loss": "double-softmax",
                 "network": {"dropout2": 0.75, "dropout1": 0.0625, "hidden": 12, "conv2": 11, "conv1": 9,
                             "classes": 8, "columns": 17, "rows": 16},
                 "testLimit": 6, "trainLimit": 7, "dataset": "a folder"}
                """);
        Recipe expected = new Recipe(
                "a folder",
                7,
                6,
                new Network(16, 17, 8, 9, 11, 12, 0.0625, 0.75),
                Loss.DOUBLE_SOFTMAX,
                WeightInitialiser.GLOROT,
                BiasInitialiser.FAN_IN,
                2.5,
                Schedule.CONSTANT,
                0.375,
                0.125,
                0.001,
                true,
                false,
                5,
                3,
                -9007199254740993L);
        assertEquals(expected, Recipe.read(file));
        Files.writeString(file, expected.toJson());
        assertEquals(expected, Recipe.read(file));
    }

    /** SHA-256 of the text and a zero byte, by Python's hashlib. */
    @Test
    void fingerprintsAreThoseOfTheText() {
        assertEquals("6bad6efca859c443", HARMONIZED.fingerprint());
        assertEquals(
                "c6f95018ebb77095", Recipe.PRESETS.get("published-tensorflow").fingerprint());
    }

    @Test
    void oneFieldChangesAndTheOthersStay() {
        Recipe changed = HARMONIZED.with(Map.of("rho", 0.5));
        assertEquals(0.5, changed.rho());
        assertEquals(HARMONIZED, changed.with(Map.of("rho", 0.9)));
        assertEquals(HARMONIZED, HARMONIZED.with(Map.of()));
        assertEquals(
                "field 'momentum' is unknown",
                assertThrows(Failure.class, () -> HARMONIZED.with(Map.of("momentum", 1)))
                        .getMessage()
                        .split(";")[0]);
    }

    /** The network takes sizes and classes from the images; everything else stays. */
    @Test
    void aRecipeFitsItsDataset() {
        Images train = new Images(9, 11, new byte[99], new byte[1], new Normalisation(0.5, 0.5));
        Images test = new Images(9, 11, new byte[198], new byte[2], new Normalisation(0.5, 0.5));
        Recipe fitted = new Dataset("toy", 4, train, test).fit(HARMONIZED);
        assertEquals(new Network(9, 11, 4, 32, 64, 128, 0.25, 0.5), fitted.network());
        assertEquals(HARMONIZED, fitted.with(Map.of("network", Network.SEED)));
    }

    /** Both ends of every range, and the values just outside. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dataset | ' ' | a name or a folder",
                "trainLimit | -1 | at least 1, or 0 for all images",
                "testLimit | -1 | at least 1, or 0 for all images",
                "learningRate | 0.0 | greater than 0",
                "learningRate | -1.0 | greater than 0",
                "learningRate | Infinity | greater than 0",
                "learningRate | NaN | greater than 0",
                "gamma | 0.0 | greater than 0 and at most 1",
                "gamma | 1.0000000000000002 | greater than 0 and at most 1",
                "rho | -4.9E-324 | from 0 up to, not including, 1",
                "rho | 1.0 | from 0 up to, not including, 1",
                "epsilon | 0.0 | greater than 0",
                "epsilon | Infinity | greater than 0",
                "batchSize | 0 | at least 1",
                "epochs | 0 | at least 1"
            })
    void valuesOutOfRangeAreRefused(String field, String value, String range) {
        Failure failure = assertThrows(Failure.class, () -> HARMONIZED.with(Map.of(field, number(value))));
        assertEquals("%s is %s; it must be %s".formatted(field, value, range), failure.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "trainLimit, 1",
        "testLimit, 1",
        "learningRate, 4.9E-324",
        "gamma, 4.9E-324",
        "gamma, 1.0",
        "rho, 0.0",
        "rho, 0.9999999999999999",
        "epsilon, 4.9E-324",
        "batchSize, 1",
        "epochs, 1"
    })
    void valuesAtTheEndsOfTheirRangeAreTaken(String field, String value) {
        Recipe recipe = HARMONIZED.with(Map.of(field, number(value)));
        assertTrue(recipe.toJson().contains("\"%s\" : %s".formatted(field, value)), recipe.toJson());
    }

    private static Object number(String text) {
        if (text.matches("-?\\d+")) {
            return Integer.valueOf(text);
        }
        return text.isBlank() ? text : (Object) Double.valueOf(text);
    }
}
