package tandem.lab.cluster;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tandem.core.CacheFolder;
import tandem.core.Failure;
import tandem.core.ProcessLock;
import tandem.core.Sha256;
import tandem.lab.engines.Launch;
import tandem.lab.engines.SparkModule;
import tandem.lab.engines.Workers;

/**
 * A run's folder in a file system that Hadoop knows, such as {@code hdfs:} or {@code s3a:}: the run is written to a
 * local folder, which is copied there every other second and when the run ends. The remote folder is what counts when a
 * run goes on.
 */
public final class RemoteFolder implements AutoCloseable {
    private static final long PAUSE_MILLIS = 2000;

    private final String uri;
    private final Path local;
    private final ProcessLock lock;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter words;
    private final Thread copying;
    private volatile boolean open = true;

    private RemoteFolder(String uri, Path local, ProcessLock lock, Process process) {
        this.uri = uri;
        this.local = local;
        this.lock = lock;
        this.process = process;
        answers = process.inputReader(StandardCharsets.UTF_8);
        words = process.outputWriter(StandardCharsets.UTF_8);
        copying = Thread.ofVirtual().unstarted(this::copyNowAndThen);
    }

    /**
     * Brings what is there.
     *
     * @param uri of the folder
     * @param conf Spark's settings, of which {@code spark.hadoop.*} are Hadoop's
     * @throws Failure if it cannot be read and written, or another process works in it
     */
    public static RemoteFolder open(String uri, Map<String, String> conf, Workers workers) {
        Path mirrors = CacheFolder.ofUser().resolve("mirrors");
        Path local = mirrors.resolve(Sha256.of(uri).substring(0, 16));
        ProcessLock lock = ProcessLock.tryAcquire(local.resolveSibling(local.getFileName() + ".lock"))
                .orElseThrow(
                        () -> new Failure("%s: another process writes into it; wait until it ends".formatted(uri)));
        RemoteFolder folder = null;
        try {
            Files.createDirectories(local);
            folder = new RemoteFolder(uri, local, lock, start(uri, conf, local, workers));
            folder.ask("pull");
            folder.copying.start();
            return folder;
        } catch (IOException e) {
            throw new Failure("%s: cannot be copied to %s (%s)".formatted(uri, local, e.getMessage()), e);
        } finally {
            if (folder == null || !folder.copying.isAlive()) {
                lock.close();
                if (folder != null) {
                    folder.process.destroy();
                }
            }
        }
    }

    private static Process start(String uri, Map<String, String> conf, Path local, Workers workers) throws IOException {
        List<Path> jars = new SparkJars(SparkModule.jar())
                .classPath(
                        System.getenv().getOrDefault("SPARK_HOME", ""),
                        workers.offline(),
                        workers.progress(),
                        workers.stop());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-Xmx256m"));
        conf.forEach((key, value) -> {
            if (key.startsWith("spark.hadoop.")) {
                command.add("-D%s=%s".formatted(key, value));
            }
        });
        command.addAll(List.of(
                "-cp",
                jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
                "tandem.spark.Mirror",
                uri,
                local.toString()));
        return new ProcessBuilder(Launch.deafToInterrupts(command))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** The local folder that the run is written to. */
    public Path local() {
        return local;
    }

    private synchronized void ask(String word) {
        String answer;
        try {
            words.write(word + "\n");
            words.flush();
            answer = answers.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (answer == null || !answer.equals("ok")) {
            throw new Failure("%s: cannot be %s (%s); %s"
                    .formatted(
                            uri,
                            word.equals("pull") ? "used" : "written",
                            answer == null ? "the process that does ended" : answer.replaceFirst("failed\t", ""),
                            word.equals("pull")
                                    ? "choose another folder with --out"
                                    : "the run is in %s".formatted(local)));
        }
    }

    /** What fails now may succeed the next time; the last time tells. */
    private void copyNowAndThen() {
        try {
            while (open) {
                Thread.sleep(PAUSE_MILLIS);
                if (open) {
                    ask("push");
                }
            }
        } catch (InterruptedException | Failure | UncheckedIOException e) {
            // The last copy says what is wrong.
        }
    }

    /**
     * Copies the rest.
     *
     * @throws Failure if it cannot be written
     */
    @Override
    public void close() {
        open = false;
        copying.interrupt();
        try (lock) {
            copying.join();
            ask("push");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroy();
        }
    }
}
