package tandem.lab.parity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tandem.lab.EngineName;
import tandem.lab.EngineResult.Status;

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
public record EngineParity(
        EngineName engine,
        Status status,
        String failure,
        String library,
        String libraryVersion,
        boolean passed,
        String firstDivergingTensor,
        Diverging diverging,
        Boolean sameInputs,
        Double logitsError,
        Double predictionError,
        Double lossError,
        SequencedMap<String, Double> gradientRelativeError,
        SequencedMap<String, Double> parameterRelativeError,
        SequencedMap<String, Double> stateRelativeError,
        List<State> states,
        List<Double> loss,
        Double parameterDistance,
        Against against) {

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
     * @param checks in the order of {@link Verdict}
     */
    public record State(int afterSteps, List<Check> checks) {}

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
            String firstDivergingTensor,
            Double logitsError,
            SequencedMap<String, Double> gradientRelativeError,
            SequencedMap<String, Double> parameterRelativeError,
            SequencedMap<String, Double> stateRelativeError,
            Double parameterDistance) {

        static Against of(EngineName engine, List<Verdict> verdicts, Double parameterDistance) {
            return new Against(
                    engine,
                    verdicts.stream().allMatch(Verdict::passed),
                    verdicts.stream()
                            .flatMap(verdict -> verdict.firstDiverging().stream())
                            .map(Check::tensor)
                            .findFirst()
                            .orElse(null),
                    worst(verdicts, Quantity.LOGITS).get("logits"),
                    worst(verdicts, Quantity.GRADIENT),
                    worst(verdicts, Quantity.UPDATE),
                    worst(verdicts, Quantity.SQUARE_AVERAGE, Quantity.ACCUMULATED_DELTA),
                    parameterDistance);
        }
    }

    /** An engine that took no step. */
    static EngineParity without(EngineName engine, Status status, String failure, String library, String version) {
        return new EngineParity(
                engine,
                status,
                failure,
                library,
                version,
                false,
                null,
                null,
                null,
                null,
                null,
                null,
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                List.of(),
                List.of(),
                null,
                null);
    }

    /**
     * An engine that took all its steps.
     *
     * @param verdicts at the states after {@link ReferenceRun#STATES} steps
     */
    static EngineParity of(
            EngineName engine,
            String library,
            String version,
            List<Verdict> verdicts,
            boolean sameInputs,
            List<Double> loss,
            double parameterDistance,
            Against against) {
        List<State> states = new ArrayList<>();
        Diverging diverging = null;
        String tensor = null;
        for (int i = 0; i < verdicts.size(); i++) {
            int afterSteps = ReferenceRun.STATES.get(i);
            Verdict verdict = verdicts.get(i);
            states.add(new State(afterSteps, verdict.checks()));
            if (tensor == null && !verdict.passed()) {
                Check first = verdict.firstDiverging().orElseThrow();
                tensor = first.tensor();
                diverging = new Diverging(
                        afterSteps, first.quantity().toString(), first.error(), first.limit(), verdict.hint());
            }
        }
        return new EngineParity(
                engine,
                Status.DONE,
                sameInputs ? null : "it did not take its steps from what the lab gave it",
                library,
                version,
                tensor == null && sameInputs,
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
    private static SequencedMap<String, Double> worst(List<Verdict> verdicts, Quantity... quantities) {
        SequencedMap<String, Double> worst = new LinkedHashMap<>();
        for (Verdict verdict : verdicts) {
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
