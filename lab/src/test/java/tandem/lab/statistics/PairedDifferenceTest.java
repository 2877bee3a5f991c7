package tandem.lab.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import tandem.core.Failure;

/** Against published figures, on synthetic studies with known answers, and at the edges. */
final class PairedDifferenceTest {
    /** Hours of sleep gained by the second drug over the first, ten patients (Student 1908; R's data set sleep). */
    static final List<Double> SLEEP = List.of(1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4);

    private static final int STUDIES = 5_000;

    /** R: t.test(extra ~ group, sleep, paired) gives t = 4.0621, df = 9, p-value = 0.002833 (here with its sign). */
    @Test
    void studentsSleepData() {
        PairedDifference difference = PairedDifference.of(SLEEP, 0.5);
        assertEquals(4.0621, difference.t(), 5e-5);
        assertEquals(0.002833, difference.p(), 5e-7);
        assertEquals(Verdict.DIFFERENT, difference.verdict());
        assertNull(difference.seedsNeeded());
        assertEquals("different: +1.58 ± 0.88", difference.words());
    }

    /**
     * Two one-sided tests at 5% find equivalence just where the 90% interval lies within the margin. That of the sleep
     * data ends at 1.58 + t(0.95, 9) 1.2299955 / sqrt(10), with t = 1.833113 from the tables: 2.293005.
     */
    @Test
    void equivalenceBeginsWhereTheNinetyPercentIntervalEnds() {
        PairedDifference within = PairedDifference.of(SLEEP, 2.29301);
        assertEquals(Verdict.DIFFERENT_WITHIN_MARGIN, within.verdict());
        assertEquals(0.05, within.equivalenceP(), 1e-5);
        assertEquals("different: +1.58 ± 0.88, yet within 2.29301", within.words());
        assertEquals(Verdict.DIFFERENT, PairedDifference.of(SLEEP, 2.29299).verdict());
    }

    /**
     * With the margin 0.5 the upper test of these data has t = -2.7766 (1.58 - 0.5 = 1.08 standard errors' multiple).
     */
    @Test
    void equivalenceIsNotFoundBeyondTheMargin() {
        // P(T > -2.7766) with 9 degrees of freedom: 1 - 0.01076.
        assertEquals(0.98924, PairedDifference.of(SLEEP, 0.5).equivalenceP(), 1e-4);
    }

    @Test
    void signsDoNotMatter() {
        List<Double> turned = SLEEP.stream().map(value -> -value).toList();
        PairedDifference there = PairedDifference.of(SLEEP, 2);
        PairedDifference back = PairedDifference.of(turned, 2);
        assertEquals(there.t(), -back.t(), 1e-12);
        assertEquals(there.p(), back.p(), 1e-12);
        assertEquals(there.equivalenceP(), back.equivalenceP(), 1e-12);
        assertEquals("different: -1.58 ± 0.88", back.words());
    }

    @Test
    void oneSeedDecidesNothing() {
        for (List<Double> few : List.of(List.<Double>of(), List.of(0.3))) {
            PairedDifference difference = PairedDifference.of(few, 0.1);
            assertEquals(Verdict.UNDECIDED, difference.verdict());
            assertNull(difference.p());
            assertEquals("not decided: needs at least 2 seeds", difference.words());
            assertFalse(difference.settled());
        }
        assertEquals("-", PairedDifference.of(List.of(), 0.1).figures());
        assertEquals("+0.30", PairedDifference.of(List.of(0.3), 0.1).figures());
    }

    @Test
    void withoutSpreadThereIsNoTest() {
        PairedDifference same = PairedDifference.of(List.of(0.0, 0.0, 0.0), 0.1);
        assertEquals(Verdict.SAME, same.verdict());
        assertEquals("the same on all 3 seeds", same.words());
        // Accuracies of 9,912 and 9,910 of 10,000 images, and so on: equal but for rounding.
        List<Double> constant = List.of(100 * (0.9912 - 0.9910), 100 * (0.9887 - 0.9885), 100 * (0.9003 - 0.9001));
        PairedDifference shifted = PairedDifference.of(constant, 0.1);
        assertEquals(Verdict.UNDECIDED, shifted.verdict());
        assertNull(shifted.p());
        assertEquals("not decided: all 3 seeds differ by +0.02", shifted.words());
        assertFalse(shifted.settled());
    }

    /** Two seeds are enough for a mean, though not for a spread. */
    @Test
    void twoSeedsThatAgreeDecideNothing() {
        assertEquals(
                "not decided: all 2 seeds differ by +0.25",
                PairedDifference.of(List.of(0.25, 0.25), 0.1).words());
    }

    /** A look in between ends a comparison at 0.1%, whichever of the two tests it is, and never before five seeds. */
    @Test
    void aLookInBetweenSettlesOnlyWhatIsClear() {
        List<Double> clear = List.of(1.0, 1.01, 0.99, 1.02, 0.98);
        assertTrue(PairedDifference.of(clear, 0.1).settled());
        assertFalse(PairedDifference.of(clear.subList(0, 4), 0.1).settled(), "four seeds");
        List<Double> nothing = List.of(0.01, -0.01, 0.02, -0.02, 0.0);
        assertTrue(PairedDifference.of(nothing, 0.1).settled(), "equivalent beyond doubt");
        List<Double> equal = List.of(0.0, 0.0, 0.0, 0.0, 0.0);
        assertTrue(PairedDifference.of(equal, 0.1).settled(), "a swap without any effect");
        assertFalse(PairedDifference.of(equal.subList(0, 4), 0.1).settled(), "four seeds");
        // p = 0.0028 is below 5%, and not below 0.1%.
        assertFalse(PairedDifference.of(SLEEP, 0.5).settled());
    }

