package tandem.lab.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Recipe;
import tandem.core.Require;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Launch;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Status;
import tandem.lab.run.RunDirectory;
import tandem.lab.statistics.Sample;

/**
 * How long it takes from nothing to an accuracy: a fresh process for every engine and seed, and its wall time until the
 * accuracy on the test images is reached at the end of an epoch. Loading, compiling, training and evaluating count.
 *
 * @param target accuracy to reach, from 0 to 1
 * @param epochs after which a trial gives up
 * @param seeds of the trials, the same for every engine
 * @param engines in the order asked for
 */
public record ToAccuracy(double target, int epochs, List<Long> seeds, List<Times> engines) {
    /** @throws Failure if a value is out of its range */
    public ToAccuracy {
        Require.share("target", target);
        Require.atLeast(1, "epochs", epochs);
        for (Times times : engines) {
            Require.that(
                    times.seconds.size() == seeds.size(),
                    "seconds of " + times.engine,
                    times.seconds,
                    "one for each of %s seeds".formatted(seeds.size()));
        }
    }

    /**
     * What to reach.
     *
     * @param names engines and variants, in the order of their turns
     * @param target accuracy to reach, from 0 to 1
     * @param seeds how many trials of each, with the recipe's seed and those after it
     * @param epochs after which a trial gives up
     */
    public record Goal(List<EngineName> names, double target, int seeds, int epochs) {}

    /**
     * How long one engine took. Lists have one entry for each seed; the figures are over those that reached the target.
     *
     * @param engine name as in tables
     * @param status how its trials ended: done, even if the target was not reached
     * @param failure one sentence, or null
     * @param seconds wall time, or null where the target was not reached
     * @param epochs done by then, or until the trial gave up
     * @param testAccuracy after the last of them, or null if there was none
     * @param n how many reached the target
     * @param mean seconds, null if none reached it
     * @param standardDeviation seconds, null if fewer than two reached it
     * @param median seconds, null if none reached it
     * @param smallest seconds, null if none reached it
     * @param largest seconds, null if none reached it
     */
    public record Times(
            EngineName engine,
            Status status,
            @Nullable String failure,
            List<@Nullable Double> seconds,
            List<Integer> epochs,
            List<@Nullable Double> testAccuracy,
            int n,
            @Nullable Double mean,
            @Nullable Double standardDeviation,
            @Nullable Double median,
            @Nullable Double smallest,
            @Nullable Double largest) {
        /** @throws Failure if a value is out of its range */
        public Times {
            Require.that(status == Status.DONE || failure != null, "failure", null, "a sentence, as not all is done");
            Require.that(
                    epochs.size() == seconds.size() && testAccuracy.size() == seconds.size(),
                    "epochs",
                    epochs,
                    "as many as seconds, and as testAccuracy");
            seconds.forEach(value -> Require.positive("seconds", value));
            epochs.forEach(value -> Require.atLeast(0, "epochs", (long) value));
            testAccuracy.forEach(value -> Require.share("testAccuracy", value));
            Require.that(n == seconds.stream().filter(Objects::nonNull).count(), "n", n, "how many seconds are known");
            Require.that(
                    (mean == null) == (n == 0)
                            && (median == null) == (n == 0)
                            && (smallest == null) == (n == 0)
                            && (largest == null) == (n == 0),
                    "mean",
                    mean,
                    "known, with median, smallest and largest, if n is not 0");
            Require.positive("mean", mean);
            Require.atLeast(0.0, "standardDeviation", standardDeviation);
            Require.positive("median", median);
            Require.positive("smallest", smallest);
            Require.positive("largest", largest);
        }

        static Times of(EngineName engine, List<Attempt> trials) {
            // What is not known is null, which toList() keeps.
            List<@Nullable Double> seconds =
                    trials.stream().<@Nullable Double>map(Attempt::seconds).toList();
            List<Double> reached = seconds.stream().flatMap(Stream::ofNullable).toList();
            Sample sample = reached.isEmpty() ? null : Sample.of(reached);
            Attempt worst = trials.stream()
                    .filter(trial -> trial.status() != Status.DONE)
                    .findFirst()
                    .orElse(trials.getFirst());
            return new Times(
                    engine,
                    worst.status(),
                    worst.failure(),
                    seconds,
                    trials.stream().map(Attempt::epochs).toList(),
                    trials.stream().<@Nullable Double>map(Attempt::testAccuracy).toList(),
                    reached.size(),
                    sample == null ? null : sample.mean(),
                    sample == null ? null : sample.standardDeviation(),
                    sample == null ? null : sample.median(),
                    sample == null ? null : sample.smallest(),
                    sample == null ? null : sample.largest());
        }
    }

