package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Small runs that several tests look at. Each is made once, when it is first asked for; a test that changes something
 * works on a copy.
 */
final class Runs {
    /** Three epochs of 32 steps with four seeds, in the java engine and a variant. */
    static final String[] STUDY = {
        "study",
        "--engines",
        "java,java:direct-convolution",
        "--seeds",
        "4",
        "--epochs",
        "3",
        "--train-limit",
        "2000",
        "--test-limit",
        "100",
        "--margin",
        "0.5"
    };

    /** All fifteen recipes with three seeds, an epoch of a single step each. */
    static final String[] DIFFERENCES = {
        "differences", "--seeds", "3", "--epochs", "1", "--train-limit", "64", "--test-limit", "50", "--margin", "0.5"
    };

    private static final Once<String, Run> MADE = new Once<>();
    private static final Map<String, List<String>> PROOFS_CLASS_PATHS = new ConcurrentHashMap<>();
    private static Path folder;
    private static TestEngines engines;

    private Runs() {}

    /**
     * A run that ended well.
     *
     * @param path its folder
     * @param out what it printed
     */
    record Run(Path path, String out) {
        JsonNode json(String file) throws IOException {
            return Runs.json(path.resolve(file));
        }
    }

    /** Two epochs of five steps in two engines and a variant. */
    static Run comparison() throws Exception {
        return run(
                "comparison",
                "compare",
                "--engines",
                "java,reference,java:direct-convolution",
                "--epochs",
                "2",
                "--train-limit",
                "320",
                "--test-limit",
                "200");
    }

    /** The java engine and a library: two epochs of 47 steps. */
    static Run twoEngines() throws Exception {
        return run(
                "two",
                "compare",
                "--engines",
                "java,pytorch",
                "--epochs",
                "2",
                "--train-limit",
                "3000",
                "--test-limit",
                "500");
    }

    /** The folder of {@link #STUDY}. */
    static Run study() throws Exception {
        return run("study", STUDY);
    }

    /** The folder of {@link #DIFFERENCES}. */
    static Run differences() throws Exception {
        return run("differences", DIFFERENCES);
    }

    /** Proofs of the java engine and a variant, and of the one against the other, on batches of 16. */
    static Run parity() throws Exception {
        return run(
                "parity",
                "parity",
                "--engines",
                "java,java:direct-convolution",
                "--against",
                "java",
                "--steps",
                "3",
                "--batch-size",
                "16",
                "--report");
    }

    /** Proofs of all engines that train, with the usual recipe. */
    static Run proof() throws Exception {
        return MADE.get("proof", () -> {
            Tandem.Running running = Tandem.start(
                    folder(),
                    to(
                            "proof",
                            "parity",
                            "--engines",
                            "java,pytorch,tensorflow,deeplearning4j,djl,onnxruntime",
                            "--steps",
                            "5"));
            PROOFS_CLASS_PATHS.putAll(ClassPaths.of(running));
            return ended("proof", running.end());
        });
    }

    /** Class paths of the workers of {@link #proof} by engine. */
    static Map<String, List<String>> proofsClassPaths() throws Exception {
        proof();
        return PROOFS_CLASS_PATHS;
    }

    /** Two rounds of a variant alone, an engine with its variant, and an engine that only predicts. */
    static Run bench() throws Exception {
        return run(
                Map.of("TANDEM_ENGINES", testEngines().folder().toString()),
                "bench",
                "bench",
                "--engines",
                "java:direct-convolution,pytorch,trained",
                "--rounds",
                "2",
                "--steps",
                "3",
                "--batch-size",
                "32",
                "--python",
                "/no/python");
    }

    /** Times to an accuracy with two seeds in the tests' own engine, of which the second gets there. */
    static Run toAccuracy() throws Exception {
        return run(
                Map.of("TANDEM_ENGINES", testEngines().folder().toString()),
                "accuracy",
                "bench",
                "--rounds",
                "0",
                "--engines",
                "slow",
                "--to-accuracy",
                "10.5",
                "--seeds",
                "2",
                "--epochs",
                "1");
    }

