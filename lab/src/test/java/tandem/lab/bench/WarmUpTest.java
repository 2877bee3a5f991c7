package tandem.lab.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WarmUpTest {
    @Test
    void stepsFallIntoFourParts() {
        List<Double> millis = new ArrayList<>();
        for (double[] part : new double[][] {{10, 9}, {20, 7}, {70, 5}, {200, 3}, {100, 1}}) {
            millis.addAll(Collections.nCopies((int) part[0], part[1]));
        }
        WarmUp warmUp = WarmUp.of(millis, 12.5);
        assertEquals(400, warmUp.steps());
        assertEquals(List.of(9.0, 7.0, 5.0, 3.0), warmUp.millisPerStep());
    }

    @Test
    void partsThatWereNotReachedAreNull() {
        WarmUp warmUp = WarmUp.of(Collections.nCopies(12, 4.0), 1);
        assertEquals(Arrays.asList(4.0, 4.0, null, null), warmUp.millisPerStep());
        assertNull(Spread.of(List.of()));
    }

    @Test
    void enoughIsBothStepsAndSecondsOrTooLong() {
        WarmUpRule rule = new WarmUpRule(60, Duration.ofSeconds(5), Duration.ofSeconds(60));
        assertFalse(rule.enough(59, 6));
        assertFalse(rule.enough(1000, 4.9));
        assertTrue(rule.enough(60, 5));
        assertTrue(rule.enough(7, 60));
    }
}
