package tandem.lab.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tandem.core.Recipe;
import tandem.lab.engines.EngineName;
import tandem.lab.progress.Status;
import tandem.lab.run.Machine;
import tandem.lab.table.Column.Medium;
import tandem.lab.table.TableText;

/** What is said of four engines: a right one, a wrong one, one that had other inputs and one that failed. */
final class ParityTablesTest {
    private static final Machine MACHINE = new Machine(null, 2, 1, "", "", 1, new LinkedHashMap<>(), null);
    private static final EngineName RIGHT = new EngineName("right");

    private static SequencedMap<String, Double> errors(double weight, double bias) {
        SequencedMap<String, Double> errors = new LinkedHashMap<>();
        errors.put("fc2.weight", weight);
        errors.put("fc2.bias", bias);
        return errors;
    }

    private static ProvedEngine done(
            EngineName name, ProvedEngine.@Nullable Diverging diverging, boolean sameInputs, double loss) {
        return new ProvedEngine(
                name,
                Status.DONE,
                sameInputs ? null : "it did not take its steps from what the lab gave it",
                "library",
                "1.2",
                diverging == null && sameInputs,
                diverging == null ? null : "fc2.bias",
                diverging,
                sameInputs,
                2.04e-6,
                1e-7,
                1e-7,
                errors(3e-6, 2e-6),
                errors(4e-6, 5e-6),
                errors(6e-6, 7e-6),
                List.of(new ProvedEngine.AtState(
                        5, List.of(new Check(Quantity.GRADIENT, "fc2.bias", diverging == null ? 1e-6 : 2e-3, 1e-5)))),
                List.of(loss, 2.5),
                0.015,
                name.equals(RIGHT)
                        ? null
                        : new ProvedEngine.Against(
                                RIGHT,
                                diverging == null,
                                diverging == null ? null : "fc2.bias",
                                8e-6,
                                errors(9e-6, 1e-6),
                                errors(1e-6, 1.1e-5),
                                errors(1.2e-5, 1e-6),
                                0.1));
    }

    private static Parity parity(int steps, List<Double> losses, ProvedEngine... engines) {
        return new Parity(
                "tandem parity",
                Recipe.HARMONIZED,
                MACHINE,
                null,
                0,
                steps,
                losses,
                losses.stream().map(loss -> loss / 1e9).toList(),
                4e-7,
                List.of(),
                RIGHT,
                List.of(engines));
    }

    private static final Parity PARITY = parity(
            2,
            List.of(2.25, 2.0),
            done(RIGHT, null, true, 2.25),
            done(
                    EngineName.parse("wrong:fast"),
                    new ProvedEngine.Diverging(5, "gradient", 2e-3, 1e-5, "the backward pass of fc2.bias"),
                    true,
                    2.125),
            done(new EngineName("elsewhere"), null, false, 3.25),
            ProvedEngine.without(new EngineName("faulty"), Status.FAILED, "the worker died", "faults", "1"));

    @Test
    void everyEngineHasItsWorstErrors() {
        assertEquals(
                List.of(
                        "engine | logits | gradient, worst | accumulators, worst | update, worst | first diverging"
                                + " | verdict | library",
                        "right | 2.0e-06 | 3.0e-06 fc2.weight | 7.0e-06 fc2.bias | 5.0e-06 fc2.bias | - | passed"
                                + " | library 1.2",
                        "wrong (fast) | 2.0e-06 | 3.0e-06 fc2.weight | 7.0e-06 fc2.bias | 5.0e-06 fc2.bias | fc2.bias"
                                + " | FAILED | library 1.2",
                        "elsewhere | 2.0e-06 | 3.0e-06 fc2.weight | 7.0e-06 fc2.bias | 5.0e-06 fc2.bias | - | FAILED"
                                + " | library 1.2",
                        "faulty | - | - | - | - | - | failed | faults 1"),
                TableText.of(ParityTables.proof(PARITY), Medium.TERMINAL));
    }

    @Test
    void othersAreComparedWithTheEngineThatWasNamed() {
        assertEquals(
                List.of(
                        "Against right | Logits, worst error | Gradient, worst error | Accumulators, worst error"
                                + " | Update, worst error | Differs first in | Verdict",
                        "wrong (fast) | 8.0e-06 | 9.0e-06 fc2.weight | 1.2e-05 fc2.weight | 1.1e-05 fc2.bias | fc2.bias"
                                + " | DIFFERENT",
                        "elsewhere | 8.0e-06 | 9.0e-06 fc2.weight | 1.2e-05 fc2.weight | 1.1e-05 fc2.bias | -"
                                + " | equal"),
                TableText.of(ParityTables.against(PARITY), Medium.PAGE));
    }

    @Test
    void trajectoriesAreDistancesFromTheReference() {
        assertEquals(List.of(1.0, 0.5), PARITY.lossDistances(PARITY.engines().get(2)));
        assertEquals(
                List.of(
                        "loss, distance | step 0 | step 1 | parameters at the end",
                        "one rounding | 2.3e-09 | 2.0e-09 | 4.0e-07",
                        "right | 0.0e+00 | 5.0e-01 | 1.5e-02",
                        "wrong (fast) | 1.3e-01 | 5.0e-01 | 1.5e-02",
                        "elsewhere | 1.0e+00 | 5.0e-01 | 1.5e-02"),
                TableText.of(ParityTables.trajectories(PARITY), Medium.TERMINAL));
        assertEquals(
                "Engine | Parameters, relative distance",
                TableText.of(ParityTables.trajectories(PARITY), Medium.PAGE).getFirst());
    }

    @Test
    void ofManyStepsSomeAreShownAndTheLast() {
        assertEquals("step 0 |", shown(1));
        assertEquals("step 0 | step 1 | step 2 | step 5 | step 9 |", shown(10));
        assertEquals("step 0 | step 1 | step 2 | step 5 | step 10 | step 20 | step 49 |", shown(50));
        assertEquals("step 0 | step 1 | step 2 | step 5 | step 10 | step 20 | step 50 |", shown(51));
        assertEquals(
                "step 0 | step 1 | step 2 | step 5 | step 10 | step 20 | step 50 | step 100 | step 200 | step 210 |",
                shown(211));
    }

    private static String shown(int steps) {
        List<Double> losses = new ArrayList<>(Collections.nCopies(steps, 2.0));
        String head = TableText.of(ParityTables.trajectories(parity(steps, losses)), Medium.TERMINAL)
                .getFirst();
        return head.substring("loss, distance | ".length(), head.length() - " parameters at the end".length());
    }

    @Test
    void whatIsWrongIsSaidInSentences() {
        assertEquals(
                List.of(
                        "wrong (fast) differs first in fc2.bias (gradient, after 5 steps): error 2.0e-03, limit"
                                + " 1.0e-05. Look at: the backward pass of fc2.bias.",
                        "elsewhere: it did not take its steps from what the lab gave it",
                        "faulty: the worker died"),
                ParityTables.explanations(PARITY));
    }
}
