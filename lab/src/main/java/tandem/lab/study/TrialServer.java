package tandem.lab.study;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.AtomicFile;
import tandem.core.CacheFolder;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.lab.cluster.Shipment;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Launch;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.lab.run.TemporaryFolder;

/**
 * Trains the trials of a Spark executor on its host, any number at a time, each in a {@link Lane} as in a study on one
 * machine. It reads lines of words with tabs between them: {@code trial KEY ORDER} and {@code stop KEY}, and says
 * {@code event KEY EVENT} and {@code over KEY DELIVERY}. When its input ends, its executor is gone, and so is it at
 * once, with all workers.
 */
public final class TrialServer {
    private static final int LOG_BYTES = 1 << 16;

    private final Path folder;
    private final Workers workers;
    private final ClusterOrder.Setup setup;
    private final PrintStream out;
    private final Map<EngineName, Outcome<Launch>> launches = new ConcurrentHashMap<>();
    private final Map<String, StopSignal> underWay = new ConcurrentHashMap<>();
    private final Deque<Place> free = new ArrayDeque<>();
    private int places;

    /** A lane that one trial at a time has, and the signal that ends what it does. */
    private record Place(int number, Lane lane, StopSignal stop, Path folder) {}

    private TrialServer(Path folder, Workers workers, ClusterOrder.Setup setup, PrintStream out) {
        this.folder = folder;
        this.workers = workers;
        this.setup = setup;
        this.out = out;
    }

    /** How workers are started on this host. */
    @FunctionalInterface
    public interface Started {
        /**
         * Workers for trials.
         *
         * @param threads that each may use
         * @param jvmOptions further options of an engine's JVM
         */
        Workers with(int threads, Map<String, List<String>> jvmOptions);
    }

