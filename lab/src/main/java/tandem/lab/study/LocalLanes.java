package tandem.lab.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Launch;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.study.TrialQueue.Planned;

/** Trains on this machine, in a fixed number of lanes. */
final class LocalLanes implements TrialRunner {
    private final Workers workers;
    private final TrialStore store;
    private final List<Lane> lanes;
    private final Map<EngineName, Launch> launches = new HashMap<>();

    /**
     * Lanes for the trials of a store.
     *
     * @param workers with the threads that each trial may use
     * @param logs folder of the workers' logs
     * @param keepModels whether trials leave their models in the store
     */
    LocalLanes(Workers workers, TrialStore store, Path logs, int parallel, boolean keepModels) {
        this.workers = workers;
        this.store = store;
        lanes = IntStream.rangeClosed(1, parallel)
                .mapToObj(number -> new Lane(number, logs, workers, keepModels))
                .toList();
    }

    @Override
    public Outcome<?> ready(EngineName engine) {
        Outcome<Launch> outcome = workers.ready(engine);
        if (outcome instanceof Outcome.Result<Launch>(Launch launch)) {
            launches.put(engine, launch);
        }
        return outcome;
    }

    @Override
    public void run(Source source) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            lanes.forEach(lane -> running.add(threads.submit(() -> work(lane, source))));
            running.forEach(LocalLanes::await);
        }
    }

    private void work(Lane lane, Source source) {
        for (Planned trial = source.next(); trial != null; trial = source.next()) {
            Launch launch = Objects.requireNonNull(launches.get(trial.arm().engine()));
            source.over(
                    trial, lane.train(trial.arm(), trial.seed(), launch, store.underWay(trial.arm(), trial.seed())));
        }
    }

    private static void await(Future<?> future) {
        try {
            future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int parallel() {
        return lanes.size();
    }

    @Override
    public void close() {
        lanes.forEach(Lane::close);
    }
}
