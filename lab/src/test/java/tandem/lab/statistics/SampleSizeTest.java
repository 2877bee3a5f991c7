package tandem.lab.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Against published sizes, and by simulation of what an estimate promises. */
final class SampleSizeTest {
    /** G*Power's and Cohen's (1988) paired t test at 5%, power 0.8: 34 pairs for dz = 0.5, 199 for dz = 0.2. */
    @Test
    void theSizesOfCohen() {
        double wide = 1e-6;
        assertEquals(34, SampleSize.toDecide(0.5, 1, wide));
        assertEquals(199, SampleSize.toDecide(0.2, 1, wide));
    }

    /**
     * Chow, Shao and Wang, Sample Size Calculations in Clinical Research, one-sample equivalence, margin 0.05, standard
     * deviation 0.1, no difference, power 0.8: {@code (1.645 + 1.282)^2 (0.1 / 0.05)^2 = 34.3}, so 35 by the normal
     * distribution; with Student's t one or two more.
     */
    @Test
    void theSizeOfAnEquivalence() {
        int size = SampleSize.toDecide(0, 0.1, 0.05);
        assertTrue(size >= 35 && size <= 37, "it is " + size);
    }

    /**
     * Two seeds leave one degree of freedom, where Student's t is Cauchy's distribution: {@code 1/2 + atan(x) / pi}.
     * Its quantiles are 12.706205 (97.5%) and 6.313752 (95%). The standard error is 1.
     */
    @Test
    void thePowerOfTwoSeeds() {
        double deviation = Math.sqrt(2);
        assertEquals(0.75, SampleSize.ofT(2, 12.706205 + 1, deviation), 1e-6);
        assertEquals(0.75, SampleSize.ofT(2, -12.706205 - 1, deviation), 1e-6);
        assertEquals(0.75 + 0.75 - 1, SampleSize.ofEquivalence(2, 0, deviation, 6.313752 + 1), 1e-6);
        // One standard error from the upper margin, three from the lower one: 1/2 + atan(3) / pi = 0.897584.
        assertEquals(0.75 + 0.897584 - 1, SampleSize.ofEquivalence(2, 1, deviation, 6.313752 + 2), 1e-6);
        assertEquals(0.75 + 0.897584 - 1, SampleSize.ofEquivalence(2, -1, deviation, 6.313752 + 2), 1e-6);
    }

    /** The estimate of a study that decides nothing asks for more than it had. */
    @Test
    void anUndecidedStudyNeedsMore() {
        PairedDifference undecided = PairedDifference.of(List.of(0.10, -0.05, 0.20, 0.03, -0.02), 0.1);
        assertEquals(Verdict.UNDECIDED, undecided.verdict());
        assertTrue(undecided.seedsNeeded() > 5, undecided.words());
        assertEquals("not decided: needs about %d seeds".formatted(undecided.seedsNeeded()), undecided.words());
    }

    /** With so many seeds, 80% of studies decide as promised; the standard error of 4,000 is 0.6 points. */
    @Test
    void soManySeedsDecide() {
        assertEquals(SampleSize.POWER, share(0.08, 0.3, false), 0.03);
        assertEquals(SampleSize.POWER, share(0, 0.3, true), 0.03);
    }

    private static double share(double difference, double spread, boolean equivalence) {
        int seeds = SampleSize.toDecide(difference, spread, 0.1);
        RandomGenerator random = EstimateTest.generator();
        int studies = 4000;
        int decided = 0;
        for (int i = 0; i < studies; i++) {
            List<Double> points = new ArrayList<>();
            for (int seed = 0; seed < seeds; seed++) {
                points.add(random.nextGaussian(difference, spread));
            }
            PairedDifference result = PairedDifference.of(points, 0.1);
            decided += (equivalence ? result.equivalenceP() : result.p()) < PairedDifference.ALPHA ? 1 : 0;
        }
        return (double) decided / studies;
    }
}
