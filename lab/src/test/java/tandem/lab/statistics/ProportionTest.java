package tandem.lab.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProportionTest {

    /** R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3. */
    @ParameterizedTest
    @CsvSource({"81, 263, 0.2553, 0.3662", "15, 148, 0.0624, 0.1605", "0, 20, 0, 0.1611", "1, 29, 0.0061, 0.1718"})
    void theIntervalIsWilsons(int successes, int tries, double low, double high) {
        Proportion proportion = Proportion.of((double) successes / tries, tries);
        assertEquals(low, proportion.low(), 5e-5);
        assertEquals(high, proportion.high(), 5e-5);
    }

    @Test
    void itNeverLeaves0To1() {
        assertTrue(Proportion.of(1, 100).high() <= 1);
        assertTrue(Proportion.of(0, 100).low() >= 0);
    }

    @Test
    void twoAreApartIfTheyHaveNothingInCommon() {
        assertTrue(Proportion.of(0.98, 10_000).apartFrom(Proportion.of(0.99, 10_000)));
        assertTrue(Proportion.of(0.99, 10_000).apartFrom(Proportion.of(0.98, 10_000)));
        assertFalse(Proportion.of(0.985, 10_000).apartFrom(Proportion.of(0.987, 10_000)));
    }

    @Test
    void intervalsThatTouchAreNotApart() {
        Proportion lower = new Proportion(0.4, 0.3, 0.5);
        Proportion upper = new Proportion(0.6, 0.5, 0.7);
        assertFalse(lower.apartFrom(upper));
        assertFalse(upper.apartFrom(lower));
        assertTrue(lower.apartFrom(new Proportion(0.6, 0.51, 0.7)));
        assertTrue(new Proportion(0.6, 0.51, 0.7).apartFrom(lower));
    }
}