    /**
     * Serves until the input ends, and then ends this process.
     *
     * @param folder of Tandem's files on this host, see {@link Shipment}
     */
    public static void serve(Path folder, InputStream in, PrintStream out, Started started) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        ClusterOrder.Setup setup = Json.parse(String.valueOf(lines.readLine()), ClusterOrder.Setup.class);
        keep(folder.resolve(Shipment.DATASETS), CacheFolder.ofUser().resolve(Shipment.DATASETS));
        // Natives outlive an executor, whose folder goes with it: all executors of a host have them in one place.
        Path repository = caches().resolveSibling(Shipment.REPOSITORY);
        keep(folder.resolve(Shipment.REPOSITORY), repository);
        System.setProperty("maven.repo.local", repository.toString());
        TrialServer server = new TrialServer(folder, started.with(setup.threads(), setup.jvmOptions()), setup, out);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split("\t", -1);
            if (words[0].equals("trial")) {
                server.begin(words[1], Json.parse(words[2], ClusterOrder.class));
            } else {
                server.stop(words[1]);
            }
        }
        // The workers lose their lab with this process, and end themselves.
        Runtime.getRuntime().halt(0);
    }

    /** Where engines keep on a host of a cluster what they unpacked: beside what the host's own user has. */
    public static Path caches() {
        return CacheFolder.ofUser().resolve("cluster").resolve("engines");
    }

    /** Puts shipped files where Tandem looks for them; one that is there stays. */
    private static void keep(Path shipped, Path kept) throws IOException {
        if (!Files.isDirectory(shipped)) {
            return;
        }
        try (Stream<Path> files = Files.walk(shipped)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = kept.resolve(shipped.relativize(file).toString());
                if (!Files.exists(copy) || Files.size(copy) != Files.size(file)) {
                    AtomicFile.write(copy, stream -> Files.copy(file, stream));
                }
            }
        }
    }

    private void begin(String key, ClusterOrder order) {
        Place place = place();
        underWay.put(key, place.stop);
        Thread.ofVirtual().start(() -> {
            ClusterOrder.Delivery delivery;
            try {
                delivery = train(key, order, place);
            } catch (RuntimeException e) {
                // Such as a full disk: the lab waits for an end of every trial.
                delivery = new ClusterOrder.Delivery(
                        missing(order.arm(), order.recipe().seed(), Status.FAILED, String.valueOf(e.getMessage())),
                        null);
            }
            underWay.remove(key);
            if (place.stop.raised()) {
                // Its workers were told to stop, and take no other trial.
                place.lane.close();
            } else {
                synchronized (free) {
                    free.push(place);
                }
            }
            say("over", key, Json.line(delivery));
        });
    }

    private void stop(String key) {
        StopSignal signal = underWay.get(key);
        if (signal != null) {
            signal.raise();
        }
    }

    /** The place that was freed last, whose workers are warm, or a new one. */
    private Place place() {
        synchronized (free) {
            if (!free.isEmpty()) {
                return free.pop();
            }
            places++;
            StopSignal stop = new StopSignal();
            Path own = folder.resolve("lane-" + places);
            return new Place(places, new Lane(1, own, workers.with(stop), setup.keepModels()), stop, own);
        }
    }

    private ClusterOrder.Delivery train(String key, ClusterOrder order, Place place) {
        Arm arm = order.arm();
        long seed = order.recipe().seed();
        if (setup.ownData()) {
            arm = new Arm(
                    arm.name(),
                    arm.folder(),
                    arm.engine(),
                    arm.recipe()
                            .with(Map.of(
                                    "dataset", folder.resolve(Shipment.DATA).toString())));
        }
        Outcome<Launch> ready;
        try {
            ready = ready(arm.engine());
        } catch (Failure e) {
            ready = new Outcome.Missing<>(Status.FAILED, e.getMessage());
        }
        TrialResult result;
        switch (ready) {
            case Outcome.Missing<Launch>(Status status, String reason) -> result = missing(arm, seed, status, reason);
            case Outcome.Result<Launch>(Launch launch) -> {
                Path files = place.folder.resolve("trial");
                try {
                    result = place.lane.train(arm, seed, launch, files, event -> say("event", key, Json.line(event)));
                    keepModel(files.resolve(TrialStore.MODEL), key);
                } finally {
                    new TemporaryFolder(files).delete();
                }
            }
        }
        return new ClusterOrder.Delivery(
                result,
                result.status() == Status.FAILED
                        ? log(place.folder.resolve(arm.engine().engine()))
                        : null);
    }

    /** Puts a trained model where the executor takes it from. */
    private void keepModel(Path model, String key) {
        if (Files.exists(model)) {
            try {
                Path models = Files.createDirectories(folder.resolve("models"));
                Files.move(model, models.resolve(key));
            } catch (IOException e) {
                throw new Failure("%s: cannot be kept (%s)".formatted(model, e.getMessage()), e);
            }
        }
    }

    /** Unpacks an engine's natives once for all lanes. */
    private synchronized Outcome<Launch> ready(EngineName engine) {
        Outcome<Launch> outcome = launches.get(engine);
        if (outcome == null) {
            outcome = workers.ready(engine);
            launches.put(engine, outcome);
        }
        return outcome;
    }

    private static TrialResult missing(Arm arm, long seed, Status status, String reason) {
        return new TrialResult(
                arm.name(),
                arm.engine(),
                seed,
                arm.fingerprint(seed),
                status,
                reason,
                List.of(),
                0,
                null,
                null,
                null,
                null);
    }

    /** The end of a worker's log; null if there is none. */
    private static @Nullable String log(Path folder) {
        try {
            byte[] bytes = Files.readAllBytes(folder.resolve("worker.log"));
            return new String(
                    Arrays.copyOfRange(bytes, Math.max(0, bytes.length - LOG_BYTES), bytes.length),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            return null;
        }
    }

    private void say(String what, String key, String json) {
        synchronized (out) {
            out.print(what + "\t" + key + "\t" + json + "\n");
            out.flush();
        }
    }
}