    /** Before the first trial; trials that ended in a run before are kept. */
    static ToAccuracy begun(Bench.Plan plan, Goal goal, @Nullable ToAccuracy before) {
        List<Long> seeds = seeds(plan, goal);
        Map<EngineName, List<Attempt>> attempts = new LinkedHashMap<>();
        for (EngineName name : goal.names) {
            attempts.put(
                    name,
                    seeds.stream()
                            .map(seed -> attempt(name, seed, goal, before))
                            .toList());
        }
        return of(goal, seeds, attempts);
    }

    private static List<Long> seeds(Bench.Plan plan, Goal goal) {
        long first = plan.recipe().seed();
        return LongStream.range(first, first + goal.seeds).boxed().toList();
    }

    private static Attempt attempt(EngineName name, long seed, Goal goal, @Nullable ToAccuracy before) {
        Attempt waiting = Attempt.waiting(seed);
        if (before == null || before.target != goal.target || before.epochs != goal.epochs) {
            return waiting;
        }
        int index = before.seeds.indexOf(seed);
        return before.engines.stream()
                .filter(times -> times.engine.equals(name) && index >= 0 && index < times.seconds.size())
                .map(times -> new Attempt(
                        Status.DONE,
                        null,
                        times.seconds.get(index),
                        times.epochs.get(index),
                        times.testAccuracy.get(index)))
                .filter(attempt -> ended(attempt, goal))
                .findFirst()
                .orElse(waiting);
    }

    /** Whether the accuracy was reached, or all epochs did not suffice. */
    private static boolean ended(Attempt attempt, Goal goal) {
        return attempt.seconds() != null || attempt.status() == Status.DONE && attempt.epochs() == goal.epochs;
    }

    private static ToAccuracy of(Goal goal, List<Long> seeds, Map<EngineName, List<Attempt>> attempts) {
        return new ToAccuracy(
                goal.target,
                goal.epochs,
                seeds,
                attempts.entrySet().stream()
                        .map(engine -> Times.of(engine.getKey(), engine.getValue()))
                        .toList());
    }

    /**
     * Trains every engine with every seed, one process at a time, seed by seed.
     *
     * @param begun what is done already
     * @param kept is told what is done after every trial
     */
    static ToAccuracy measure(
            Bench.Plan plan,
            Goal goal,
            ToAccuracy begun,
            Workers workers,
            RunDirectory directory,
            Consumer<ToAccuracy> kept) {
        List<Long> seeds = seeds(plan, goal);
        Map<EngineName, Outcome<Launch>> ready = new LinkedHashMap<>();
        Map<EngineName, List<Attempt>> attempts = new LinkedHashMap<>();
        for (EngineName name : goal.names) {
            attempts.put(
                    name,
                    new ArrayList<>(seeds.stream()
                            .map(seed -> attempt(name, seed, goal, begun))
                            .toList()));
            ready.put(name, workers.ready(name).ifMissing(missing -> workers.tell(name, missing)));
        }
        for (int i = 0; i < seeds.size(); i++) {
            Recipe recipe = plan.recipe().with(Map.of("seed", seeds.get(i), "epochs", goal.epochs));
            for (EngineName name : goal.names) {
                List<Attempt> own = Objects.requireNonNull(attempts.get(name));
                if (!ended(own.get(i), goal)) {
                    Path log = directory
                            .engine(name)
                            .resolve("seed-" + seeds.get(i))
                            .resolve("worker.log");
                    Outcome<Launch> launch = Objects.requireNonNull(ready.get(name));
                    own.set(i, Attempt.of(name, recipe, goal.target, launch, log.toAbsolutePath(), workers));
                    kept.accept(of(goal, seeds, attempts));
                }
            }
        }
        return of(goal, seeds, attempts);
    }
}
