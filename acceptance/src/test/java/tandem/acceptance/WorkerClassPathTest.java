package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
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
        Map<String, List<String>> classPaths = new TreeMap<>();
        Tandem.Running compare = Tandem.start(
                folder,
                "compare",
                "--engines",
                "reference,java,pytorch,tensorflow,deeplearning4j,djl",
                "--train-limit",
                "128",
                "--test-limit",
                "100",
                "--out",
                "run");
        watch(compare, classPaths);
        Tandem compared = compare.end();
        assertEquals(0, compared.exitCode(), compared.out() + compared.err());
        BufferedImage one = new BufferedImage(60, 60, BufferedImage.TYPE_BYTE_GRAY);
        one.createGraphics().fillRect(27, 8, 6, 44);
        ImageIO.write(one, "png", folder.resolve("one.png").toFile());
        Tandem.Running predict =
                Tandem.start(folder, "predict", "run/java/model.safetensors", "one.png", "--engines", "onnxruntime");
        watch(predict, classPaths);
        Tandem predicted = predict.end();
        assertEquals(0, predicted.exitCode(), predicted.err());

        assertEquals(
                List.of("deeplearning4j", "djl", "java", "onnxruntime", "pytorch", "reference", "tensorflow"),
                List.copyOf(classPaths.keySet()));
        classPaths.forEach(WorkerClassPathTest::check);
    }

    /** Reads each worker's command line while it runs. */
    private static void watch(Tandem.Running running, Map<String, List<String>> classPaths) throws Exception {
        while (running.process().isAlive()) {
            for (ProcessHandle process : running.process().descendants().toList()) {
                List<String> words = commandLine(process.pid());
                int worker = words.indexOf("tandem.worker.Worker");
                // Then its socket, and the engine.
                if (worker > 0) {
                    String classPath = words.get(words.indexOf("-cp") + 1);
                    classPaths.put(words.get(worker + 2), List.of(classPath.split(File.pathSeparator)));
                }
            }
            Thread.sleep(10);
        }
    }

    /** Empty if the process has ended. */
    private static List<String> commandLine(long process) {
        try {
            return List.of(Files.readString(Path.of("/proc", String.valueOf(process), "cmdline"))
                    .split("\0"));
        } catch (IOException e) {
            return List.of();
        }
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
