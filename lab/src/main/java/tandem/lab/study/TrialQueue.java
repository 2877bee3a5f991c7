package tandem.lab.study;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Launch;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;
import tandem.lab.statistics.Sample;

/**
 * Runs trials, some at a time, and keeps each one as soon as it is done. A trial that fails does not keep the others
 * from running; after two failures in succession the rest of its arm is given up.
 */
final class TrialQueue implements AutoCloseable {
    /** An arm that failed so often in succession is given up. */
    private static final int ENOUGH = 2;

    private final Workers workers;
    private final TrialStore store;
    private final Consumer<TrialQueue> kept;
    private final List<Lane> lanes;
    private final Map<EngineName, Outcome<Launch>> readiness = new HashMap<>();
    private final Map<Arm, Failures> failures = new HashMap<>();

    /** Guarded by this object, as all that lanes share. Progress is told without holding it. */
    private final Deque<Planned> waiting = new ArrayDeque<>();

    private final Map<EngineName, List<Double>> seconds = new HashMap<>();
    private int over;
    private int trials;
    private volatile boolean ended;

    /** A trial to run. */
    record Planned(Arm arm, long seed) {
        /** Seed by seed, so that arms can be compared at any time. */
        static List<Planned> all(Collection<Arm> arms, List<Long> seeds) {
            List<Planned> trials = new ArrayList<>();
            seeds.forEach(seed -> arms.forEach(arm -> trials.add(new Planned(arm, seed))));
            return trials;
        }
    }

    private record Failures(int inSuccession, String first) {}

    /**
     * Runs trials, and writes what they say after every one.
     *
     * @param workers with the threads that each may use
     * @param parallel how many trials at a time
     * @param file of the directory that the summary is written to
     * @param summary what the trials that are done say
     * @param begin called when the first summary is written
     * @param work runs trials
     * @return the summary at the end
     * @throws tandem.core.Failure if a result cannot be written
     */
    static <S> S run(
            Workers workers,
            TrialStore store,
            int parallel,
            RunDirectory directory,
            String file,
            Function<TrialQueue, S> summary,
            Runnable begin,
            Consumer<TrialQueue> work) {
        Consumer<TrialQueue> kept = trials -> directory.write(file, summary.apply(trials));
        try (TrialQueue trials = new TrialQueue(workers, store, directory.path().resolve("workers"), parallel, kept)) {
            kept.accept(trials);
            begin.run();
            work.accept(trials);
            trials.ended = true;
            S end = summary.apply(trials);
            directory.write(file, end);
            return end;
        }
    }

    /** @param kept called after every trial, by one thread at a time */
    private TrialQueue(Workers workers, TrialStore store, Path logs, int parallel, Consumer<TrialQueue> kept) {
        this.workers = workers;
        this.store = store;
        this.kept = kept;
        lanes = IntStream.rangeClosed(1, parallel)
                .mapToObj(number -> new Lane(number, logs, workers))
                .toList();
    }

    /** The trials that are done. */
    TrialStore store() {
        return store;
    }

    /** What an arm's trials with some seeds yield so far. */
    ArmResult result(Arm arm, Collection<Long> seeds) {
        return ArmResult.of(arm, seeds, store.of(arm), lack(arm));
    }

    /** Where these arms stand. */
    StudyState state(List<ArmResult> arms) {
        return ended ? StudyState.of(workers.stop().raised(), arms) : StudyState.RUNNING;
    }

    /** Why an arm has not all its trials; null if nothing went wrong with it. */
    synchronized Outcome.@Nullable Missing<Launch> lack(Arm arm) {
        if (readiness.get(arm.engine()) instanceof Outcome.Missing<Launch> missing) {
            return missing;
        }
        Failures failed = failures.get(arm);
        return failed == null ? null : new Outcome.Missing<>(Status.FAILED, failed.first);
    }

    /** Runs what is not done yet, in this order, until all is over or the lab is asked to stop. */
    void run(List<Planned> plan) {
        plan.stream()
                .map(trial -> trial.arm.engine())
                .distinct()
                .filter(engine -> !readiness.containsKey(engine))
                .forEach(this::ready);
        workers.progress().accept(begin(plan));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            lanes.forEach(lane -> running.add(threads.submit(() -> work(lane))));
            running.forEach(TrialQueue::await);
        }
    }

    private void ready(EngineName engine) {
        Outcome<Launch> outcome = workers.ready(engine);
        synchronized (this) {
            readiness.put(engine, outcome);
        }
        outcome.ifMissing(missing -> workers.tell(engine, missing));
    }

    private synchronized Progress begin(List<Planned> plan) {
        waiting.clear();
        plan.stream().filter(this::open).forEach(waiting::add);
        trials = plan.size();
        over = trials - waiting.size();
        seconds.clear();
        plan.stream()
                .flatMap(trial -> Stream.ofNullable(store.of(trial.arm).get(trial.seed)))
                .forEach(this::took);
        return new Progress.Trials(over, trials);
    }

    private boolean open(Planned trial) {
        return !store.holds(trial.arm, trial.seed)
                && readiness.get(trial.arm.engine()) instanceof Outcome.Result<Launch>
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
            if (e.getCause() instanceof Error error) {
                throw error;
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
                if (readiness.get(trial.arm.engine()) instanceof Outcome.Result<Launch>(Launch launch)) {
                    keep(trial, lane.train(trial.arm, trial.seed, launch, store.underWay(trial.arm, trial.seed)))
                            .ifPresent(workers.progress());
                }
            }
            fine = true;
        } finally {
            if (!fine) {
                // What cannot be written is not worth computing: the other lanes end, too.
                synchronized (this) {
                    waiting.clear();
                }
            }
        }
    }

    private void took(TrialResult trial) {
        seconds.computeIfAbsent(trial.engine(), _ -> new ArrayList<>()).add(trial.seconds());
    }

    private synchronized @Nullable Planned next() {
        return workers.stop().raised() ? null : waiting.poll();
    }

    private synchronized Optional<Progress> keep(Planned trial, TrialResult result) {
        Status status = result.status();
        if (status == Status.INTERRUPTED
                || status == Status.FAILED && workers.stop().raised()) {
            return Optional.empty();
        }
        if (status == Status.DONE) {
            store.add(trial.arm, result);
            took(result);
            failures.computeIfPresent(trial.arm, (_, failed) -> new Failures(0, failed.first));
        } else {
            String sentence = "seed %s: %s".formatted(trial.seed, result.failure());
            failures.merge(
                    trial.arm,
                    new Failures(1, sentence),
                    (failed, _) -> new Failures(failed.inSuccession + 1, failed.first));
            if (givenUp(trial.arm)) {
                int before = waiting.size();
                waiting.removeIf(other -> other.arm.equals(trial.arm));
                over += before - waiting.size();
            }
        }
        over++;
        kept.accept(this);
        return Optional.of(new Progress.TrialOver(
                result.arm(),
                result.seed(),
                status,
                result.failure(),
                status == Status.DONE ? result.testAccuracy() : null,
                result.seconds(),
                over,
                trials,
                secondsLeft()));
    }

    /** From how long each engine's trials took before; null if an engine that waits has none yet. */
    private @Nullable Double secondsLeft() {
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
