package tandem.lab.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tandem.core.Recipe;
import tandem.core.engine.Library;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Outcome;
import tandem.lab.progress.Status;
import tandem.lab.run.Machine;
import tandem.lab.statistics.Estimate;
import tandem.lab.statistics.PairedDifference;
import tandem.lab.statistics.Verdict;
import tandem.lab.study.Differences.Swap;
import tandem.lab.table.Column.Medium;
import tandem.lab.table.TableText;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Identity;

/** What is said of trials whose accuracies are known. */
final class StudyTablesTest {
    private static final Machine MACHINE = new Machine(null, 2, 1, "", "", 1, Map.of(), null);
    private static final Library LIBRARY = new Library("library", "1", "cpu", 1);

    /** A trial of two epochs of 5 and 6 s; the first with an accuracy of 0.5, or of the second if it {@code begins}. */
    private static TrialResult trial(Arm arm, long seed, double accuracy, boolean begins) {
        return new TrialResult(
                arm.name(),
                arm.engine(),
                seed,
                "",
                Status.DONE,
                null,
                List.of(
                        new Event.Epoch(1, 1, 1, begins ? accuracy : 0.5, 5, 100),
                        new Event.Epoch(2, 1, 1 - accuracy, accuracy, 6, 100)),
                12,
                LIBRARY,
                new Identity("", "", ""),
                "",
                "");
    }

    private static Arm arm(String name) {
        return new Arm(name, name, EngineName.parse("java"), Recipe.HARMONIZED);
    }

    /** An arm with trials of seeds from 42 on. */
    private static ArmResult result(String name, int seeds, Outcome.@Nullable Missing<?> lack, double... accuracies) {
        SortedMap<Long, TrialResult> done = new TreeMap<>();
        for (int i = 0; i < accuracies.length; i++) {
            done.put(42L + i, trial(arm(name), 42 + i, accuracies[i], i == 0));
        }
        return ArmResult.of(arm(name), Arm.seeds(Recipe.HARMONIZED, seeds), done, lack);
    }

    private static final ArmResult GOOD = result("good", 2, null, 0.992, 0.990);
    private static final ArmResult ONE =
            result("one", 2, new Outcome.Missing<>(Status.FAILED, "seed 43: the worker died"), 0.985);
    private static final ArmResult NONE =
            result("none", 2, new Outcome.Missing<>(Status.UNAVAILABLE, "it runs nowhere"));

    private static Study study(ArmResult... engines) {
        return new Study(
                "tandem study",
                StudyState.DONE,
                Recipe.HARMONIZED,
                MACHINE,
                1,
                List.of(42L, 43L),
                ArmResult.TARGET,
                null,
                List.of(engines),
                ArmPair.all(List.of(engines), 0.1));
    }

    @Test
    void figuresAreOverTheSeedsThatAreDone() {
        assertEquals(Status.DONE, GOOD.status());
        assertNull(GOOD.failure());
        assertEquals(LIBRARY, GOOD.library());
        assertEquals(0.991, GOOD.testAccuracy().mean(), 1e-15);
        assertEquals(0.009, GOOD.testLoss().mean(), 1e-15);
        assertEquals(11, GOOD.trainSeconds().mean());
        assertEquals(2, GOOD.seeds());
        assertEquals(99.1, GOOD.meanPercent(), 1e-12);
        assertEquals(100 * 0.002 / Math.sqrt(2), GOOD.standardDeviationPoints(), 1e-12);
        assertEquals(List.of(99.2, 99.0), GOOD.percentages());
        assertEquals(1.5, GOOD.epochsToTarget().mean(), "the first seed begins above the target");
        assertEquals(List.of(5.0, 11.0), GOOD.allSecondsToTarget());
        assertEquals(Arrays.asList((Double) null), ONE.allSecondsToTarget());
        assertEquals(
                new ArmResult.Seed(43, 0.990, 1 - 0.990, 11, 2, 11.0),
                GOOD.trials().getLast());
        assertEquals("seed 43: the worker died", ONE.failure());
        assertNull(ONE.standardDeviationPoints());
        assertNull(NONE.meanPercent());
        assertNull(NONE.library());
        ArmResult stopped = result("stopped", 3, null, 0.5, 0.5);
        assertEquals(Status.INTERRUPTED, stopped.status());
        assertEquals("2 of 3 seeds are done", stopped.failure());
    }

    @Test
    void pairsAreComparedOnTheSeedsThatBothHave() {
        List<Double> points = GOOD.minus(ONE);
        assertEquals(1, points.size());
        assertEquals(0.7, points.getFirst(), 1e-12);
        List<ArmPair> pairs = ArmPair.all(List.of(GOOD, ONE, NONE), 0.1);
        assertEquals(
                List.of("good one", "good none", "one none"),
                pairs.stream().map(pair -> pair.first() + " " + pair.second()).toList());
        assertEquals(List.of(1, 0, 0), pairs.stream().map(ArmPair::seeds).toList());
    }

    @Test
    void whereManyTrialsStand() {
        assertEquals(StudyState.DONE, StudyState.of(false, List.of(GOOD, NONE)));
        assertEquals(StudyState.FAILED, StudyState.of(false, List.of(GOOD, ONE)));
        assertEquals(StudyState.INTERRUPTED, StudyState.of(true, List.of(GOOD, ONE)));
        assertEquals("interrupted", StudyState.INTERRUPTED.toString());
        assertTrue(study(GOOD).complete());
        assertFalse(study(GOOD, NONE).complete());
    }

