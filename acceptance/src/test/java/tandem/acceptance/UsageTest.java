package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user meets besides training: help, lists, and sentences about what is wrong. */
final class UsageTest {
    @TempDir
    Path folder;

    @Test
    void helpNamesTheCommandsFromAnyFolderAndThroughALink() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("t"), Tandem.LAUNCHER);
        for (Path launcher : new Path[] {Tandem.LAUNCHER, link, Path.of("./t")}) {
            Tandem tandem = Tandem.start(launcher, folder).end();
            assertEquals(0, tandem.exitCode(), tandem.err());
            for (String command : new String[] {"compare", "train", "bench", "predict", "export", "engines", "data"}) {
                assertTrue(tandem.out().contains("\n  " + command + " "), tandem.out());
            }
            assertFalse(tandem.out().contains("\u001B"), "colours only on a terminal");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "compare --engines torch | there is no engine 'torch'; valid are",
                "train pytorch --resume x --out y | --out cannot be combined with --resume",
                "bench --rounds 0 | --rounds 0 leaves nothing to measure; give --to-accuracy",
                "data imagenet | there is no file, folder or dataset 'imagenet'; datasets are mnist, fashion-mnist, kmnist, qmnist, emnist-digits, emnist-letters, emnist-balanced, emnist-byclass",
            })
    void wrongUsageIsTwoAndSaysWhatIsValid(String arguments, String sentence) throws Exception {
        Tandem tandem = Tandem.run(folder, arguments.split(" "));
        assertEquals(2, tandem.exitCode(), tandem.err());
        assertTrue(tandem.err().startsWith("tandem: ") && tandem.err().contains(sentence), tandem.err());
        assertNothingWritten();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "train pytorch --device cuda",
                "compare --device cuda",
                "parity --engines tensorflow:cuda",
                "bench --engines djl --device cuda"
            })
    void withoutAGpuASentenceSaysSoBeforeAnythingIsFetched(String arguments) throws Exception {
        assumeFalse(Files.exists(Path.of("/dev/nvidia0")), "there is a GPU");
        Path cache = Files.createDirectory(folder.resolve("cache"));
        Tandem tandem = Tandem.start(
                        Tandem.LAUNCHER, folder, Map.of("XDG_CACHE_HOME", cache.toString()), arguments.split(" "))
                .end();
        assertEquals(1, tandem.exitCode(), tandem.err());
        assertTrue(tandem.err().startsWith("tandem: ") && tandem.err().contains("NVIDIA driver"), tandem.err());
        assertEquals(1, tandem.err().strip().lines().count(), tandem.err());
        try (var fetched = Files.walk(cache)) {
            assertEquals(List.of(cache), fetched.toList());
        }
        assertNothingWritten();
        Tandem engines = Tandem.run(folder, "engines");
        assertEquals(0, engines.exitCode(), engines.err());
        assertTrue(
                engines.out().lines().anyMatch(line -> line.matches("\\| java +\\| Tandem .*\\| cpu +\\| ready.*")),
                engines.out());
        assertTrue(engines.out().contains("\ncuda: cannot be used here, as "), engines.out());
    }

    private void assertNothingWritten() throws IOException {
        try (var files = Files.list(folder)) {
            assertEquals(
                    0,
                    files.filter(file -> file.getFileName().toString().startsWith("runs"))
                            .count());
        }
    }

    private void refused(String sentence, String... arguments) throws Exception {
        Tandem tandem = Tandem.run(folder, arguments);
        assertEquals(1, tandem.exitCode(), tandem.err());
        assertTrue(tandem.err().startsWith("tandem: ") && tandem.err().contains(sentence), tandem.err());
        assertEquals(1, tandem.err().lines().count(), tandem.err());
        assertNothingWritten();
    }

    @Test
    void badFilesAreRefusedInOneSentence() throws Exception {
        Files.writeString(folder.resolve("half.json"), "{\"seed\": 1}");
        refused("half.json: field 'dataset'", "train", "pytorch", "--recipe", "half.json");

        Path data = Files.createDirectory(folder.resolve("images"));
        refused(
                "images: is not a dataset: it holds nothing; expected are IDX files",
                "train",
                "pytorch",
                "--data",
                "images");
        for (String name : new String[] {
            "train-images-idx3-ubyte.gz",
            "train-labels-idx1-ubyte.gz",
            "t10k-images-idx3-ubyte.gz",
            "t10k-labels-idx1-ubyte.gz"
        }) {
            try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(data.resolve(name)))) {
                out.write(new byte[100]);
            }
        }
        refused("-ubyte.gz: ", "train", "pytorch", "--data", "images");

        Files.writeString(folder.resolve("taken"), "");
        refused("taken: is a file; choose another folder", "train", "pytorch", "--out", "taken");
        Files.createDirectories(folder.resolve("old"));
        Files.writeString(folder.resolve("old/recipe.json"), "{}");
        refused("old: holds another run; choose another folder", "train", "pytorch", "--out", "old");
        refused("images: holds no run (no recipe.json)", "train", "pytorch", "--resume", "images");
    }

    @Test
    void anInitialModelThatCannotBeReadLeavesNoRun() throws Exception {
        Files.write(folder.resolve("model.safetensors"), new byte[] {9, 0, 0, 0, 0, 0, 0, 0, '{'});
        Tandem tandem = Tandem.run(
                folder, "train", "tensorflow", "--train-limit", "64", "--init", "model.safetensors", "--out", "run");
        assertEquals(1, tandem.exitCode(), tandem.err());
        assertTrue(tandem.err().contains("its header claims 9 bytes but the file has 9"), tandem.err());
        assertFalse(Files.exists(folder.resolve("run")));
    }

    @Test
    void listsOfEnginesAndDatasets() throws Exception {
        Tandem engines = Tandem.run(folder, "engines");
        assertEquals(0, engines.exitCode(), engines.err());
        for (String engine : new String[] {"pytorch", "tensorflow", "reference"}) {
            assertTrue(engines.out().contains("| " + engine), engines.out());
        }
        Tandem data = Tandem.run(folder, "data", "mnist", "--offline");
        assertEquals(0, data.exitCode(), data.err());
        assertTrue(data.out().contains("mnist: all four files are intact, part of Tandem"), data.out());
    }
}