    /** An epoch of all images in the java engine. */
    static Run epoch() throws Exception {
        return run("epoch", "train", "java", "--epochs", "1");
    }

    /** The first epoch of {@link Job#TRAIN}, with checkpoints of its own. */
    static Run once() throws Exception {
        return run(
                "once",
                "train",
                "java",
                "--epochs",
                "1",
                "--train-limit",
                "640",
                "--test-limit",
                "50",
                "--checkpoint-every",
                "7");
    }

    /**
     * The default recipe with a network that is small enough for plain loops, in a file for {@code --recipe}; an epoch
     * has 2,000 images.
     */
    static Path smallNetwork() throws Exception {
        String recipe = Files.readString(comparison().path().resolve("recipe.json"));
        synchronized (Runs.class) {
            Path file = folder().resolve("small.json");
            if (!Files.exists(file)) {
                Files.writeString(
                        file,
                        recipe.replaceFirst("\"conv1\" : 32", "\"conv1\" : 4")
                                .replaceFirst("\"conv2\" : 64", "\"conv2\" : 6")
                                .replaceFirst("\"trainLimit\" : 320", "\"trainLimit\" : 2000"));
            }
            return file;
        }
    }

    /** The tests' own engines. */
    static synchronized TestEngines testEngines() throws Exception {
        if (engines == null) {
            Path own = Files.createTempDirectory("engines");
            removeAtEnd(own);
            engines = TestEngines.in(own);
        }
        return engines;
    }

    /** The command that writes to a folder, or goes on with what is there. */
    static String[] to(String folder, String... words) {
        List<String> command = new ArrayList<>(List.of(words));
        command.addAll(List.of("--out", folder));
        return command.toArray(String[]::new);
    }

    private static synchronized Path folder() throws IOException {
        if (folder == null) {
            folder = Files.createTempDirectory("runs");
            removeAtEnd(folder);
        }
        return folder;
    }

    private static Run run(String name, String... words) throws Exception {
        return run(Map.of(), name, words);
    }

    private static Run run(Map<String, String> environment, String name, String... words) throws Exception {
        return MADE.get(
                name,
                () -> ended(
                        name,
                        Tandem.start(Tandem.LAUNCHER, folder(), environment, to(name, words))
                                .end()));
    }

    private static Run ended(String name, Tandem tandem) throws IOException {
        assertEquals(0, tandem.exitCode(), tandem::toString);
        return new Run(folder().resolve(name), tandem.out());
    }

    /** Where the newest checkpoint of an engine's folder stands. */
    static JsonNode position(Path engine) throws IOException {
        try (Stream<Path> files = Files.list(engine.resolve("checkpoint"))) {
            Path newest = files.filter(file -> file.getFileName().toString().matches("position-\\d+\\.json"))
                    .max(Comparator.comparingLong(
                            file -> Long.parseLong(file.getFileName().toString().replaceAll("\\D", ""))))
                    .orElseThrow();
            return json(newest).get("position");
        }
    }

    static JsonNode json(Path file) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(file));
    }

    /** Replaces a file of a run, as if Tandem had written this. */
    static void write(Path file, JsonNode json) throws IOException {
        Files.writeString(file, json.toPrettyString());
        forgetSums(file);
    }

    /** Without checksums, nobody sees that a test changed a file of a run. */
    static void forgetSums(Path file) throws IOException {
        for (Path folder = file.getParent(); folder != null; folder = folder.getParent()) {
            Files.deleteIfExists(folder.resolve("SHA256SUMS"));
        }
    }

    /** Copies a folder and all below it; files that are there are replaced. */
    static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.write(copy, Files.readAllBytes(file));
                }
            }
        }
        return to;
    }

    /** Removes a folder when all tests are done. */
    static void removeAtEnd(Path folder) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
    }

    /** Deletes a folder and all below it. */
    static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
