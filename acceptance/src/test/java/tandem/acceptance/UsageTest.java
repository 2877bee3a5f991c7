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
    @ValueSource(strings = {"compare", "train", "bench", "predict", "export", "engines", "data"})
    void everyCommandExplainsItselfWithExamples(String command) throws Exception {
        Tandem tandem = Tandem.run(folder, command, "--help");
        assertEquals(0, tandem.exitCode(), tandem.err());
        assertTrue(tandem.out().contains("Examples:\n  tandem " + command), tandem.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "compare --engines torch | there is no engine 'torch'; valid are",
                "compare --engines pytorch:fast | engine pytorch has no variant 'fast'; valid are cuda, plain",
                "compare --engines pytorch,pytorch | engine 'pytorch' is named twice",
                "compare --recipe best | there is no recipe 'best'; valid are harmonized, published-pytorch, published-tensorflow",
                "compare --epochs 0 | epochs is 0; it must be at least 1",
                "compare --threads 0 | --threads is 0; it must be at least 1",
                "compare --train-limit -1 | --train-limit is -1; it must be at least 1",
                "compare --loss hinge | --loss: there is no 'hinge'; valid are cross-entropy, double-softmax",
                "compare --schedule cosine | --schedule: there is no 'cosine'; valid are epoch, batch, constant",
                "compare --init he | --init: 'he' is neither one of fan-in, glorot nor a file",
                "compare --rho 1 | rho is 1.0; it must be from 0 up to, not including, 1",
                "compare --lr fast | 'fast' is not a double",
                "compare --engines pytorch --vector-bits 64 | --vector-bits is 64; it must be 0, 128, 256 or 512",
                "train pytorch --vector-bits 256 | --vector-bits is an option of the engine java, which is not among",
                "compare --frobnicate | '--frobnicate'",
                "compare --dataset mnist --data x | --dataset and --data name different things",
                "train | ENGINE",
                "train pytorch --resume x --out y | --out does not go with --resume",
                "train pytorch --resume x --recipe harmonized | --recipe does not go with --resume",
                "train pytorch --resume x --init glorot | --init does not go with --resume",
                "bench --rounds -1 | --rounds is -1; it must be at least 0",
                "bench --rounds 0 | --rounds 0 leaves nothing to measure; give --to-accuracy",
                "bench --steps 0 | --steps is 0; it must be at least 1",
                "bench --batch-size 0 | batchSize is 0; it must be at least 1",
                "bench --to-accuracy 0.99 | --to-accuracy is 0.99; it must be a percentage above 1, such as 99",
                "bench --to-accuracy 99 --seeds 0 | --seeds is 0; it must be at least 1",
                "bench --seeds 3 | --to-accuracy",
                "bench --engines pytorch --vector-bits 256 | --vector-bits is an option of the engine java",
                "predict | MODEL",
                "predict model.safetensors | FILE",
                "predict model.safetensors - - | '-' is named twice; standard input can be read once",
                "predict model.safetensors x.png --engines torch | there is no engine 'torch'; valid are",
                "compare --device tpu | --device: there is no 'tpu'; valid are cpu, cuda",
                "compare --engines pytorch,java --device cuda | --device cuda: java computes on the CPU only",
                "train pytorch:plain --device cuda | --device cuda: pytorch (plain) computes on the CPU only",
                "bench --engines djl:cuda --device cpu | --device cpu does not go with djl (cuda)",
                "compare --engines pytorch,pytorch:cuda --device cuda | engine 'pytorch (cuda)' is named twice",
                "compare --engines java,onnxruntime | onnxruntime only predicts; it joins bench and predict",
                "train onnxruntime | onnxruntime only predicts",
                "parity --against onnxruntime | onnxruntime only predicts",
                "bench --engines onnxruntime --to-accuracy 99 | --to-accuracy needs an engine that trains",
                "data imagenet | there is no dataset 'imagenet'; valid are mnist, fashion-mnist, kmnist",
                "engines remove torch | there is no engine 'torch'",
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
        refused("train-images-idx3-ubyte is missing", "train", "pytorch", "--data", "images");
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
    void anInitialModelOfAnotherShapeFailsTheEngine() throws Exception {
        Files.write(folder.resolve("model.safetensors"), new byte[] {9, 0, 0, 0, 0, 0, 0, 0, '{'});
        Tandem tandem = Tandem.run(
                folder, "train", "tensorflow", "--train-limit", "64", "--init", "model.safetensors", "--out", "run");
        assertEquals(1, tandem.exitCode(), tandem.err());
        assertTrue(tandem.out().contains("its header claims 9 bytes but the file has 9"), tandem.out());
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

    @Test
    void failuresShowTheirTraceOnlyWhenAsked() throws Exception {
        Tandem quiet = Tandem.run(folder, "train", "pytorch", "--resume", "nothing");
        Tandem verbose = Tandem.run(folder, "train", "pytorch", "--resume", "nothing", "--verbose");
        assertFalse(quiet.err().contains("\tat "), quiet.err());
        assertTrue(verbose.err().contains("\tat tandem."), verbose.err());
        assertEquals(1, verbose.exitCode());
    }
}
