package tandem.lab.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.worker.protocol.Event;

final class CurvesTest {
    private static List<Event.Step> steps(double... losses) {
        List<Event.Step> steps = new ArrayList<>();
        for (int i = 0; i < losses.length; i++) {
            steps.add(new Event.Step(1 + i / 2, i, (float) losses[i], i < 2 ? 1 : 0.7, 5));
        }
        return steps;
    }

    private static void assertPoints(List<double[]> points, double... flat) {
        assertArrayEquals(flat, points.stream().flatMapToDouble(Arrays::stream).toArray(), 1e-6);
    }

    @Test
    void shortRunsAreDrawnWholeAndLongOnesInGroups() {
        assertEquals(new LossCurves(1, 2), LossCurves.of(100));
        assertEquals(new LossCurves(19, 188), LossCurves.of(9380));
    }

    @Test
    void noPeakIsLost() {
        assertPoints(new LossCurves(3, 1).raw(steps(3, 1, 2, 5, 4, 6)), 0, 3, 1, 1, 4, 4, 5, 6);
    }

    @Test
    void meansAreOverAllStepsOfTheWindow() {
        assertPoints(new LossCurves(2, 2).smooth(steps(1, 3, 5, 7)), 1, 2, 3, 6);
        assertPoints(new LossCurves(1, 3).smooth(steps(1, 3, 5, 7)), 0, 1, 1, 2, 2, 3, 3, 5);
    }

    @Test
    void equalLossesHaveNoPlaceOnALogarithmicAxis() {
        assertPoints(LossCurves.distance(steps(1, 2, 3), steps(1, 2.5, 3)), 1, 0.5);
    }

    @Test
    void aLearningRateIsDrawnWhereItChangesAndAtTheEnd() {
        assertPoints(LossCurves.learningRate(steps(1, 1, 1, 1)), 0, 1, 2, 0.7, 3, 0.7);
    }
}
