package tandem.lab.study;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Require;
import tandem.core.engine.Library;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Outcome;
import tandem.lab.progress.Status;
import tandem.lab.statistics.Estimate;

/**
 * What one engine's trials on one recipe yield. Figures are over the seeds that are done.
 *
 * @param name as in tables
 * @param engine that trained
 * @param status done if every seed asked for is
 * @param failure why one is not, in one sentence, or null
 * @param library what computed; null if no trial is done
 * @param testAccuracy after the last epoch, from 0 to 1
 * @param testLoss after the last epoch
 * @param trainSeconds of a trial, without evaluation
 * @param epochsToTarget until the test accuracy was first at least {@value #TARGET}, over the seeds that reached it
 * @param secondsToTarget of training until then, without evaluation
 * @param trials each seed
 */
public record ArmResult(
        String name,
        EngineName engine,
        Status status,
        @Nullable String failure,
        @Nullable Library library,
        Estimate testAccuracy,
        Estimate testLoss,
        Estimate trainSeconds,
        Estimate epochsToTarget,
        Estimate secondsToTarget,
        List<Seed> trials) {
    /** @throws Failure if a value is out of its range */
    public ArmResult {
        Require.that(
                trials.stream().map(Seed::seed).distinct().count() == trials.size(),
                "trials",
                trials.stream().map(Seed::seed).toList(),
                "of different seeds");
        for (Estimate estimate : List.of(testAccuracy, testLoss, trainSeconds)) {
            Require.that(estimate.n() == trials.size(), "n", estimate.n(), "the number of trials, " + trials.size());
        }
        checkMean("testAccuracy", testAccuracy, trials, Seed::testAccuracy);
        checkMean("testLoss", testLoss, trials, Seed::testLoss);
        checkMean("trainSeconds", trainSeconds, trials, Seed::trainSeconds);
        Require.that(
                epochsToTarget.n() == secondsToTarget.n() && epochsToTarget.n() <= trials.size(),
                "n",
                epochsToTarget.n(),
                "as of secondsToTarget, and at most the number of trials");
        Require.share("testAccuracy.mean", testAccuracy.mean());
        Require.that(status == Status.DONE || failure != null, "failure", null, "a sentence, as not all is done");
    }

    /** The test accuracy whose epochs and seconds are counted. */
    public static final double TARGET = 0.99;

    /**
     * One seed.
     *
     * @param testAccuracy after the last epoch, from 0 to 1
     * @param testLoss after the last epoch
     * @param trainSeconds without evaluation
     * @param epochsToTarget null if it was not reached
     * @param secondsToTarget null if it was not reached
     */
    public record Seed(
            long seed,
            double testAccuracy,
            double testLoss,
            double trainSeconds,
            @Nullable Integer epochsToTarget,
            @Nullable Double secondsToTarget) {
        /** @throws Failure if a value is out of its range */
        public Seed {
            Require.share("testAccuracy", testAccuracy);
            Require.finite("testLoss", testLoss);
            Require.atLeast(0.0, "trainSeconds", trainSeconds);
            Require.that(
                    (epochsToTarget == null) == (secondsToTarget == null),
                    "epochsToTarget",
                    epochsToTarget,
                    "known if secondsToTarget is");
            Require.that(epochsToTarget == null || epochsToTarget >= 1, "epochsToTarget", epochsToTarget, "at least 1");
            Require.atLeast(0.0, "secondsToTarget", secondsToTarget);
        }

        private static Seed of(TrialResult trial) {
            return new Seed(
                    trial.seed(),
                    trial.testAccuracy(),
                    trial.testLoss(),
                    trial.trainSeconds(),
                    trial.epochsTo(TARGET),
                    trial.secondsTo(TARGET));
        }
    }

    /** What a table says of an arm is what its trials say; the last digit depends on who adds. */
    private static void checkMean(String name, Estimate estimate, List<Seed> trials, ToDoubleFunction<Seed> figure) {
        double mean = trials.stream().mapToDouble(figure).average().orElse(0);
        Require.that(
                estimate.mean() == null || Math.abs(estimate.mean() - mean) <= 1e-9 * Math.max(1, Math.abs(mean)),
                name + ".mean",
                estimate.mean(),
                "the mean of its trials, " + mean);
    }

    /** What the trials of an arm yield; {@code lack} says why some are missing, or is null. */
    static ArmResult of(
            Arm arm, Collection<Long> seeds, SortedMap<Long, TrialResult> done, Outcome.@Nullable Missing<?> lack) {
        List<TrialResult> trials =
                seeds.stream().map(done::get).filter(Objects::nonNull).toList();
        Status status = Status.DONE;
        String failure = null;
        if (trials.size() < seeds.size()) {
            status = lack == null ? Status.INTERRUPTED : lack.status();
            failure = lack == null ? "%s of %s seeds are done".formatted(trials.size(), seeds.size()) : lack.reason();
        }
        return new ArmResult(
                arm.name(),
                arm.engine(),
                status,
                failure,
                trials.isEmpty() ? null : trials.getLast().library(),
                estimate(trials, TrialResult::testAccuracy),
                estimate(trials, TrialResult::testLoss),
                estimate(trials, TrialResult::trainSeconds),
                estimate(trials, trial -> trial.epochsTo(TARGET)),
                estimate(trials, trial -> trial.secondsTo(TARGET)),
                trials.stream().map(Seed::of).toList());
    }

    /** Test accuracies minus those of another one, in points, on the seeds that both have. */
    public List<Double> minus(ArmResult other) {
        Map<Long, Double> others = other.trials.stream().collect(Collectors.toMap(Seed::seed, Seed::testAccuracy));
        return trials.stream()
                .flatMap(trial -> Stream.ofNullable(others.get(trial.seed))
                        .map(accuracy -> 100 * (trial.testAccuracy - accuracy)))
                .toList();
    }

    /** How many seeds are done. */
    int seeds() {
        return testAccuracy.n();
    }

    /** Mean test accuracy in percent, or null. */
    public @Nullable Double meanPercent() {
        return testAccuracy.mean() == null ? null : 100 * testAccuracy.mean();
    }

    /** Standard deviation of the test accuracy in points, or null. */
    @Nullable
    Double standardDeviationPoints() {
        return testAccuracy.standardDeviation() == null ? null : 100 * testAccuracy.standardDeviation();
    }

    /** Test accuracies in percent. */
    public List<Double> percentages() {
        return trials.stream().map(trial -> 100 * trial.testAccuracy()).toList();
    }

    /** Seconds until the target; null for a trial that did not reach it. */
    public List<@Nullable Double> allSecondsToTarget() {
        return trials.stream().<@Nullable Double>map(Seed::secondsToTarget).toList();
    }

    /** Over the trials that have the figure. */
    private static Estimate estimate(
            List<TrialResult> trials, Function<TrialResult, ? extends @Nullable Number> figure) {
        return Estimate.of(trials.stream()
                .map(figure)
                .filter(Objects::nonNull)
                .map(Number::doubleValue)
                .toList());
    }
}