    /** Share of studies with a verdict, where differences are normal. */
    private static double share(int seeds, double difference, double spread, Predicate<PairedDifference> verdict) {
        RandomGenerator random = EstimateTest.generator();
        int found = 0;
        for (int i = 0; i < STUDIES; i++) {
            List<Double> points = new ArrayList<>();
            for (int seed = 0; seed < seeds; seed++) {
                points.add(random.nextGaussian(difference, spread));
            }
            found += verdict.test(PairedDifference.of(points, 0.1)) ? 1 : 0;
        }
        return (double) found / STUDIES;
    }

    private static boolean different(PairedDifference difference) {
        return difference.p() < PairedDifference.ALPHA;
    }

    private static boolean equivalent(PairedDifference difference) {
        return difference.equivalenceP() < PairedDifference.ALPHA;
    }

    /** 5,000 studies: a share of 5% has a standard error of 0.31 points. */
    @Test
    void noEffectIsCalledDifferentInFivePercent() {
        assertEquals(0.05, share(5, 0, 0.1, PairedDifferenceTest::different), 0.009);
        assertEquals(0.05, share(30, 0, 0.1, PairedDifferenceTest::different), 0.009);
    }

    /** At the margin itself one of the two tests has its 5%, and the other is all but sure. */
    @Test
    void aDifferenceOfTheMarginIsCalledEquivalentInFivePercent() {
        assertEquals(0.05, share(30, 0.1, 0.1, PairedDifferenceTest::equivalent), 0.009);
    }

    @Test
    void aKnownEffectIsFound() {
        assertEquals(1, share(30, 0.3, 0.1, difference -> difference.verdict() == Verdict.DIFFERENT), 0.001);
        assertEquals(
                1, share(30, 0.05, 0.01, difference -> difference.verdict() == Verdict.DIFFERENT_WITHIN_MARGIN), 0.001);
        assertTrue(share(30, 0, 0.1, PairedDifferenceTest::equivalent) > 0.99);
    }

    /**
     * Seeds are added one at a time, up to 40, until a comparison is settled; then it is judged at 5%. Looking every
     * time must not make much more of nothing than a single look does: had every look the level of 5%, it would be four
     * times as much. The standard error of 2,000 studies is 0.5 points.
     */
    @Test
    @Tag("slow")
    void lookingWhileSeedsAreAddedHardlyAddsFalsePositives() {
        assertEquals(0.05, sequential(0, 0.3, PairedDifferenceTest::different), 0.02);
        assertEquals(0.05, sequential(0.1, 0.1, PairedDifferenceTest::equivalent), 0.02);
    }

    private static double sequential(double difference, double spread, Predicate<PairedDifference> verdict) {
        RandomGenerator random = EstimateTest.generator();
        int studies = 2000;
        int found = 0;
        for (int i = 0; i < studies; i++) {
            List<Double> points = new ArrayList<>();
            PairedDifference now;
            do {
                points.add(random.nextGaussian(difference, spread));
                now = PairedDifference.of(points, 0.1);
            } while (!now.settled() && points.size() < 40);
            found += verdict.test(now) ? 1 : 0;
        }
        return (double) found / studies;
    }

    /** What a file may hold: each line is wrong in one place. */
    @Test
    void whatContradictsItselfIsRefused() {
        Estimate two = Estimate.of(List.of(0.1, 0.3));
        Estimate one = Estimate.of(List.of(0.1));
        double infinite = Double.POSITIVE_INFINITY;
        refused("t", () -> new PairedDifference(two, infinite, 0.5, 0.1, 0.5, Verdict.UNDECIDED, 9));
        refused("p", () -> new PairedDifference(two, 1.0, 1.5, 0.1, 0.5, Verdict.UNDECIDED, 9));
        refused("margin", () -> new PairedDifference(two, 1.0, 0.5, -0.1, 0.5, Verdict.UNDECIDED, 9));
        refused("equivalenceP", () -> new PairedDifference(two, 1.0, 0.5, 0.1, -0.5, Verdict.UNDECIDED, 9));
        refused("seedsNeeded", () -> new PairedDifference(two, 1.0, 0.5, 0.1, 0.5, Verdict.UNDECIDED, 0));
        for (Verdict verdict : List.of(Verdict.DIFFERENT, Verdict.DIFFERENT_WITHIN_MARGIN)) {
            refused("verdict", () -> new PairedDifference(one, null, null, 0.1, null, verdict, null));
        }
    }

    private static void refused(String field, Executable difference) {
        String message = assertThrows(Failure.class, difference).getMessage();
        assertTrue(message.startsWith(field + " is "), message);
    }

    /** From a half width of 0.01 points on two digits are enough. */
    @Test
    void smallIntervalsHaveThreeDigits() {
        assertEquals("+0.123 ± 0.009", figures(0.1234, 0.0094));
        assertEquals("+0.12 ± 0.01", figures(0.1234, 0.0125));
        assertEquals("+0.50 ± 0.25", figures(0.5, 0.25));
    }

    private static String figures(double mean, double half) {
        Estimate estimate = new Estimate(3, mean, 0.1, mean - half, mean + half);
        return new PairedDifference(estimate, null, null, 0.1, null, Verdict.UNDECIDED, null).figures();
    }
}
