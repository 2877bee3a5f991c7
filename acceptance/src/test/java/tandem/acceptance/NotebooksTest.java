package tandem.acceptance;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The notebooks, run from top to bottom by Debian's jupyter-nbconvert on the kernel that ./tandem notebooks installs.
 */
final class NotebooksTest {
    private static final Path NOTEBOOKS = Tandem.LAUNCHER.resolveSibling("notebooks");

    /** Debian's, by its path: another of that name may come first, without its packages. */
    private static final Path NBCONVERT = Path.of("/usr/bin/jupyter-nbconvert");

    /** Accuracies alone are written with two decimals and a percent sign. */
    private static final Pattern ACCURACY = Pattern.compile("(\\d+\\.\\d\\d)%");

    /** Characters of a line of code, which a reader sees without scrolling. */
    private static final int LONGEST_LINE = 99;

    /** What a test trains on: a tenth of the images, once. */
    private static final Map<String, String> REDUCED =
            Map.of("int trainImages = 60_000;", "int trainImages = 6_000;", "int epochs = 2;", "int epochs = 1;");

    /** Percent, after 6,000 images; the five libraries got 94.4 to 95.1 when this was written, chance is 10. */
    private static final double LEAST_ACCURACY = 92;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "ipc"})
    void theJavaNotebookTrainsOverEitherTransport(String transport) throws Exception {
        install();
        // What a kernel that was killed left half written must not be taken for whole.
        Path left = folder.resolve("cache/tandem/notebooks/1/left");
        Files.createDirectories(left);
        assertLearned(run("Java", transport));
        assertTrue(Files.isDirectory(left.getParent()) && Files.notExists(left), "where natives are unpacked");
    }

    /** Two kernels at once do not unpack into one folder. */
    @Test
    @Tag("slow")
    void aKernelBesideAnotherHasAFolderOfItsOwn() throws Exception {
        install();
        FutureTask<JsonNode> beside = new FutureTask<>(() -> run("PyTorch", "ipc"));
        Thread.ofVirtual().start(beside);
        assertLearned(run("PyTorch", "tcp"));
        assertLearned(beside.get());
        try (Stream<Path> folders = Files.list(folder.resolve("cache/tandem/notebooks"))) {
            assertEquals(2, folders.filter(Files::isDirectory).count());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PyTorch", "TensorFlow", "DJL", "Deeplearning4j", "OnnxRuntime"})
    @Tag("slow")
    void everyLibrarysNotebookTrainsOverEitherTransport(String name) throws Exception {
        install();
        assertLearned(run(name, "tcp"));
        assertLearned(run(name, "ipc"));
    }

    @Test
    @Tag("slow")
    void theComparisonShowsWhatTheRunsFolderHolds() throws Exception {
        install();
        Path run = folder.resolve("run");
        Tandem compared = Tandem.run(
                folder, "compare", "--engines", "java,pytorch", "--train-limit", "6000", "--out", run.toString());
        assertEquals(0, compared.exitCode(), compared.err());
        JsonNode notebook = run(
                "Compare",
                "ipc",
                Map.of(
                        "Path run = Files.createTempDirectory(\"tandem\").resolve(\"compare\");",
                        "Path run = Path.of(\"%s\");".formatted(run)));
        List<String> printed = accuracies(notebook);
        JsonNode engines =
                JsonMapper.shared().readTree(run.resolve("comparison.json")).get("engines");
        List<String> measured = StreamSupport.stream(engines.spliterator(), false)
                .map(engine -> "%.2f".formatted(100 * engine.get("testAccuracy").asDouble()))
                .toList();
        assertEquals(measured, printed);
        assertEquals(3, images(notebook));
    }

    /** A reader opens two of them: every heading is in every notebook, in the same order. */
    @Test
    void allNotebooksHaveTheSameSections() throws Exception {
        List<String> headings = headings("Java");
        assertEquals(
                List.of(
                        "Library",
                        "Settings",
                        "Data",
                        "Network",
                        "Loss and optimizer",
                        "Train",
                        "Test",
                        "Loop",
                        "Save and load",
                        "Predict"),
                headings);
        for (String name : List.of("PyTorch", "TensorFlow", "DJL", "Deeplearning4j", "OnnxRuntime")) {
            assertEquals(headings, headings(name), name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Java", "PyTorch", "TensorFlow", "DJL", "Deeplearning4j", "OnnxRuntime", "Compare"})
    void noLineOfCodeIsTooLong(String name) throws Exception {
        JsonNode notebook = JsonMapper.shared().readTree(NOTEBOOKS.resolve(name + ".ipynb"));
        for (JsonNode cell : notebook.get("cells")) {
            for (JsonNode line : cell.get("source")) {
                String text = line.asString().stripTrailing();
                assertTrue(
                        cell.get("cell_type").asString().equals("markdown") || text.length() <= LONGEST_LINE,
                        () -> name + ": " + text);
            }
        }
    }

    @Test
    void theNotebooksSayWhatTheirSourcesSay() throws Exception {
        assumeTrue(Files.isExecutable(NBCONVERT), "without Jupyter there may be no Python");
        Path log = folder.resolve("log");
        Process check = new ProcessBuilder(
                        "python3", NOTEBOOKS.resolve("write.py").toString(), "--check")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertTrue(check.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, check.exitValue(), Files.readString(log));
    }

    /** What is in the repository came out of a whole run, and the curves are not of another one. */
    @ParameterizedTest
    @ValueSource(strings = {"Java", "PyTorch", "TensorFlow", "DJL", "Deeplearning4j", "OnnxRuntime", "Compare"})
    void theNotebooksAreKeptWithTheirOutputs(String name) throws Exception {
        JsonNode notebook = JsonMapper.shared().readTree(NOTEBOOKS.resolve(name + ".ipynb"));
        for (JsonNode cell : notebook.get("cells")) {
            assertTrue(
                    !cell.get("cell_type").asString().equals("code")
                            || cell.get("execution_count").isInt(),
                    () -> name + ": not run: " + cell.get("source"));
        }
        for (String accuracy : accuracies(notebook)) {
            assertTrue(Double.parseDouble(accuracy) > 97, name + ": " + accuracy);
        }
        assertFalse(accuracies(notebook).isEmpty(), name);
        for (Path folder : List.of(Path.of(System.getProperty("user.home")), NOTEBOOKS)) {
            assertFalse(notebook.toString().contains(folder + "/"), () -> name + " names " + folder);
        }
    }

    @Test
    void withoutJupyterASentenceSaysWhatToInstall() throws Exception {
        // A folder of links to every command but Jupyter's.
        Path bin = Files.createDirectory(folder.resolve("bin"));
        for (String commands : System.getenv("PATH").split(":")) {
            if (!Files.isDirectory(Path.of(commands))) {
                continue;
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(commands))) {
                for (Path file : files) {
                    Path link = bin.resolve(file.getFileName());
                    if (!file.getFileName().toString().startsWith("jupyter") && !Files.exists(link, NOFOLLOW_LINKS)) {
                        Files.createSymbolicLink(link, file);
                    }
                }
            }
        }
        Tandem result = Tandem.start(Tandem.LAUNCHER, folder, Map.of("PATH", bin.toString()), "notebooks")
                .end();
        assertEquals(1, result.exitCode(), result.err());
        assertEquals(
                "tandem: Jupyter is missing (no command jupyter); install it (on Debian: apt-get install jupyter-notebook)",
                result.err().strip());
    }

    @Test
    void refusesAKernelThatIsNotTheOneItWasTestedWith() throws Exception {
        assumeTrue(Files.isExecutable(NBCONVERT), "jupyter-nbconvert is missing; apt-get install jupyter-nbconvert");
        Path repository = folder.resolve("repository");
        String version = "io/github/padreati/rapaio-jupyter-kernel/3.0.1/rapaio-jupyter-kernel-3.0.1.jar";
        Path kernel = repository.resolve(version);
        Files.createDirectories(kernel.getParent());
        Files.write(kernel, new byte[] {1, 2, 3});
        Path data = folder.resolve("jupyter");
        Tandem result = Tandem.start(
                        Tandem.LAUNCHER,
                        folder,
                        Map.of("JUPYTER_DATA_DIR", data.toString(), "MAVEN_OPTS", "-Dmaven.repo.local=" + repository),
                        "notebooks",
                        "--offline")
                .end();
        assertEquals(1, result.exitCode(), result.out() + result.err());
        // SHA-256 of the bytes 1, 2, 3: printf '\\1\\2\\3' | sha256sum.
        assertTrue(
                result.err()
                        .contains(
                                kernel + " is not the file that Tandem was built for: its SHA-256 is"
                                        + " 039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81 and should be cffac185"),
                result.err());
        assertFalse(Files.exists(data.resolve("kernels/tandem/rapaio-jupyter-kernel.jar")));
    }

    private void install() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(NBCONVERT), "jupyter-nbconvert is missing; apt-get install jupyter-nbconvert");
        Tandem result = Tandem.start(
                        Tandem.LAUNCHER,
                        folder,
                        Map.of("JUPYTER_DATA_DIR", folder.resolve("jupyter").toString()),
                        "notebooks")
                .end();
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().contains("kernels/tandem"), result.out());
    }

    private JsonNode run(String name, String transport) throws IOException, InterruptedException {
        return run(name, transport, REDUCED);
    }

    /** Runs a notebook with some of its text replaced, and returns it with its outputs. */
    private JsonNode run(String name, String transport, Map<String, String> replacements)
            throws IOException, InterruptedException {
        ObjectNode notebook = (ObjectNode) JsonMapper.shared().readTree(NOTEBOOKS.resolve(name + ".ipynb"));
        for (Map.Entry<String, String> replacement : replacements.entrySet()) {
            replace(notebook, replacement.getKey(), replacement.getValue());
        }
        Path in = folder.resolve("%s-%s-in.ipynb".formatted(name, transport));
        Path out = folder.resolve("%s-%s.ipynb".formatted(name, transport));
        Path log = folder.resolve("%s-%s.log".formatted(name, transport));
        JsonMapper.shared().writeValue(in, notebook);
        ProcessBuilder nbconvert = new ProcessBuilder(
                        NBCONVERT.toString(),
                        "--to",
                        "notebook",
                        "--execute",
                        "--ExecutePreprocessor.timeout=600",
                        "--KernelManager.transport=" + transport,
                        "--output",
                        out.toString(),
                        in.toString())
                // Kernels run where their notebook lies, and both find Unix sockets by names without a folder.
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        nbconvert
                .environment()
                .putAll(Map.of(
                        "JUPYTER_DATA_DIR", folder.resolve("jupyter").toString(),
                        "XDG_CACHE_HOME", folder.resolve("cache").toString()));
        Process process = nbconvert.start();
        assertTrue(process.waitFor(15, TimeUnit.MINUTES), "nbconvert hangs");
        assertEquals(0, process.exitValue(), Files.readString(log));
        return JsonMapper.shared().readTree(out);
    }

    /** Replaces a text in a code cell, and drops all outputs, so that none can be taken for this run's. */
    private static void replace(ObjectNode notebook, String text, String replacement) {
        boolean found = false;
        for (JsonNode cell : notebook.get("cells")) {
            if (!cell.get("cell_type").asString().equals("code")) {
                continue;
            }
            ((ObjectNode) cell).putArray("outputs");
            ArrayNode source = (ArrayNode) cell.get("source");
            for (int i = 0; i < source.size(); i++) {
                String line = source.get(i).asString();
                if (line.contains(text)) {
                    source.set(i, line.replace(text, replacement));
                    found = true;
                }
            }
        }
        assertTrue(found, () -> "the notebook has no '%s'".formatted(text));
    }

    /**
     * The network has learned, a loaded one reads the first test image and a photograph, and there are four pictures:
     * digits, curve, digit, photograph.
     */
    private static void assertLearned(JsonNode notebook) {
        List<String> accuracies = accuracies(notebook);
        assertEquals(1, accuracies.size(), text(notebook));
        assertTrue(Double.parseDouble(accuracies.getFirst()) > LEAST_ACCURACY, text(notebook));
        assertTrue(text(notebook).contains("test image 0 is read as 7; its label is 7"), text(notebook));
        assertTrue(text(notebook).contains("1199882 parameters"), text(notebook));
        assertTrue(text(notebook).contains("1,179,776"), "the table of layers: " + text(notebook));
        assertTrue(
                Pattern.compile("number.jpg is read as \\d{4}")
                        .matcher(text(notebook))
                        .find(),
                text(notebook));
        assertEquals(4, images(notebook));
    }

    private static List<String> accuracies(JsonNode notebook) {
        List<String> accuracies = new ArrayList<>();
        Matcher matcher = ACCURACY.matcher(text(notebook));
        while (matcher.find()) {
            accuracies.add(matcher.group(1));
        }
        return accuracies;
    }

    private static String text(JsonNode notebook) {
        StringBuilder text = new StringBuilder();
        for (JsonNode cell : notebook.get("cells")) {
            for (JsonNode output : cell.path("outputs")) {
                output.path("text").forEach(line -> text.append(line.asString()));
                output.path("data").path("text/plain").forEach(line -> text.append(line.asString()));
            }
        }
        return text.toString();
    }

    private static int images(JsonNode notebook) {
        int images = 0;
        for (JsonNode cell : notebook.get("cells")) {
            for (JsonNode output : cell.path("outputs")) {
                JsonNode data = output.path("data");
                assertTrue(!data.has("image/png") || data.has("text/plain"), () -> "a picture without text: " + cell);
                images += data.has("image/png") ? 1 : 0;
            }
        }
        return images;
    }

    private static List<String> headings(String name) throws IOException {
        List<String> headings = new ArrayList<>();
        for (JsonNode cell :
                JsonMapper.shared().readTree(NOTEBOOKS.resolve(name + ".ipynb")).get("cells")) {
            for (JsonNode line : cell.get("source")) {
                if (cell.get("cell_type").asString().equals("markdown")
                        && line.asString().startsWith("## ")) {
                    headings.add(line.asString().substring(3).strip());
                }
            }
        }
        return headings;
    }
}
