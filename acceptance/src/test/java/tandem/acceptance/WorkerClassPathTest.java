package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on the class path of each engine's worker: its own jars, the worker, core with Jackson, MNIST, natives. */
final class WorkerClassPathTest {
    /** Of the worker's own module; tandem-mnist is four files of images. */
    private static final List<String> WORKER = List.of(
            "tandem-worker",
            "tandem-core",
            "tandem-mnist",
            "jspecify",
            "jackson-databind",
            "jackson-core",
            "jackson-annotations");

    @TempDir
    Path folder;

    @Test
    void nothingOfTheLabAndOfOtherEngines() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "no /proc here");
        Map<String, List<String>> classPaths = new TreeMap<>(Runs.proofsClassPaths());
        String model =
                Runs.comparison().path().resolve("java/model.safetensors").toString();
        String seven = Drawing.seven(folder.resolve("seven.png")).toString();
        Tandem.Running predict = Tandem.start(folder, "predict", model, seven, "--engines", "reference");
        classPaths.putAll(ClassPaths.of(predict));
        Tandem predicted = predict.end();
        assertEquals(0, predicted.exitCode(), predicted.err());

        assertEquals(
                List.of("deeplearning4j", "djl", "java", "onnxruntime", "pytorch", "reference", "tensorflow"),
                List.copyOf(classPaths.keySet()));
        classPaths.forEach(WorkerClassPathTest::check);
    }

    private static void check(String engine, List<String> classPath) {
        for (String name : WORKER) {
            assertEquals(
                    1,
                    names(classPath)
                            .filter(jar -> jar.matches(name + "-[\\d.]+(-SNAPSHOT)?\\.jar"))
                            .count(),
                    () -> "%s needs one %s: %s".formatted(engine, name, classPath));
        }
        for (String entry : classPath) {
            String name = Path.of(entry).getFileName().toString();
            boolean own = entry.contains("/engines/" + engine + "/") || name.startsWith("tandem-" + engine + "-");
            boolean worker = WORKER.stream().anyMatch(jar -> name.matches(jar + "-[\\d.]+(-SNAPSHOT)?\\.jar"));
            boolean natives = name.matches(".*-(linux|macosx|osx)-[\\w-]+\\.jar");
            assertTrue(own || worker || natives, () -> engine + " has no use for " + entry);
        }
    }

    private static Stream<String> names(List<String> classPath) {
        return classPath.stream().map(entry -> Path.of(entry).getFileName().toString());
    }
}
