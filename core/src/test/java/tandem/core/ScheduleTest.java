package tandem.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Learning rates by hand: with gamma 1/2 they are powers of two. */
final class ScheduleTest {
    private static double rate(Schedule schedule, int epoch, long step) {
        return Recipe.PRESETS
                .get("harmonized")
                .with(Map.of("schedule", schedule, "gamma", 0.5, "learningRate", 3.0))
                .learningRate(epoch, step);
    }

    @Test
    void onceAnEpoch() {
        assertEquals(3, rate(Schedule.EPOCH, 1, 0));
        assertEquals(3, rate(Schedule.EPOCH, 1, 60_000));
        assertEquals(1.5, rate(Schedule.EPOCH, 2, 60_000));
        assertEquals(0.1875, rate(Schedule.EPOCH, 5, 1));
    }

    @Test
    void everyBatch() {
        assertEquals(3, rate(Schedule.BATCH, 1, 0));
        assertEquals(3 * Math.sqrt(0.5), rate(Schedule.BATCH, 1, 30_000), 1e-15);
        assertEquals(1.5, rate(Schedule.BATCH, 7, 60_000));
        assertEquals(0.375, rate(Schedule.BATCH, 1, 180_000));
    }

    @Test
    void never() {
        assertEquals(3, rate(Schedule.CONSTANT, 1, 0));
        assertEquals(3, rate(Schedule.CONSTANT, 9, 123_456));
    }

    /** As recipes and options write them. */
    @Test
    void choicesHaveNames() {
        assertEquals("epoch batch constant", names(Schedule.values()));
        assertEquals("cross-entropy double-softmax", names(Loss.values()));
        assertEquals("fan-in glorot", names(WeightInitialiser.values()));
        assertEquals("fan-in zero", names(BiasInitialiser.values()));
    }

    private static String names(Object[] choices) {
        StringBuilder names = new StringBuilder();
        for (Object choice : choices) {
            names.append(names.isEmpty() ? "" : " ").append(choice);
        }
        return names.toString();
    }
}
