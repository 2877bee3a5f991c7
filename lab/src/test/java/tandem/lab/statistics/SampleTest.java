package tandem.lab.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Against values computed by hand. */
final class SampleTest {
    @Test
    void anOddNumberOfValues() {
        Sample sample = Sample.of(List.of(5.0, 1.0, 4.0, 2.0, 3.0));
        assertEquals(5, sample.size());
        assertEquals(3, sample.median());
        assertEquals(3, sample.mean());
        // Position 0.1 x (5 - 1) = 0.4 of the way from 1 to 2.
        assertEquals(1.4, sample.percentile(10), 1e-15);
        assertEquals(4.6, sample.percentile(90), 1e-15);
        // sqrt((4 + 1 + 0 + 1 + 4) / 4)
        assertEquals(Math.sqrt(2.5), sample.standardDeviation(), 1e-15);
        assertEquals(1, sample.smallest());
        assertEquals(5, sample.largest());
    }

    @Test
    void anEvenNumberOfValues() {
        Sample sample = Sample.of(List.of(10.0, 2.0, 4.0, 8.0));
        assertEquals(6, sample.median());
        assertEquals(2.6, sample.percentile(10), 1e-15);
        assertEquals(9.4, sample.percentile(90), 1e-15);
    }

    @Test
    void oneValueHasNoSpread() {
        Sample sample = Sample.of(List.of(7.0));
        assertEquals(7, sample.median());
        assertEquals(7, sample.percentile(10));
        assertEquals(7, sample.percentile(90));
        assertNull(sample.standardDeviation());
    }

    @Test
    void noValueIsNoSample() {
        assertThrows(IllegalArgumentException.class, () -> Sample.of(List.of()));
    }
}
