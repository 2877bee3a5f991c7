package tandem.acceptance;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A standalone master and workers of Spark on loopback, each a process of its own, from the jars that Tandem pins. */
final class SparkCluster {
    private static final Path PINS =
            Tandem.LAUNCHER.resolveSibling("spark/src/main/resources/tandem/spark/spark.libraries");
    private static final Path REPOSITORY = Path.of(System.getProperty("tandem.repository"));
    private static final Pattern MASTER = Pattern.compile("Starting Spark master at (spark://\\S+)");
    private static final int PATIENCE_SECONDS = 60;

    private final Path folder;
    private final Path home;
    private final List<Process> processes = new ArrayList<>();
    private String url;

    private SparkCluster(Path folder, Path home) {
        this.folder = folder;
        this.home = home;
    }

    /**
     * Starts a master, and workers with one core each.
     *
     * @param folder for all that they write
     */
    static SparkCluster start(Path folder, int workers) throws Exception {
        SparkCluster cluster = new SparkCluster(folder, home(folder.resolve("spark")));
        Path log = cluster.start("master", "org.apache.spark.deploy.master.Master", "--port", "0", "--webui-port", "0");
        cluster.url = await(log, MASTER).group(1);
        for (int i = 1; i <= workers; i++) {
            cluster.addWorker();
        }
        return cluster;
    }

    /** Starts another worker. */
    void addWorker() throws Exception {
        String name = "worker" + processes.size();
        Path log = start(
                name,
                "org.apache.spark.deploy.worker.Worker",
                "--port",
                "0",
                "--webui-port",
                "0",
                "--cores",
                "1",
                "--memory",
                "2g",
                "--work-dir",
                folder.resolve(name).toString(),
                url);
        await(log, Pattern.compile("Successfully registered with master"));
    }

    /** A folder with what a SPARK_HOME must have: {@code jars/}. */
    private static Path home(Path folder) throws IOException {
        Path jars = Files.createDirectories(folder.resolve("jars"));
        for (String line : Files.readAllLines(PINS)) {
            if (!line.startsWith("#")) {
                Path jar = jar(line.split("\\s+")[1]);
                Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar);
            }
        }
        return folder;
    }

    private static Path jar(String coordinate) {
        String[] parts = coordinate.split(":");
        return REPOSITORY
                .resolve(parts[0].replace('.', '/'))
                .resolve(parts[1])
                .resolve(parts[2])
                .resolve(String.join("-", List.of(parts).subList(1, parts.length)) + ".jar");
    }

    private Path start(String name, String main, String... arguments) throws IOException {
        Path log = folder.resolve(name + ".log");
        List<String> words = java(main);
        words.addAll(List.of("--host", "127.0.0.1"));
        words.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("SPARK_HOME", home.toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        processes.add(builder.start());
        return log;
    }

    /** How a class of Spark is started. */
    List<String> java(String main) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx640m",
                "-cp",
                home.resolve("jars") + File.separator + "*",
                main));
    }

    private static Matcher await(Path log, Pattern text) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < deadline) {
            Matcher found = text.matcher(Files.readString(log, StandardCharsets.ISO_8859_1));
            if (found.find()) {
                return found;
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("%s never said %s: %s".formatted(log, text, Files.readString(log)));
    }

    /** The master's URL. */
    String url() {
        return url;
    }

    /** What a command needs to run on it. */
    List<String> options() {
        return List.of(
                "--spark-master",
                url,
                "--spark-conf",
                "spark.driver.host=127.0.0.1",
                "--spark-conf",
                "spark.ui.enabled=false");
    }

    /** The executors that are running. */
    List<ProcessHandle> executors() {
        return processes.stream()
                .flatMap(process -> process.children())
                .filter(child -> command(child).contains("CoarseGrainedExecutorBackend"))
                .toList();
    }

    /** The processes that work for this cluster's trials: those of Tandem on its hosts, and their workers. */
    List<String> trialProcesses() {
        return ProcessHandle.allProcesses()
                .map(SparkCluster::command)
                .filter(command -> command.contains(folder.toString()) && command.contains("tandem.app.Main trials")
                        || command.contains(folder.toString()) && command.contains("tandem.worker.Worker"))
                .toList();
    }

    /** The words of a process; Java itself reads none of a command as long as Spark's class path. */
    static String command(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/%d/cmdline".formatted(process.pid())), StandardCharsets.ISO_8859_1)
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    /** Ends all of it. */
    void stop() throws InterruptedException {
        for (Process process : processes.reversed()) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }
}
