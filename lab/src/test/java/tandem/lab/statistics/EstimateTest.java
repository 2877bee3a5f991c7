package tandem.lab.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import tandem.core.Failure;

/** Against published figures, by simulation, and at the edges. */
final class EstimateTest {
    /** NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.5.2, confidence limits of the mean of ZARR13.DAT. */
    @Test
    void theIntervalOfTheHandbook() {
        Estimate estimate = Estimate.of(195, 9.261460, 0.02278881);
        assertEquals(9.258242, estimate.low(), 1e-6);
        assertEquals(9.264679, estimate.high(), 1e-6);
    }

    /** The differences in "The probable error of a mean" (Student 1908), as t.test(sleep) of R gives them. */
    @Test
    void theIntervalOfStudentsSleepData() {
        Estimate estimate = Estimate.of(PairedDifferenceTest.SLEEP);
        assertEquals(10, estimate.n());
        assertEquals(1.58, estimate.mean(), 1e-12);
        assertEquals(1.2299955, estimate.standardDeviation(), 1e-7);
        assertEquals(0.7001142, estimate.low(), 1e-7);
        assertEquals(2.4598858, estimate.high(), 1e-7);
        assertEquals((2.4598858 - 0.7001142) / 2, estimate.halfWidth(), 1e-7);
    }

    @Test
    void noValueHasNoMeanAndOneValueNoSpread() {
        Estimate none = Estimate.of(List.of());
        assertEquals(0, none.n());
        assertNull(none.mean());
        Estimate one = Estimate.of(List.of(0.99));
        assertEquals(0.99, one.mean());
        assertNull(one.standardDeviation());
        assertNull(one.low());
        assertNull(one.halfWidth());
    }

    @Test
    void equalValuesHaveNoWidth() {
        Estimate estimate = Estimate.of(List.of(2.0, 2.0, 2.0));
        assertEquals(0.0, estimate.standardDeviation());
        assertEquals(2.0, estimate.low());
        assertEquals(2.0, estimate.high());
    }

    /** 20,000 intervals: their share that holds the mean has a standard error of 0.15 points. */
    @Test
    void holdsTheMeanAsOftenAsItSays() {
        RandomGenerator random = generator();
        int held = 0;
        int studies = 20_000;
        for (int i = 0; i < studies; i++) {
            Estimate estimate = Estimate.of(random.doubles(5)
                    .boxed()
                    .map(_ -> random.nextGaussian(99.1, 0.07))
                    .toList());
            held += estimate.low() <= 99.1 && 99.1 <= estimate.high() ? 1 : 0;
        }
        assertEquals(0.95, (double) held / studies, 0.006);
    }

    /** The same values in every run of the tests. */
    static RandomGenerator generator() {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(42);
    }

    /** What a file may hold: each line is wrong in one place. */
    @Test
    void whatContradictsItselfIsRefused() {
        double nan = Double.NaN;
        refused("n", () -> new Estimate(-1, null, null, null, null));
        refused("mean", () -> new Estimate(1, null, null, null, null));
        refused("mean", () -> new Estimate(0, 1.0, null, null, null));
        refused("mean", () -> new Estimate(1, nan, null, null, null));
        refused("standardDeviation", () -> new Estimate(2, 1.0, null, null, null));
        refused("standardDeviation", () -> new Estimate(1, 1.0, 0.0, 1.0, 1.0));
        refused("standardDeviation", () -> new Estimate(2, 1.0, -0.5, 0.0, 2.0));
        refused("the interval", () -> new Estimate(2, 1.0, 0.5, null, 2.0));
        refused("the interval", () -> new Estimate(2, 1.0, 0.5, 0.0, null));
        refused("mean", () -> new Estimate(2, 1.0, 0.5, 1.1, 2.0));
        refused("mean", () -> new Estimate(2, 1.0, 0.5, 0.0, 0.9));
        refused("low", () -> new Estimate(2, 1.0, 0.5, Double.NEGATIVE_INFINITY, 2.0));
        refused("high", () -> new Estimate(2, 1.0, 0.5, 0.0, Double.POSITIVE_INFINITY));
        assertEquals(1, new Estimate(2, 1.0, 0.0, 1.0, 1.0).knownMean());
    }

    private static void refused(String field, Executable estimate) {
        String message = assertThrows(Failure.class, estimate).getMessage();
        assertTrue(message.startsWith(field + " is "), message);
    }
}
