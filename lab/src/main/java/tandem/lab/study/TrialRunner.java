package tandem.lab.study;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tandem.lab.EngineName;
import tandem.lab.EngineResult.Status;
import tandem.lab.Sample;
import tandem.lab.StopSignal;
import tandem.lab.Workers;
import tandem.lab.Workers.Readiness;

/**
 * Runs trials, some at a time, and keeps each one as soon as it is done. A trial that fails does not keep the others
 * from running; after two failures in succession the rest of its arm is given up.
 */
final class TrialRunner implements AutoCloseable {
    /** An arm that failed so often in succession is given up. */
    private static final int ENOUGH = 2;

    private final Workers workers;
    private final TrialStore store;
    private final StudyWatcher watcher;
    private final StopSignal stop;
    private final Consumer<TrialRunner> kept;
    private final List<Lane> lanes;
    private final Map<EngineName, Readiness> readiness = new HashMap<>();
    private final Map<Arm, Failures> failures = new HashMap<>();

    /** Guarded by the watcher, as all that lanes share. */
    private final Deque<Planned> waiting = new ArrayDeque<>();

    private final Map<EngineName, List<Double>> seconds = new HashMap<>();
    private int over;
    private int trials;

    /**
     * A trial to run.
     *
     * @param seed of the trial
     */
    record Planned(Arm arm, long seed) {}

    /**
     * Why an arm lacks trials.
     *
     * @param reason one sentence
     */
    record Lack(Status status, String reason) {}

    private record Failures(int inSuccession, String first) {}

    /**
     * A runner.
     *
     * @param workers with the threads that each may use
     * @param logs folder of the workers' logs
     * @param parallel how many trials at a time
     * @param silence how long a worker may say nothing
     * @param kept called after every trial, by one thread at a time
     */
    TrialRunner(
            Workers workers,
            TrialStore store,
            Path logs,
            int parallel,
            Duration silence,
            StudyWatcher watcher,
            StopSignal stop,
            Consumer<TrialRunner> kept) {
        this.workers = workers;
        this.store = store;
        this.watcher = watcher;
        this.stop = stop;
        this.kept = kept;
        lanes = IntStream.rangeClosed(1, parallel)
                .mapToObj(number -> new Lane(number, logs, workers.threads(), silence, watcher, stop))
                .toList();
    }

    /** Why an arm has not all its trials; null if nothing went wrong with it. */
    Lack lack(Arm arm) {
        synchronized (watcher) {
            if (readiness.get(arm.engine()) instanceof Readiness.Absent(Status status, String reason)) {
                return new Lack(status, reason);
            }
            Failures failed = failures.get(arm);
            return failed == null ? null : new Lack(Status.FAILED, failed.first);
        }
    }

    /**
     * Runs what is not done yet, in this order, until all is over or the lab is asked to stop.
     *
     * @throws tandem.core.Failure if a result cannot be written
     */
    void run(List<Planned> plan) {
        Set<EngineName> engines = plan.stream().map(trial -> trial.arm.engine()).collect(Collectors.toSet());
        for (EngineName engine : engines) {
            if (!readiness.containsKey(engine)) {
                ready(engine);
            }
        }
        synchronized (watcher) {
            waiting.clear();
            plan.stream().filter(this::open).forEach(waiting::add);
            trials = plan.size();
            over = trials - waiting.size();
            seconds.clear();
            plan.stream()
                    .filter(trial -> store.holds(trial.arm, trial.seed))
                    .forEach(trial -> took(store.of(trial.arm).get(trial.seed)));
            watcher.begin(over, trials);
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            lanes.forEach(lane -> running.add(threads.submit(() -> work(lane))));
            running.forEach(TrialRunner::await);
        }
    }

    private void ready(EngineName engine) {
        Readiness state = workers.ready(engine, watcher, stop);
        synchronized (watcher) {
            readiness.put(engine, state);
            if (state instanceof Readiness.Absent(Status status, String reason)) {
                watcher.missing(engine.toString(), status, reason);
            }
        }
    }

    private boolean open(Planned trial) {
        return !store.holds(trial.arm, trial.seed)
                && readiness.get(trial.arm.engine()) instanceof Readiness.Ready
                && !givenUp(trial.arm);
    }

    private boolean givenUp(Arm arm) {
        return failures.containsKey(arm) && failures.get(arm).inSuccession >= ENOUGH;
    }

    private static void await(Future<?> future) {
        try {
            future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(Lane lane) {
        boolean fine = false;
        try {
            for (Planned trial = next(); trial != null; trial = next()) {
                Readiness.Ready ready = (Readiness.Ready) readiness.get(trial.arm.engine());
                keep(trial, lane.train(trial.arm, trial.seed, ready.command()));
            }
            fine = true;
        } finally {
            if (!fine) {
                // What cannot be written is not worth computing: the other lanes end, too.
                synchronized (watcher) {
                    waiting.clear();
                }
            }
        }
    }

    private void took(TrialResult trial) {
        seconds.computeIfAbsent(trial.engine(), _ -> new ArrayList<>()).add(trial.seconds());
    }

    private Planned next() {
        synchronized (watcher) {
            return stop.raised() ? null : waiting.poll();
        }
    }

    private void keep(Planned trial, TrialResult result) {
        synchronized (watcher) {
            if (result.status() == Status.INTERRUPTED || result.status() == Status.FAILED && stop.raised()) {
                return;
            }
            if (result.status() == Status.DONE) {
                store.add(trial.arm, result);
                took(result);
                failures.computeIfPresent(trial.arm, (_, failed) -> new Failures(0, failed.first));
            } else {
                String sentence = "seed %d: %s".formatted(trial.seed, result.failure());
                failures.merge(
                        trial.arm,
                        new Failures(1, sentence),
                        (failed, _) -> new Failures(failed.inSuccession + 1, failed.first));
                if (givenUp(trial.arm)) {
                    over += (int) waiting.stream()
                            .filter(other -> other.arm.equals(trial.arm))
                            .count();
                    waiting.removeIf(other -> other.arm.equals(trial.arm));
                }
            }
            over++;
            watcher.over(result, over, trials, secondsLeft());
            kept.accept(this);
        }
    }

    /** From how long each engine's trials took before; null if an engine that waits has none yet. */
    private Double secondsLeft() {
        double left = 0;
        for (Planned trial : waiting) {
            List<Double> before = seconds.get(trial.arm.engine());
            if (before == null) {
                return null;
            }
            left += Sample.of(before).mean();
        }
        return left / lanes.size();
    }

    /** Ends the workers. */
    @Override
    public void close() {
        lanes.forEach(Lane::close);
    }
}