    @Test
    void everyEngineHasItsFigures() {
        // t(0.975, 1) = 12.706, times the standard deviation of 0.141 over the root of 2, is 1.271.
        String good = "2 | 99.100% | 0.141 | 97.829 to 100.000 | 0.0090 | 11.0 | 2 of 2 | 1.5 (0.7) | 8.0 (4.2)";
        assertEquals(
                List.of(
                        "engine | seeds | accuracy | sd | 95% interval | loss | train s | reached 99%"
                                + " | epochs to 99% (sd) | s to 99% (sd)",
                        "good | " + good),
                TableText.of(StudyTables.engines(study(GOOD)), Medium.TERMINAL));
        ArmResult once = result("once", 1, null, 0.99);
        assertEquals(
                List.of(
                        "engine | status | seeds | accuracy | sd | 95% interval | loss | train s | reached 99%"
                                + " | epochs to 99% (sd) | s to 99% (sd)",
                        "good | done | " + good,
                        "once | done | 1 | 99.000% | - | - | 0.0100 | 11.0 | 1 of 1 | 1.0 | 5.0",
                        "none | unavailable | 0 | - | - | - | - | - | 0 of 0 | - | -"),
                TableText.of(StudyTables.engines(study(GOOD, once, NONE)), Medium.TERMINAL));
        assertEquals(
                "Engine | Seeds | Test accuracy, %, mean | Standard deviation, points | 95% interval, % | Test loss"
                        + " | Training, s | Reached 99% | Epochs to 99%, mean (sd) | Time to 99%, s, mean (sd)",
                TableText.of(StudyTables.engines(study(GOOD, NONE)), Medium.PAGE)
                        .getFirst());
        assertEquals(
                List.of("one: failed: seed 43: the worker died", "none: unavailable: it runs nowhere"),
                StudyTables.missing(List.of(GOOD, ONE, NONE)));
    }

    private static ArmPair pair(double t, double p, double equivalenceP) {
        return new ArmPair(
                "java",
                "pytorch",
                new PairedDifference(
                        new Estimate(20, 0.21, 0.1, 0.16, 0.26), t, p, 0.1, equivalenceP, Verdict.DIFFERENT, null));
    }

    @Test
    void everyPairHasItsProbabilities() {
        List<ArmPair> pairs =
                List.of(pair(4.567, 0.00096, 0.001), new ArmPair("java", "none", PairedDifference.of(List.of(), 0.1)));
        assertEquals(
                List.of(
                        "first | second | seeds | difference | t | p | result",
                        "java | pytorch | 20 | +0.21 ± 0.05 | 4.57 | 0.001 | different: +0.21 ± 0.05",
                        "java | none | 0 | - | - | - | not decided: needs at least 2 seeds"),
                TableText.of(StudyTables.pairs(pairs), Medium.TERMINAL));
        assertEquals(
                List.of(
                        "First | Second | Seeds | Difference, points, ± 95% | p, t test | p, equivalence | Result",
                        "java | pytorch | 20 | +0.21 ± 0.05 | < 0.001 | 0.001 | different: +0.21 ± 0.05",
                        "java | none | 0 | - | - | - | not decided: needs at least 2 seeds"),
                TableText.of(StudyTables.pairs(pairs), Medium.PAGE));
    }

    @Test
    void everySwapSaysWhatIsMadeOfWhat() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("rho", 0.9);
        values.put("epsilon", 1e-6);
        Swap adadelta = new Swap(
                "published-pytorch",
                Choice.ADADELTA,
                values,
                Map.of("epsilon", 1e-7, "rho", 0.95),
                "published-pytorch, other rho and epsilon",
                pair(1, 0.01, 1).difference());
        Swap shuffling = new Swap(
                "published-pytorch",
                Choice.SHUFFLING,
                Map.of("shuffle", true),
                Map.of("shuffle", false),
                "published-pytorch, other shuffling",
                PairedDifference.of(List.of(), 0.1));
        Swap loss = new Swap(
                "published-pytorch",
                Choice.LOSS,
                Choice.LOSS.of(Recipe.PRESETS.get("published-pytorch")),
                Choice.LOSS.of(Recipe.PRESETS.get("published-tensorflow")),
                "",
                new PairedDifference(
                        new Estimate(20, 0.05, 0.1, 0.03, 0.07),
                        1.0,
                        0.01,
                        0.1,
                        0.01,
                        Verdict.DIFFERENT_WITHIN_MARGIN,
                        null));
        assertEquals(
                List.of(true, false, true), List.of(adadelta.different(), shuffling.different(), loss.different()));
        assertEquals(
                List.of(
                        "Choice | From | To | Seeds | Effect, points, ± 95% | Result",
                        "rho and epsilon | 0.9, 1e-6 | 0.95, 1e-7 | 20 | +0.21 ± 0.05 | different: +0.21 ± 0.05",
                        "shuffling | yes | no | 0 | - | not decided: needs at least 2 seeds",
                        "loss | double-softmax | cross-entropy | 20 | +0.05 ± 0.02"
                                + " | different: +0.05 ± 0.02, yet within 0.1"),
                TableText.of(StudyTables.swaps(List.of(adadelta, shuffling, loss)), Medium.PAGE));
        assertTrue(TableText.of(StudyTables.swaps(List.of(adadelta)), Medium.TERMINAL)
                .getLast()
                .startsWith("published-pytorch | rho and epsilon | 0.9, 1e-6 |"));
    }

    @Test
    void theNoteSaysWhenTrialsShareTheMachine() {
        assertEquals(
                "The interval holds the true mean with 95% confidence; seconds are of training alone.",
                StudyTables.note(1));
        assertEquals(
                "The interval holds the true mean with 95% confidence; seconds are of training alone, with 3 trials at"
                        + " a time on the same machine.",
                StudyTables.note(3));
    }
}
