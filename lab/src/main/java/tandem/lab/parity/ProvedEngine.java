package tandem.lab.parity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Require;
import tandem.lab.engines.EngineName;
import tandem.lab.progress.Status;

/**
 * How one engine compares with the reference; an entry of parity.json. Errors are the worst over the proof's states,
 * relative as {@link Quantity} says. What is not known is null.
 *
 * @param engine name as in tables
 * @param status done if it took all its steps, right or wrong
 * @param failure one sentence, or null
 * @param library what computed
 * @param libraryVersion its version
 * @param passed whether every error of every state is within its limit, and the inputs were those of the lab
 * @param firstDivergingTensor the first tensor over its limit, in backward order, at the first state where one is; null
 *     if there is none. Before the tensors come {@code logits}, {@code prediction} and {@code loss}.
 * @param diverging what of it is over which limit, and where to look; null if nothing is
 * @param sameInputs whether parameters, accumulators, images and masks of every proof were those of the lab
 * @param logitsError with dropout
 * @param predictionError logits without dropout
 * @param lossError before the update
 * @param gradientRelativeError by tensor, in backward order
 * @param parameterRelativeError of the update, by tensor
 * @param stateRelativeError the larger of both accumulators, by tensor
 * @param states every comparison, state by state
 * @param loss of each step of the trajectory
 * @param parameterDistance after the trajectory, over how far the reference moved
 * @param against the same comparison with another engine instead of the reference, or null
 */
public record ProvedEngine(
        EngineName engine,
        Status status,
        @Nullable String failure,
        String library,
        String libraryVersion,
        boolean passed,
        @Nullable String firstDivergingTensor,
        @Nullable Diverging diverging,
        @Nullable Boolean sameInputs,
        @Nullable Double logitsError,
        @Nullable Double predictionError,
        @Nullable Double lossError,
        SequencedMap<String, Double> gradientRelativeError,
        SequencedMap<String, Double> parameterRelativeError,
        SequencedMap<String, Double> stateRelativeError,
        List<AtState> states,
        List<Double> loss,
        @Nullable Double parameterDistance,
        @Nullable Against against) {
    /** @throws Failure if a value is out of its range */
    public ProvedEngine {
        Require.that(status == Status.DONE || failure != null, "failure", null, "a sentence, as not all is done");
        boolean right = status == Status.DONE
                && Boolean.TRUE.equals(sameInputs)
                && states.stream().flatMap(state -> state.checks().stream()).allMatch(Check::passed);
        Require.that(passed == right, "passed", passed, right + ", as its status, inputs and checks say");
    }

    /**
     * The first comparison over its limit.
     *
     * @param afterSteps the state
     * @param quantity what was compared
     * @param error relative
     * @param limit of a right engine
     * @param hint where a mistake that shows here usually lies
     */
    public record Diverging(int afterSteps, String quantity, double error, double limit, String hint) {}

    /**
     * The comparisons at one state.
     *
     * @param afterSteps steps the reference had trained
     * @param checks in the order of {@link StepVerdict}
     */
    public record AtState(int afterSteps, List<Check> checks) {}

    /**
     * A comparison with another engine.
     *
     * @param engine the other
     * @param passed whether every error is within twice the limit, as both round
     * @param firstDivergingTensor as above
     * @param logitsError as above
     * @param gradientRelativeError as above
     * @param parameterRelativeError as above
     * @param stateRelativeError as above
     * @param parameterDistance after the trajectory, over how far the reference moved
     */
    public record Against(
            EngineName engine,
            boolean passed,
            @Nullable String firstDivergingTensor,
            @Nullable Double logitsError,
            SequencedMap<String, Double> gradientRelativeError,
            SequencedMap<String, Double> parameterRelativeError,
            SequencedMap<String, Double> stateRelativeError,
            double parameterDistance) {

        static Against of(EngineName engine, List<StepVerdict> verdicts, double parameterDistance) {
            List<Check> checks = verdicts.stream()
                    .flatMap(verdict -> verdict.checks().stream())
                    .toList();
            Optional<Check> diverging =
                    checks.stream().filter(check -> !check.passed()).findFirst();
            return new Against(
                    engine,
                    diverging.isEmpty(),
                    diverging.map(Check::tensor).orElse(null),
                    worst(verdicts, Quantity.LOGITS).get("logits"),
                    worst(verdicts, Quantity.GRADIENT),
                    worst(verdicts, Quantity.UPDATE),
                    worst(verdicts, Quantity.SQUARE_AVERAGE, Quantity.ACCUMULATED_DELTA),
                    parameterDistance);
        }
    }

    /** An engine that took no step. */
    static ProvedEngine without(EngineName engine, Status status, String failure, String library, String version) {
        return of(engine, status, failure, library, version, List.of(), null, List.of(), null, null);
    }

    /** What an engine made of its steps, from the states after {@link ReferenceRun#STATES} steps on. */
    static ProvedEngine of(
            EngineName engine,
            Status status,
            @Nullable String failure,
            String library,
            String version,
            List<StepVerdict> verdicts,
            @Nullable Boolean sameInputs,
            List<Double> loss,
            @Nullable Double parameterDistance,
            @Nullable Against against) {
        List<AtState> states = new ArrayList<>();
        Diverging diverging = null;
        String tensor = null;
        for (int i = 0; i < verdicts.size(); i++) {
            int afterSteps = ReferenceRun.STATES.get(i);
            StepVerdict verdict = verdicts.get(i);
            states.add(new AtState(afterSteps, verdict.checks()));
            if (tensor == null && !verdict.passed()) {
                Check first = verdict.firstDiverging().orElseThrow();
                tensor = first.tensor();
                diverging = new Diverging(
                        afterSteps, first.quantity().toString(), first.error(), first.limit(), verdict.hint());
            }
        }
        return new ProvedEngine(
                engine,
                status,
                failure,
                library,
                version,
                status == Status.DONE && tensor == null && Boolean.TRUE.equals(sameInputs),
                tensor,
                diverging,
                sameInputs,
                worst(verdicts, Quantity.LOGITS).get("logits"),
                worst(verdicts, Quantity.PREDICTION).get("prediction"),
                worst(verdicts, Quantity.LOSS).get("loss"),
                worst(verdicts, Quantity.GRADIENT),
                worst(verdicts, Quantity.UPDATE),
                worst(verdicts, Quantity.SQUARE_AVERAGE, Quantity.ACCUMULATED_DELTA),
                states,
                loss,
                parameterDistance,
                against);
    }

    /** The largest error of some quantities over all states, by tensor. NaN is larger than any number. */
    private static SequencedMap<String, Double> worst(List<StepVerdict> verdicts, Quantity... quantities) {
        SequencedMap<String, Double> worst = new LinkedHashMap<>();
        for (StepVerdict verdict : verdicts) {
            for (Check check : verdict.checks()) {
                if (List.of(quantities).contains(check.quantity())) {
                    worst.merge(check.tensor(), check.error(), Math::max);
                }
            }
        }
        return worst;
    }

    /** The tensor whose error is largest, with the error. */
    public static Map.Entry<String, Double> largest(SequencedMap<String, Double> errors) {
        return errors.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
    }
}
