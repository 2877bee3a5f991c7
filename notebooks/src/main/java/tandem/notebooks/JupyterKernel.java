package tandem.notebooks;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.engine.BuildProperties;
import tandem.lab.engines.Artifacts;
import tandem.lab.engines.Pins;
import tandem.lab.progress.Progress;
import tandem.lab.progress.StopSignal;

/**
 * The kernel that Jupyter runs Tandem's notebooks with: rapaio-jupyter-kernel on this checkout's jars, behind
 * {@code notebooks/relay.py}.
 */
public final class JupyterKernel {
    /** What Jupyter shows. */
    public static final String DISPLAY_NAME = "Java (Tandem)";

    /** The kernel's name in notebooks. */
    private static final String NAME = "tandem";

    private static final String ARTIFACT = "rapaio-jupyter-kernel";

    /** The kernel's cache of artifacts, a name in its own folder: it takes no absolute path. */
    private static final String REPOSITORY = "repository";

    /** Where the few classes that start the kernel lie, in its folder. */
    private static final String CLASSES = "classes";

    private JupyterKernel() {}

    /**
     * Installs the kernel for the Jupyter on the PATH.
     *
     * @param home the checkout
     * @param jdk what runs the kernel
     * @param offline never touch the network
     * @param progress is told what is fetched
     * @param stop ends it early
     * @return the kernel's folder
     * @throws Failure if Jupyter is missing, or something cannot be fetched or written
     */
    public static Path install(Path home, Path jdk, boolean offline, Consumer<Progress> progress, StopSignal stop) {
        String data = output(
                List.of("jupyter", "--data-dir"),
                "Jupyter is missing (%s); install it (on Debian: apt-get install jupyter-notebook)");
        Path folder = Path.of(data.strip(), "kernels", NAME);
        try {
            Files.createDirectories(folder);
            fetch(folder, offline, progress, stop);
            compile(home, folder);
            link(folder.resolve(REPOSITORY), Artifacts.localRepository());
            Json.write(folder.resolve("kernel.json"), specification(home, jdk));
        } catch (IOException e) {
            throw new Failure("%s: cannot be written (%s)".formatted(folder, e.getMessage()), e);
        }
        return folder;
    }

