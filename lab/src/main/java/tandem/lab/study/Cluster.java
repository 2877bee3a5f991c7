package tandem.lab.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.lab.cluster.ClusterSettings;
import tandem.lab.cluster.Shipment;
import tandem.lab.cluster.SparkDriver;
import tandem.lab.cluster.SparkNews;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.lab.study.TrialQueue.Planned;
import tandem.worker.protocol.Event;
import tools.jackson.core.JacksonException;

/**
 * Trains on a cluster: every trial is a task of Spark. About twice as many as can run at a time are with Spark, so that
 * no executor waits; it is Spark that runs a trial again whose executor was lost.
 */
final class Cluster implements TrialRunner {
    private static final Duration GLANCE = Duration.ofMillis(200);

    /** How long the driver may take to cancel what is under way. */
    private static final Duration STOPPING = Duration.ofSeconds(15);

    /** After so long without an executor, the user is told. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ClusterSettings settings;
    private final boolean keepModels;
    private final Workers workers;
    private final TrialStore store;
    private final Path logs;
    private final Shipment shipment = new Shipment();
    private final Map<Long, Planned> underWay = new HashMap<>();
    private @Nullable SparkDriver driver;
    private StopSignal.@Nullable Handle stopping;
    private volatile int slots;
    private long trials;

    /**
     * A cluster; Spark's driver is started when the first trial is run.
     *
     * @param keepModels whether trials leave their models in the store
     * @param workers with the threads that each trial may use
     * @param logs folder of the driver's log, and of those of workers that fail
     */
    Cluster(ClusterSettings settings, boolean keepModels, Workers workers, TrialStore store, Path logs) {
        this.settings = settings;
        this.keepModels = keepModels;
        this.store = store;
        this.workers = workers;
        this.logs = logs;
    }

    @Override
    public Outcome<?> ready(EngineName engine) {
        return shipment.add(engine, workers);
    }

