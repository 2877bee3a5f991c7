package tandem.spark;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.plugin.PluginContext;
import org.jspecify.annotations.Nullable;

/**
 * Tandem on an executor's host: one process, which trains the trials of all the executor's tasks with workers as a
 * local study does. When the executor goes, however it does, the process's input ends, and with it the process and its
 * workers.
 */
final class TrialHost {
    /** How long a trial may take to stop: a worker that does not within 5 s is ended. */
    private static final int STOPPING_SECONDS = 8;

    private static @Nullable TrialHost current;
    private static @Nullable PluginContext plugin;

    private final String host;
    private final Process process;
    private final Wire wire;
    private final Path log;
    private final AtomicLong keys = new AtomicLong();
    private final Map<String, UnderWay> underWay = new ConcurrentHashMap<>();

    /** A trial that was begun here. */
    private record UnderWay(String id, CompletableFuture<String> end) {}

    private TrialHost(String host, Process process, Path log) {
        this.host = host;
        this.process = process;
        this.log = log;
        wire = new Wire(process.getInputStream(), process.getOutputStream());
        Thread listener = new Thread(this::listen, "trials");
        listener.setDaemon(true);
        listener.start();
    }

    /** Notes how to reach the driver. */
    static synchronized void begin(PluginContext context) {
        plugin = context;
    }

    /** Ends the process. */
    static synchronized void end() {
        if (current != null) {
            current.process.destroy();
            current = null;
        }
    }

    /**
     * The host of this executor; its process is started if it is not there.
     *
     * @throws HostException if it cannot be started
     */
    static synchronized TrialHost of(HostSpec spec) {
        if (current == null || !current.process.isAlive()) {
            current = start(spec);
        }
        return current;
    }

    private static TrialHost start(HostSpec spec) {
        String host = SparkEnv.get().blockManager().blockManagerId().host();
        Path jdk = Jdk.home(host, spec.javaHome());
        Path folder = Path.of(SparkFiles.getRootDirectory()).toAbsolutePath().resolve("tandem");
        try {
            for (HostSpec.Parcel parcel : spec.parcels()) {
                place(host, parcel, spec.shared(), folder.resolve(parcel.target()));
            }
            Path log = folder.resolve("tandem.log");
            List<String> words = new ArrayList<>(List.of(
                    jdk.resolve("bin").resolve("java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:ActiveProcessorCount=" + spec.cpus(),
                    "-Xmx256m",
                    "-Dtandem.engines=" + folder.resolve("engines"),
                    "-cp",
                    folder.resolve("lib") + "/*",
                    "tandem.app.Main",
                    "trials",
                    folder.toString()));
            ProcessBuilder builder =
                    new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().put("JAVA_HOME", jdk.toString());
            if (!Files.isWritable(Path.of(System.getProperty("user.home")))) {
                builder.environment()
                        .putIfAbsent("XDG_CACHE_HOME", folder.resolve("cache").toString());
            }
            TrialHost started = new TrialHost(host, builder.start(), log);
            started.wire.say(spec.setup());
            return started;
        } catch (IOException e) {
            throw new HostException("%s: Tandem cannot be started (%s)".formatted(host, e));
        }
    }

    /** Puts a file where Tandem looks for it, as a link: it is there already. */
    private static void place(String host, HostSpec.Parcel parcel, boolean shared, Path target) throws IOException {
        if (Files.exists(target)) {
            return;
        }
        Path file =
                Path.of(shared ? parcel.name() : SparkFiles.get(parcel.name())).toAbsolutePath();
        if (shared && (!Files.isRegularFile(file) || !sum(file).equals(parcel.sha256()))) {
            throw new HostException(
                    "%s: %s is not there, or is not the file that it is on the driver's machine; share its folder, or do without spark.tandem.shared"
                            .formatted(host, file));
        }
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        Files.createSymbolicLink(target, file);
    }

    /** SHA-256 in hexadecimal digits. */
    static String sum(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digest = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            byte[] buffer = new byte[1 << 20];
            while (digest.read(buffer) >= 0) {
                // The digest sees every byte.
            }
            return java.util.HexFormat.of().formatHex(digest.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Hands on what the process says until it ends; then no trial of its own is under way any more. */
    private void listen() {
        for (String[] words = wire.next(); words != null; words = wire.next()) {
            UnderWay trial = underWay.get(words[1]);
            if (trial == null) {
                continue;
            }
            if (words[0].equals("event")) {
                tell(new TrialNews(trial.id(), words[2]));
            } else {
                trial.end().complete(words[2]);
            }
        }
        process.destroy();
        underWay.values().forEach(trial -> trial.end().completeExceptionally(new IOException("its process ended")));
    }

    private static void tell(TrialNews news) {
        PluginContext driver = plugin;
        if (driver != null) {
            try {
                driver.send(news);
            } catch (IOException e) {
                // The driver is gone, and Spark ends this executor.
            }
        }
    }

    /**
     * Trains.
     *
     * @param id of the trial, for what it tells
     * @param json the trial
     */
    Reply run(String id, String json) {
        String key = String.valueOf(keys.incrementAndGet());
        UnderWay trial = new UnderWay(id, new CompletableFuture<>());
        underWay.put(key, trial);
        try {
            wire.say("trial", key, json);
            String end = trial.end().get();
            Path model = Path.of(SparkFiles.getRootDirectory())
                    .resolve("tandem/models")
                    .resolve(key);
            byte[] bytes = new byte[0];
            if (Files.exists(model)) {
                bytes = Files.readAllBytes(model);
                Files.delete(model);
            }
            return new Reply(host, end, bytes);
        } catch (InterruptedException e) {
            stop(key, trial);
            throw new TaskKilledException("the trial was stopped");
        } catch (IOException | ExecutionException e) {
            throw new IllegalStateException("%s: Tandem's process ended; its log is %s".formatted(host, log), e);
        } finally {
            underWay.remove(key);
        }
    }

    /** Ends a trial; its processor is free afterwards. */
    private void stop(String key, UnderWay trial) {
        try {
            wire.say("stop", key);
            trial.end().get(STOPPING_SECONDS, TimeUnit.SECONDS);
        } catch (IOException | ExecutionException | TimeoutException e) {
            // It is gone, or it will be.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