    private static void fetch(Path folder, boolean offline, Consumer<Progress> progress, StopSignal stop)
            throws IOException {
        Properties built = BuildProperties.read(JupyterKernel.class, "notebooks.properties");
        String coordinate = "io.github.padreati:%s:%s".formatted(ARTIFACT, built.getProperty("jupyter-kernel"));
        Pins pins = new Pins(Map.of(coordinate, built.getProperty("jupyter-kernel.sha256")));
        Path jar = resolve(coordinate, offline, progress, stop);
        pins.verify(coordinate, jar);
        Files.copy(jar, folder.resolve(ARTIFACT + ".jar"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path resolve(String coordinate, boolean offline, Consumer<Progress> progress, StopSignal stop) {
        try {
            return Artifacts.resolve(List.of(coordinate), offline, progress, stop)
                    .getFirst();
        } catch (Failure e) {
            throw new Failure(
                    offline
                            ? "the kernel is not in Maven's local repository; run once without --offline"
                            : "the kernel cannot be fetched: " + e.getMessage(),
                    e);
        }
    }

    /**
     * Compiles what starts the kernel and what shows pictures in it. Not with Tandem: only notebooks need the kernel's
     * 14 MB for that.
     */
    private static void compile(Path home, Path folder) throws IOException {
        Path sources = home.resolve("notebooks").resolve("kernel");
        List<String> words = new ArrayList<>(
                List.of("-proc:none", "-d", folder.resolve(CLASSES).toString()));
        List<Path> classPath = new ArrayList<>(jars(home.resolve("target/current/lib")));
        classPath.add(folder.resolve(ARTIFACT + ".jar"));
        words.add("-cp");
        words.add(classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        try (Stream<Path> files = Files.walk(sources)) {
            files.map(Path::toString)
                    .filter(file -> file.endsWith(".java"))
                    .sorted()
                    .forEach(words::add);
        }
        StringWriter messages = new StringWriter();
        PrintWriter out = new PrintWriter(messages);
        int code = ToolProvider.findFirst("javac")
                .orElseThrow(() -> new Failure("the JVM that runs Tandem has no compiler; set JAVA_HOME to a JDK"))
                .run(out, out, words.toArray(String[]::new));
        if (code != 0) {
            throw new Failure("%s: does not compile (%s)"
                    .formatted(sources, messages.toString().strip()));
        }
        Path services = folder.resolve(CLASSES).resolve("META-INF").resolve("services");
        Files.createDirectories(services);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(sources.resolve("META-INF/services"))) {
            for (Path file : files) {
                Files.copy(file, services.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** What the kernel fetches lands where Maven's own goes, and what is there is not fetched again. */
    private static void link(Path link, Path repository) throws IOException {
        Files.createDirectories(repository);
        if (Files.isSymbolicLink(link)) {
            // Maven may have been told to use another one.
            Files.delete(link);
        }
        if (!Files.exists(link)) {
            Files.createSymbolicLink(link, repository);
        }
    }

    /** The content of kernel.json (jupyter_client, "Kernel specs"). */
    private static Map<String, Object> specification(Path home, Path jdk) throws IOException {
        Path dist = home.resolve("target").resolve("current");
        List<String> classPath = new ArrayList<>(
                List.of("{resource_dir}/" + CLASSES, "{resource_dir}/" + ARTIFACT + ".jar", dist + "/engines/java/*"));
        jars(dist.resolve("lib")).forEach(jar -> classPath.add(jar.toString()));
        Map<String, Object> specification = new LinkedHashMap<>();
        specification.put(
                "argv",
                List.of(
                        // Jupyter puts the Python it runs on itself in this word's place.
                        "python",
                        home.resolve("notebooks").resolve("relay.py").toString(),
                        "{connection_file}",
                        jdk.resolve("bin").resolve("java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        // The java engine wants it; JavaCPP's limits are as in the engines' workers.
                        "-XX:+UseG1GC",
                        "-Djava.awt.headless=true",
                        "-Dorg.bytedeco.javacpp.maxBytes=0",
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-cp",
                        String.join(File.pathSeparator, classPath),
                        "Kernel"));
        specification.put("display_name", DISPLAY_NAME);
        specification.put("language", "java");
        specification.put("interrupt_mode", "message");
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("TANDEM_HOME", home.toString());
        environment.put("RJK_MIMA_CACHE", REPOSITORY);
        environment.put("OPT_OUT_TRACKING", "true");
        // As in the engines' workers: OpenBLAS' pool fights OpenMP's, whose threads spin only briefly; TensorFlow tells
        // what
        // it finds.
        environment.put("GOMP_SPINCOUNT", "10000");
        environment.put("OPENBLAS_NUM_THREADS", "1");
        environment.put("TF_CPP_MIN_LOG_LEVEL", "1");
        specification.put("env", environment);
        return specification;
    }

    /**
     * Tandem's core and what it needs. The lab's own libraries stay out: TensorFlow, which a notebook adds behind them,
     * needs another protobuf than theirs.
     */
    private static List<Path> jars(Path lib) throws IOException {
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(lib, "{tandem-core,tandem-mnist,tandem-notebooks,jackson,jspecify}-*.jar")) {
            return StreamSupport.stream(jars.spliterator(), false).sorted().toList();
        }
    }

    /** What a command prints; its last error line, or why it did not start, goes into the sentence if it fails. */
    private static String output(List<String> words, String sentence) {
        try {
            Path err = Files.createTempFile("tandem-", ".err");
            try {
                Process process =
                        new ProcessBuilder(words).redirectError(err.toFile()).start();
                String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (process.waitFor() != 0) {
                    throw new Failure(sentence.formatted(reason(out + "\n" + Files.readString(err))));
                }
                return out;
            } finally {
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new Failure(sentence.formatted("no command " + words.getFirst()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted while %s ran".formatted(words.getFirst()), e);
        }
    }

    /** The last line. */
    private static String reason(String output) {
        List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty() ? "it says nothing" : lines.getLast().strip();
    }
}
