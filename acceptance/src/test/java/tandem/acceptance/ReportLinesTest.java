package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tandem.acceptance.MadeUpComparison.ENGINES;
import static tandem.acceptance.MadeUpComparison.STEPS;
import static tandem.acceptance.Page.rounded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Every line of the charts in the report of a comparison, against the run's files. */
final class ReportLinesTest {
    /** With 1,200 steps, three are drawn together and means are of 24. */
    private static final int GROUP = 3;

    private static final int WINDOW = 24;

    @TempDir
    Path folder;

    private static MadeUpComparison made;

    @BeforeAll
    static void find() throws Exception {
        made = MadeUpComparison.made();
    }

    /** Of three steps each, the smallest and the largest loss in the order of the steps. */
    @Test
    void paleLinesHaveTheExtremesOfEveryGroup() {
        List<JsonNode> lines = Page.lines(made.page.block("training", "Training loss"), "raw");
        assertEquals(ENGINES, Page.engines(lines));
        for (int engine = 0; engine < 3; engine++) {
            List<List<Double>> expected = new ArrayList<>();
            for (int from = 0; from < STEPS[engine]; from += GROUP) {
                List<Integer> group = new ArrayList<>(IntStream.range(from, Math.min(from + GROUP, STEPS[engine]))
                        .boxed()
                        .toList());
                double[] loss = made.loss[engine];
                group.sort((a, b) -> Double.compare(loss[a], loss[b]));
                List<Integer> ends = new ArrayList<>(List.of(group.getFirst(), group.getLast()));
                Collections.sort(ends);
                ends.stream().distinct().forEach(step -> expected.add(List.of((double) step, rounded(loss[step]))));
            }
            assertEquals(expected, Page.points(lines.get(engine)), ENGINES.get(engine));
        }
    }

    @Test
    void strongLinesAreMeans() {
        List<JsonNode> lines = Page.lines(made.page.block("training", "Training loss"), "plain");
        assertEquals(ENGINES, Page.engines(lines));
        for (int engine = 0; engine < 3; engine++) {
            List<List<Double>> points = Page.points(lines.get(engine));
            int point = 0;
            for (int step = 0; step < STEPS[engine]; step++) {
                if ((step + 1) % GROUP == 0 || step == STEPS[engine] - 1) {
                    double mean = Arrays.stream(made.loss[engine], Math.max(0, step + 1 - WINDOW), step + 1)
                            .average()
                            .orElseThrow();
                    assertEquals(step, points.get(point).get(0));
                    assertEquals(mean, points.get(point++).get(1), 6e-4 * mean, ENGINES.get(engine));
                }
            }
            assertEquals(points.size(), point);
        }
    }

    @Test
    void distancesAreFromTheFirstEngine() {
        List<JsonNode> lines = Page.lines(made.page.block("training", "Distance of the loss from java"), "plain");
        assertEquals(ENGINES.subList(1, 3), Page.engines(lines));
        for (int engine = 1; engine < 3; engine++) {
            int count = STEPS[engine];
            int group = (count + 499) / 500;
            List<List<Double>> expected = new ArrayList<>();
            for (int from = 0; from < count; from += group) {
                int most = from;
                for (int step = from; step < Math.min(from + group, count); step++) {
                    if (Math.abs(made.loss[engine][step] - made.loss[0][step])
                            > Math.abs(made.loss[engine][most] - made.loss[0][most])) {
                        most = step;
                    }
                }
                expected.add(List.of((double) most, rounded(Math.abs(made.loss[engine][most] - made.loss[0][most]))));
            }
            assertEquals(expected, Page.points(lines.get(engine - 1)));
        }
    }

    private static void assertEpochs(
            String section, String title, ToDoubleFunction<JsonNode> x, String y, double factor) {
        List<JsonNode> lines = Page.lines(made.page.block(section, title), "marked");
        assertEquals(ENGINES, Page.engines(lines));
        for (int engine = 0; engine < 3; engine++) {
            List<List<Double>> points = Page.points(lines.get(engine));
            JsonNode epochs = made.engine(engine).get("epochs");
            assertEquals(epochs.size(), points.size());
            double seconds = made.engine(engine).get("startupSeconds").doubleValue();
            for (int i = 0; i < points.size(); i++) {
                seconds += epochs.get(i).get("seconds").doubleValue();
                double at = x == null ? seconds : x.applyAsDouble(epochs.get(i));
                assertEquals(at, points.get(i).get(0), 1e-9);
                assertEquals(
                        factor * epochs.get(i).get(y).doubleValue(),
                        points.get(i).get(1),
                        1e-9);
            }
        }
    }

    @Test
    void epochsAreMarked() {
        assertEpochs("training", "Test accuracy", epoch -> epoch.get("epoch").intValue(), "testAccuracy", 100);
        assertEpochs("training", "Test loss", epoch -> epoch.get("epoch").intValue(), "testLoss", 1);
        assertEpochs("speed", "Accuracy against time", null, "testAccuracy", 100);
    }

    @Test
    void oneRateIsOneLine() {
        JsonNode lines = made.page.block("training", "Learning rate").get("lines");
        assertEquals(1, lines.size());
        assertTrue(lines.get(0).get("engine").isNull());
        assertEquals(
                List.of(List.of(0.0, 1.0), List.of(400.0, 0.7), List.of(800.0, 0.49), List.of(1199.0, 0.49)),
                Page.points(lines.get(0)));
    }

    @Test
    void ratesThatDifferHaveALineEach() throws Exception {
        Path other = Runs.copy(made.run, folder.resolve("rates"));
        Path events = other.resolve("reference/events.jsonl");
        StringBuilder lines = new StringBuilder();
        for (String line : Files.readAllLines(events)) {
            ObjectNode event = (ObjectNode) JsonMapper.shared().readTree(line);
            event.put("learningRate", event.get("learningRate").doubleValue() / 2);
            lines.append(event).append('\n');
        }
        Files.writeString(events, lines);
        Runs.forgetSums(events);
        List<JsonNode> rates = Page.lines(Page.of(other).block("training", "Learning rate"), "steps");
        assertEquals(ENGINES, Page.engines(rates));
        assertEquals(
                List.of(List.of(0.0, 1.0), List.of(400.0, 0.7), List.of(800.0, 0.49), List.of(1199.0, 0.49)),
                Page.points(rates.get(0)));
        assertEquals(
                List.of(List.of(0.0, 0.5), List.of(400.0, 0.35), List.of(800.0, 0.245), List.of(1099.0, 0.245)),
                Page.points(rates.get(1)));
        assertEquals(List.of(List.of(0.0, 1.0), List.of(400.0, 0.7), List.of(439.0, 0.7)), Page.points(rates.get(2)));
    }
}
