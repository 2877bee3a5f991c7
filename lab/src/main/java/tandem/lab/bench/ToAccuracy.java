package tandem.lab.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import tandem.core.Recipe;
import tandem.lab.EngineName;
import tandem.lab.EngineResult.Status;
import tandem.lab.RunDirectory;
import tandem.lab.Sample;
import tandem.lab.StopSignal;
import tandem.lab.Workers;
import tandem.lab.Workers.Readiness;

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
     * @param median seconds
     * @param smallest seconds
     * @param largest seconds
     */
    public record Times(
            EngineName engine,
            Status status,
            String failure,
            List<Double> seconds,
            List<Integer> epochs,
            List<Double> testAccuracy,
            int n,
            Double mean,
            Double standardDeviation,
            Double median,
            Double smallest,
            Double largest) {

        static Times of(EngineName engine, List<TimedTrial> trials) {
            List<Double> seconds = new ArrayList<>();
            trials.forEach(trial -> seconds.add(trial.seconds()));
            List<Double> accuracies = new ArrayList<>();
            trials.forEach(trial -> accuracies.add(trial.testAccuracy()));
            TimedTrial worst = trials.stream()
                    .filter(trial -> trial.status() != Status.DONE)
                    .findFirst()
                    .orElse(null);
            List<Double> reached =
                    seconds.stream().filter(second -> second != null).toList();
            Sample sample = reached.isEmpty() ? null : Sample.of(reached);
            return new Times(
                    engine,
                    worst == null ? Status.DONE : worst.status(),
                    worst == null ? null : worst.failure(),
                    seconds,
                    trials.stream().map(TimedTrial::epochs).toList(),
                    accuracies,
                    reached.size(),
                    sample == null ? null : sample.mean(),
                    sample == null ? null : sample.standardDeviation(),
                    sample == null ? null : sample.median(),
                    sample == null ? null : sample.smallest(),
                    sample == null ? null : sample.largest());
        }
    }

    /** Trains every engine with every seed, one process at a time, seed by seed. */
    static ToAccuracy measure(
            Bench.Plan plan, Workers workers, RunDirectory directory, BenchWatcher watcher, StopSignal stop) {
        Goal goal = plan.goal();
        List<Long> seeds = LongStream.range(0, goal.seeds)
                .map(i -> plan.recipe().seed() + i)
                .boxed()
                .toList();
        Map<EngineName, Readiness> ready = new LinkedHashMap<>();
        Map<EngineName, List<TimedTrial>> trials = new LinkedHashMap<>();
        for (EngineName name : goal.names) {
            ready.put(name, workers.ready(name, watcher, stop));
            trials.put(name, new ArrayList<>());
            if (ready.get(name) instanceof Readiness.Absent(Status status, String reason)) {
                watcher.missing(name.toString(), status, reason);
            }
        }
        for (long seed : seeds) {
            Recipe recipe = plan.recipe().with(Map.of("seed", seed, "epochs", goal.epochs));
            for (EngineName name : goal.names) {
                Path log = directory.engine(name).resolve("seed-" + seed).resolve("worker.log");
                TimedTrial.Run trial = new TimedTrial.Run(
                        name,
                        recipe,
                        workers.threads(),
                        goal.target,
                        log.toAbsolutePath(),
                        plan.silence(),
                        watcher,
                        stop);
                trials.get(name).add(trial.of(ready.get(name)));
            }
        }
        return new ToAccuracy(
                goal.target,
                goal.epochs,
                seeds,
                goal.names.stream()
                        .map(name -> Times.of(name, trials.get(name)))
                        .toList());
    }
}
