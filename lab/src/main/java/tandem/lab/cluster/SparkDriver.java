package tandem.lab.cluster;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.lab.engines.Launch;
import tandem.lab.engines.SparkModule;
import tandem.lab.engines.Workers;

/**
 * Spark's driver as the lab sees it: a process that this one started, or that started this one under spark-submit, and
 * lines of words with tabs between them.
 */
public final class SparkDriver implements AutoCloseable {
    private static final Duration FAREWELL = Duration.ofSeconds(15);
    private static final int LOG_LINES = 3;

    private final @Nullable Process process;
    private final Path log;
    private final SocketChannel channel;
    private final BufferedWriter out;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    /** No line has this. */
    private static final String END = "";

    private SparkDriver(@Nullable Process process, Path log, SocketChannel channel) {
        this.process = process;
        this.log = log;
        this.channel = channel;
        out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
        Thread.ofVirtual().name("driver").start(this::listen);
    }

    /**
     * Calls the driver, or starts it.
     *
     * @param log file of the output of a driver that is started
     * @throws Failure if it cannot be had
     */
    public static SparkDriver of(ClusterSettings settings, Workers workers, Path log) {
        SparkDriver driver = settings.driver() == null ? start(settings, workers, log) : called(settings.driver(), log);
        settings.conf().forEach((key, value) -> driver.say("conf", key, value));
        return driver;
    }

    private static SparkDriver called(Path socket, Path log) {
        try {
            return new SparkDriver(null, log, SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        } catch (IOException e) {
            throw new Failure(
                    "Spark's driver does not answer at %s (%s); this command is for spark-submit to start"
                            .formatted(socket, e.getMessage()),
                    e);
        }
    }

    private static SparkDriver start(ClusterSettings settings, Workers workers, Path log) {
        Path module = SparkModule.jar();
        List<Path> jars = new SparkJars(module)
                .classPath(
                        System.getenv().getOrDefault("SPARK_HOME", ""),
                        workers.offline(),
                        workers.progress(),
                        workers.stop());
        try {
            // Socket paths are limited to about 100 bytes, so not in the run directory.
            Path folder = Files.createTempDirectory("tandem");
            Path socket = folder.resolve("lab");
            try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(socket));
                Files.createDirectories(log.toAbsolutePath().getParent());
                List<String> words = List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Xmx" + settings.conf().getOrDefault("spark.driver.memory", "1g"),
                        "-Dspark.jars=" + module,
                        "-cp",
                        jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
                        "tandem.spark.Driver",
                        socket.toString());
                Process process = new ProcessBuilder(Launch.deafToInterrupts(words))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
                process.getOutputStream().close();
                // Closing the server is what ends a wait for a driver that never calls.
                process.onExit().thenRun(() -> close(server));
                try {
                    return new SparkDriver(process, log, server.accept());
                } catch (ClosedChannelException e) {
                    throw new Failure(gone(process, log), e);
                }
            } finally {
                Files.deleteIfExists(socket);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new Failure("Spark's driver cannot be started (%s)".formatted(e.getMessage()), e);
        }
    }

    private static void close(ServerSocketChannel server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells the driver which files every host needs, and what Tandem is told there first; then starts Spark. */
    public void begin(Shipment shipment, String setup) {
        shipment.files()
                .forEach((target, file) ->
                        say("file", target, file.toAbsolutePath().toString()));
        say("setup", setup);
        say("start");
    }

    /** Hands over a trial. */
    public void train(long trial, String description, String json) {
        say("trial", String.valueOf(trial), description, json);
    }

    /** Ends all trials that are under way. */
    public void cancel() {
        say("cancel");
    }

    private synchronized void say(String... words) {
        try {
            out.write(String.join("\t", words));
            out.write('\n');
            out.flush();
        } catch (IOException e) {
            // It is gone: whoever waits for its next line learns how.
        }
    }

    private void listen() {
        try (BufferedReader in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            // A killed driver resets its socket.
        }
        lines.add(END);
    }

    /**
     * Waits for what the driver says next.
     *
     * @return null if it says nothing for so long
     * @throws Failure if it is gone
     */
    public @Nullable SparkNews next(Duration patience) throws InterruptedException {
        String line = lines.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) {
            return null;
        }
        if (line.equals(END)) {
            lines.add(END);
            throw new Failure(gone(process, log));
        }
        return SparkNews.of(line);
    }

    private static String gone(@Nullable Process process, Path log) {
        if (process == null) {
            return "Spark's driver is gone; what is done is kept, and the same command goes on";
        }
        try {
            process.waitFor(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        String how = process.isAlive() ? "closed its socket" : "ended (exit code %s)".formatted(process.exitValue());
        return "Spark's driver %s%s; what is done is kept, and the same command goes on".formatted(how, lastLines(log));
    }

    private static String lastLines(Path log) {
        try {
            List<String> lines = new ArrayList<>(Files.readAllLines(log, StandardCharsets.ISO_8859_1));
            lines.removeIf(String::isBlank);
            return lines.isEmpty()
                    ? ""
                    : "; the last lines of %s: %s"
                            .formatted(
                                    log,
                                    lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()).stream()
                                            .map(line -> line.length() <= 200 ? line : line.substring(0, 200) + "…")
                                            .collect(Collectors.joining(" / ")));
        } catch (IOException e) {
            return "";
        }
    }

    /** Ends Spark's application, and the driver if this process started it. */
    @Override
    public void close() {
        say("end");
        try {
            if (process != null && !process.waitFor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
            channel.close();
        } catch (IOException e) {
            // Nothing is said any more.
        } catch (InterruptedException e) {
            if (process != null) {
                process.destroyForcibly();
            }
            Thread.currentThread().interrupt();
        }
    }
}
