package tandem.lab.study;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;
import tandem.lab.statistics.Sample;

/**
 * The trials that wait, and what became of the others: each is kept as soon as it is done, whatever ran it. A trial
 * that fails does not keep the others from running; after two failures in succession the rest of its arm is given up.
 */
final class TrialQueue implements TrialRunner.Source {
    /** An arm that failed so often in succession is given up. */
    private static final int ENOUGH = 2;

    /** With more trials than this, a summary takes longer to write than is good after every one of them. */
    private static final int MANY = 1000;

    private static final long PAUSE_NANOS = 1_000_000_000L;

    private final Workers workers;
    private final TrialStore store;
    private final TrialRunner runner;
    private final Consumer<TrialQueue> kept;
    private final Map<EngineName, Outcome<?>> readiness = new HashMap<>();
    private final Map<Arm, Failures> failures = new HashMap<>();

    /** Guarded by this object, as all that a runner's threads share. Progress is told without holding it. */
    private final Deque<Planned> waiting = new ArrayDeque<>();

    /** What the runner has taken but has no place for yet, as a cluster does. */
    private final Deque<Planned> taken = new ArrayDeque<>();

    /** What is being trained, with the {@link System#nanoTime} at which it began. */
    private final Map<Planned, Long> running = new HashMap<>();

    private final Map<EngineName, List<Double>> seconds = new HashMap<>();
    private int over;
    private int trials;
    private long summarised;
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
     * Runs trials, and writes what they say after every one; of very many, once a second.
     *
     * @param workers who are told what happens
     * @param runner of the trials; it is closed at the end
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
            TrialRunner runner,
            RunDirectory directory,
            String file,
            Function<TrialQueue, S> summary,
            Runnable begin,
            Consumer<TrialQueue> work) {
        Consumer<TrialQueue> kept = trials -> directory.write(file, summary.apply(trials));
        try (runner) {
            TrialQueue trials = new TrialQueue(workers, store, runner, kept);
            kept.accept(trials);
            begin.run();
            work.accept(trials);
            trials.ended = true;
            S end = summary.apply(trials);
            directory.write(file, end);
            return end;
        }
    }

    /** @param kept called after a trial, by one thread at a time */
    private TrialQueue(Workers workers, TrialStore store, TrialRunner runner, Consumer<TrialQueue> kept) {
        this.workers = workers;
        this.store = store;
        this.runner = runner;
        this.kept = kept;
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
    synchronized Outcome.@Nullable Missing<?> lack(Arm arm) {
        if (readiness.get(arm.engine()) instanceof Outcome.Missing<?> missing) {
            return missing;
        }
        Failures failed = failures.get(arm);
        return failed == null ? null : new Outcome.Missing<Object>(Status.FAILED, failed.first);
    }

    /** Runs what is not done yet, in this order, until all is over or the lab is asked to stop. */
    void run(List<Planned> plan) {
        plan.stream()
                .map(trial -> trial.arm.engine())
                .distinct()
                .filter(engine -> !readiness.containsKey(engine))
                .forEach(this::ready);
        workers.progress().accept(begin(plan));
        runner.run(this);
    }

    private void ready(EngineName engine) {
        Outcome<?> outcome = runner.ready(engine);
        synchronized (this) {
            readiness.put(engine, outcome);
        }
        if (outcome instanceof Outcome.Missing<?> missing) {
            workers.tell(engine, missing);
        }
    }

    private synchronized Progress begin(List<Planned> plan) {
        waiting.clear();
        taken.clear();
        running.clear();
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
                && readiness.get(trial.arm.engine()) instanceof Outcome.Result<?>
                && !givenUp(trial.arm);
    }

    private boolean givenUp(Arm arm) {
        return failures.containsKey(arm) && failures.get(arm).inSuccession >= ENOUGH;
    }

    private void took(TrialResult trial) {
        seconds.computeIfAbsent(trial.engine(), _ -> new ArrayList<>()).add(trial.seconds());
    }

    @Override
    public synchronized @Nullable Planned next() {
        Planned trial = workers.stop().raised() ? null : waiting.poll();
        if (trial != null) {
            taken.add(trial);
            fillPlaces();
        }
        return trial;
    }

    private void fillPlaces() {
        while (running.size() < runner.parallel() && !taken.isEmpty()) {
            running.put(taken.remove(), System.nanoTime());
        }
    }

    @Override
    public void over(Planned trial, TrialResult result) {
        boolean fine = false;
        try {
            keep(trial, result).ifPresent(workers.progress());
            fine = true;
        } finally {
            if (!fine) {
                // What cannot be written is not worth computing: no other trial begins.
                synchronized (this) {
                    waiting.clear();
                }
            }
        }
    }

    private synchronized Optional<Progress> keep(Planned trial, TrialResult result) {
        running.remove(trial);
        taken.remove(trial);
        fillPlaces();
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
        if (trials <= MANY || System.nanoTime() - summarised > PAUSE_NANOS) {
            kept.accept(this);
            summarised = System.nanoTime();
        }
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

    /**
     * From how long each engine's trials took before: all work over the places for it, but no less than the slowest
     * trial needs. Null if an engine whose trial is not over has none yet.
     */
    private @Nullable Double secondsLeft() {
        // Once for each engine: there may be many thousands of trials, and this is asked whenever one is over.
        Map<EngineName, Double> means = new HashMap<>();
        seconds.forEach((engine, before) -> means.put(engine, Sample.of(before).mean()));
        long now = System.nanoTime();
        double work = 0;
        double slowest = 0;
        for (Planned trial : Stream.concat(waiting.stream(), taken.stream()).toList()) {
            Double mean = means.get(trial.arm.engine());
            if (mean == null) {
                return null;
            }
            work += mean;
            slowest = Math.max(slowest, mean);
        }
        for (Map.Entry<Planned, Long> trial : running.entrySet()) {
            Double mean = means.get(trial.getKey().arm.engine());
            if (mean == null) {
                return null;
            }
            double left = Math.max(0, mean - (now - trial.getValue()) / 1e9);
            work += left;
            slowest = Math.max(slowest, left);
        }
        return Math.max(work / runner.parallel(), slowest);
    }
}
