package tandem.lab.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Recipe;
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

    /** Trains every engine with every seed, one process at a time, seed by seed. */
    static ToAccuracy measure(Bench.Plan plan, Goal goal, Workers workers, RunDirectory directory) {
        long first = plan.recipe().seed();
        List<Long> seeds = LongStream.range(first, first + goal.seeds).boxed().toList();
        Map<EngineName, Outcome<Launch>> ready = new LinkedHashMap<>();
        Map<EngineName, List<Attempt>> trials = new LinkedHashMap<>();
        for (EngineName name : goal.names) {
            ready.put(name, workers.ready(name).ifMissing(missing -> workers.tell(name, missing)));
        }
        for (long seed : seeds) {
            Recipe recipe = plan.recipe().with(Map.of("seed", seed, "epochs", goal.epochs));
            for (EngineName name : goal.names) {
                Path log = directory.engine(name).resolve("seed-" + seed).resolve("worker.log");
                Path absolute = log.toAbsolutePath();
                Outcome<Launch> launch = Objects.requireNonNull(ready.get(name));
                trials.computeIfAbsent(name, _ -> new ArrayList<>())
                        .add(Attempt.of(name, recipe, goal.target, launch, absolute, workers));
            }
        }
        return new ToAccuracy(
                goal.target,
                goal.epochs,
                seeds,
                goal.names.stream()
                        .map(name -> Times.of(name, trials.getOrDefault(name, List.of())))
                        .toList());
    }
}
