package tandem.lab.study;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import tandem.core.engine.Library;
import tandem.lab.EngineName;
import tandem.lab.EngineResult.Status;
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
        String failure,
        Library library,
        Estimate testAccuracy,
        Estimate testLoss,
        Estimate trainSeconds,
        Estimate epochsToTarget,
        Estimate secondsToTarget,
        List<Trial> trials) {

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
    public record Trial(
            long seed,
            double testAccuracy,
            double testLoss,
            double trainSeconds,
            Integer epochsToTarget,
            Double secondsToTarget) {}

    /**
     * What an arm's trials yield.
     *
     * @param lack why some are missing, or null
     */
    static ArmResult of(Arm arm, Collection<Long> seeds, SortedMap<Long, TrialResult> done, TrialRunner.Lack lack) {
        List<TrialResult> trials =
                seeds.stream().map(done::get).filter(Objects::nonNull).toList();
        boolean complete = trials.size() == seeds.size();
        return new ArmResult(
                arm.name(),
                arm.engine(),
                complete ? Status.DONE : lack == null ? Status.INTERRUPTED : lack.status(),
                complete
                        ? null
                        : lack == null
                                ? "%d of %d seeds are done".formatted(trials.size(), seeds.size())
                                : lack.reason(),
                trials.isEmpty() ? null : trials.getLast().library(),
                estimate(trials, TrialResult::testAccuracy),
                estimate(trials, TrialResult::testLoss),
                estimate(trials, TrialResult::trainSeconds),
                estimate(trials, trial -> trial.epochsTo(TARGET)),
                estimate(trials, trial -> trial.secondsTo(TARGET)),
                trials.stream()
                        .map(trial -> new Trial(
                                trial.seed(),
                                trial.testAccuracy(),
                                trial.testLoss(),
                                trial.trainSeconds(),
                                trial.epochsTo(TARGET),
                                trial.secondsTo(TARGET)))
                        .toList());
    }

    /** Test accuracies by seed. */
    Map<Long, Double> accuracies() {
        return trials.stream().collect(Collectors.toMap(Trial::seed, Trial::testAccuracy));
    }

    /** Over the trials that have the figure. */
    private static Estimate estimate(List<TrialResult> trials, Function<TrialResult, Number> figure) {
        return Estimate.of(trials.stream()
                .map(figure)
                .filter(Objects::nonNull)
                .map(Number::doubleValue)
                .toList());
    }
}