    @Override
    public void run(Source source) {
        try {
            Planned first = source.next();
            if (first == null) {
                return;
            }
            SparkDriver spark = driver == null ? start() : driver;
            if (spark == null) {
                return;
            }
            train(spark, first, source);
        } catch (Failure e) {
            // Ctrl-C also reaches a driver that spark-submit started.
            if (!workers.stop().raised()) {
                throw e;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts Spark; null if the lab is asked to stop before it is there. */
    private @Nullable SparkDriver start() throws InterruptedException {
        boolean ownData = shipment.add(settings.data());
        SparkDriver started = SparkDriver.of(settings, workers, logs.resolve("driver.log"));
        driver = started;
        started.begin(
                shipment,
                Json.line(new ClusterOrder.Setup(workers.threads(), workers.jvmOptions(), keepModels, ownData)));
        while (!workers.stop().raised()) {
            switch (started.next(GLANCE)) {
                case SparkNews.Ready(String version, String application, String page) -> {
                    notice("Spark %s, application %s%s"
                            .formatted(version, application, page.isEmpty() ? "" : ", its page is " + page));
                    stopping = workers.stop().onRaise(started::cancel);
                    return started;
                }
                case SparkNews.Slots(int count) -> slots = count;
                case SparkNews.Failed(String sentence) -> throw new Failure(sentence);
                case null, default -> {}
            }
        }
        return null;
    }

    private void train(SparkDriver spark, Planned first, Source source) throws InterruptedException {
        order(spark, first);
        boolean waited = false;
        long lastSlots = System.nanoTime();
        long stopped = 0;
        while (true) {
            while (underWay.size() < Math.max(2, 2 * slots)) {
                Planned trial = source.next();
                if (trial == null) {
                    break;
                }
                order(spark, trial);
            }
            if (underWay.isEmpty()) {
                return;
            }
            if (workers.stop().raised()) {
                stopped = stopped == 0 ? System.nanoTime() : stopped;
                if (System.nanoTime() - stopped > STOPPING.toNanos()) {
                    return;
                }
            }
            if (slots > 0) {
                lastSlots = System.nanoTime();
                waited = false;
            } else if (!waited && System.nanoTime() - lastSlots > PATIENCE.toNanos()) {
                waited = true;
                notice(
                        "Spark has no executor; trials wait until the cluster gives one (Ctrl-C ends this, --resume goes on)");
            }
            SparkNews news = spark.next(GLANCE);
            if (news != null) {
                hear(news, source);
            }
        }
    }

    private void order(SparkDriver spark, Planned trial) {
        long id = ++trials;
        underWay.put(id, trial);
        spark.train(
                id,
                "%s, seed %s".formatted(trial.arm().name(), trial.seed()),
                Json.line(ClusterOrder.of(trial.arm(), trial.seed())));
    }

    private void hear(SparkNews news, Source source) {
        switch (news) {
            case SparkNews.Slots(int count) -> slots = count;
            case SparkNews.Lost(String executor, String reason) -> {
                if (!workers.stop().raised()) {
                    notice("executor %s is lost (%s); its trials are run again".formatted(executor, reason));
                }
            }
            case SparkNews.Told(long id, String json) -> {
                Planned trial = underWay.get(id);
                if (trial != null && parsed(json, Event.class) instanceof Event.News event) {
                    workers.progress().accept(new Progress.Told(trial.arm().name(), trial.seed(), event));
                }
            }
            case SparkNews.Over(long id, String host, String json, String model) -> {
                Planned trial = underWay.remove(id);
                if (trial != null) {
                    if (!model.isEmpty()) {
                        keep(Path.of(model), store.model(trial.arm(), trial.seed()));
                    }
                    source.over(trial, result(trial, host, parsed(json, ClusterOrder.Delivery.class)));
                }
            }
            case SparkNews.Aborted(long id, String reason) -> {
                Planned trial = underWay.remove(id);
                if (trial != null) {
                    source.over(trial, aborted(trial, reason));
                }
            }
            case SparkNews.Failed(String sentence) -> throw new Failure(sentence);
            case SparkNews.Ready _ -> throw new Failure("Spark's driver started twice");
        }
    }

    private static <T> T parsed(String json, Class<T> type) {
        try {
            return Json.parse(json, type);
        } catch (JacksonException e) {
            throw new Failure(
                    "a host of the cluster sent a message that Tandem cannot read (%s)".formatted(e.getMessage()), e);
        }
    }

    /** A host's result, if it is that of the trial. Where it failed, its sentence names the host. */
    private TrialResult result(Planned trial, String host, ClusterOrder.Delivery delivery) {
        TrialResult result = delivery.result();
        Arm arm = trial.arm();
        if (result.seed() != trial.seed()
                || !result.engine().equals(arm.engine())
                || !arm.isOf(result.recipe(), trial.seed())) {
            throw new Failure(
                    "%s: sent the result of another trial than %s, seed %s".formatted(host, arm.name(), trial.seed()));
        }
        if (delivery.log() != null) {
            AtomicFile.write(
                    logs.resolve(host)
                            .resolve("%s-seed-%s.log".formatted(arm.folder().replace('/', '-'), trial.seed())),
                    delivery.log());
        }
        return result.failure() == null
                ? result
                : new TrialResult(
                        result.arm(),
                        result.engine(),
                        result.seed(),
                        result.recipe(),
                        result.status(),
                        "%s: %s".formatted(host, result.failure()),
                        result.epochs(),
                        result.seconds(),
                        result.library(),
                        result.identity(),
                        result.batches(),
                        result.parameters());
    }

    private static void keep(Path model, Path place) {
        AtomicFile.write(place, out -> Files.copy(model, out));
        try {
            Files.delete(model);
        } catch (IOException e) {
            throw new Failure("%s: cannot be deleted (%s)".formatted(model, e.getMessage()), e);
        }
    }

    private static TrialResult aborted(Planned trial, String reason) {
        return new TrialResult(
                trial.arm().name(),
                trial.arm().engine(),
                trial.seed(),
                trial.arm().fingerprint(trial.seed()),
                Status.FAILED,
                "Spark gave it up: " + reason,
                List.of(),
                0,
                null,
                null,
                null,
                null);
    }

    private void notice(String sentence) {
        workers.progress().accept(new Progress.Notice(sentence));
    }

    @Override
    public int parallel() {
        return Math.max(1, slots);
    }

    @Override
    public void close() {
        if (stopping != null) {
            stopping.close();
        }
        if (driver != null) {
            driver.close();
        }
        shipment.close();
    }
}
