package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Models to and from PyTorch in Python, by the lines of docs/formats.md as they are printed there. */
@Tag("slow")
final class PythonTest {
    private static final Path ROOT = Tandem.LAUNCHER.getParent();
    private static final int IMAGES = 10_000;

    /** Counts the test images that the model, as it was loaded, tells rightly. */
    private static final String SCORE = """
            import sys
            from pathlib import Path
            sys.path.insert(0, sys.argv[1])
            from pytorch_mnist import Images
            test, right = Images(Path(sys.argv[2]), "t10k"), 0
            model.eval()
            with torch.no_grad():
                for first in range(0, len(test), 1000):
                    which = slice(first, first + 1000)
                    right += (model(test.inputs(which)).argmax(1) == test.labels[which]).sum().item()
            print("right", right, "of", len(test))
            """;

    @TempDir
    static Path folder;

    private static String python;
    private static int right;

    @BeforeAll
    static void train() throws Exception {
        for (String candidate : List.of("python3", "/usr/bin/python3")) {
            if (python == null && imports(candidate, "torch")) {
                python = candidate;
            }
        }
        assumeTrue(python != null, "no Python here has torch; on Debian: apt-get install python3-torch");
        Tandem trained =
                Tandem.run(folder, "train", "java", "--epochs", "1", "--out", "run", "--save", "model.safetensors");
        assertEquals(0, trained.exitCode(), trained.err());
        JsonNode result = JsonMapper.shared()
                .readTree(folder.resolve("run/comparison.json").toFile())
                .get("engines")
                .get(0);
        right = (int) Math.round(IMAGES * result.get("testAccuracy").doubleValue());
    }

    @Test
    void pytorchReadsAModelWithoutThePackage() throws Exception {
        assertScoresAlike("Tandem to PyTorch, without");
    }

    @Test
    void pytorchReadsAModelWithThePackage() throws Exception {
        assumeTrue(imports(python, "safetensors"), python + " has no safetensors; its lines are not tested");
        assertScoresAlike("Tandem to PyTorch, with the safetensors package");
    }

    @Test
    void tandemReadsWhatPytorchWritesWithoutThePackage() throws Exception {
        assertComesBack("PyTorch to Tandem, without");
    }

    @Test
    void tandemReadsWhatPytorchWritesWithThePackage() throws Exception {
        assumeTrue(imports(python, "safetensors"), python + " has no safetensors; its lines are not tested");
        assertComesBack("PyTorch to Tandem, with the safetensors package");
    }

    private static void assertScoresAlike(String section) throws Exception {
        String printed = run(lines("safetensors") + lines(section) + SCORE);
        Matcher score = Pattern.compile("right (\\d+) of 10000").matcher(printed);
        assertTrue(score.find(), printed);
        int there = Integer.parseInt(score.group(1));
        System.out.printf("%d of %,d in PyTorch, %d in Tandem%n", there, IMAGES, right);
        assertTrue(Math.abs(there - right) <= 2, "%d in PyTorch, %d in Tandem".formatted(there, right));
    }

    /** ONNX files hold the parameters' bits, and nothing of the file they come from. */
    private static void assertComesBack(String section) throws Exception {
        Path back = folder.resolve("from-python.safetensors");
        Files.deleteIfExists(back);
        run(lines("safetensors") + lines("Tandem to PyTorch, without") + lines(section));
        assertTrue(Files.exists(back));
        assertArrayEquals(onnx("model.safetensors"), onnx("from-python.safetensors"));
    }

    private static byte[] onnx(String model) throws Exception {
        Tandem exported = Tandem.run(folder, "export", model, "--image-size", "28x28", "--onnx", "model.onnx");
        assertEquals(0, exported.exitCode(), exported.err());
        return Files.readAllBytes(folder.resolve("model.onnx"));
    }

    /** The first block of Python under a heading. */
    private static String lines(String heading) throws IOException {
        String page = Files.readString(ROOT.resolve("docs/formats.md"));
        Matcher block = Pattern.compile(
                        "\n#+ " + Pattern.quote(heading) + "\n(?:(?!\n#|```).)*\n```python\n(.*?)```", Pattern.DOTALL)
                .matcher(page);
        assertTrue(block.find(), "docs/formats.md has lost the lines of " + heading);
        return block.group(1);
    }

    private static String run(String program) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("program.py"), program);
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(
                        python,
                        file.toString(),
                        ROOT.resolve("benchmarks/peers").toString(),
                        ROOT.resolve("mnist/src/main/resources/tandem/mnist").toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), "Python did not end");
        String printed = Files.readString(out);
        assertEquals(0, process.exitValue(), printed);
        return printed;
    }

    private static boolean imports(String python, String module) throws InterruptedException {
        try {
            return new ProcessBuilder(python, "-c", "import " + module)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
