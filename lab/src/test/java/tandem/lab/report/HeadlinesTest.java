package tandem.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.core.Json;
import tandem.lab.bench.Bench;
import tandem.lab.compare.Comparison;
import tandem.lab.page.Headline;
import tandem.lab.page.Headline.Figure;
import tandem.lab.parity.Parity;
import tandem.lab.study.Differences;
import tandem.lab.study.Study;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What reports of the example files say first. */
final class HeadlinesTest {
    private static String example(String name) throws IOException {
        try (InputStream in = HeadlinesTest.class.getResourceAsStream("examples/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Two engines of 2 and 5 ms a step after an epoch of so many steps; both have 131 of 200 right, or other has. */
    private static Headline comparison(int steps, double accuracyOfOther) throws IOException {
        ObjectNode json = (ObjectNode) Json.MAPPER.readTree(example("comparison.json"));
        int i = 0;
        for (JsonNode node : json.get("engines")) {
            ObjectNode engine = (ObjectNode) node;
            ((ArrayNode) engine.get("epochs")).remove(0);
            double accuracy = i == 0 ? 0.655 : accuracyOfOther;
            ((ObjectNode) engine.at("/epochs/0"))
                    .put("seconds", 10)
                    .put("imagesPerSecond", 6.4 * steps)
                    .put("testAccuracy", accuracy);
            engine.put("testAccuracy", accuracy)
                    .put("status", "done")
                    .putNull("failure")
                    .put("millisPerStepMedian", i++ == 0 ? 2.0 : 5.0);
            engine.set("confusion", json.at("/engines/0/confusion"));
        }
        return Headlines.of(Json.parse(json.toString(), Comparison.class));
    }

    @Test
    void aComparisonSaysWhichIsFasterAndWhetherOneIsMoreAccurate() throws IOException {
        Headline headline = comparison(300, 0.66);
        assertEquals(
                "java trains 2.5 times as fast as the next; no engine is measurably more accurate",
                headline.sentence());
        assertEquals(
                List.of(
                        new Figure("2.00 ms", "a train step of java, median; the next engine takes 5.00 ms"),
                        new Figure("65.50\u201366.00%", "test accuracy of the engines"),
                        new Figure("90.00%", "of the test images get the same answer from any two engines, at least")),
                headline.figures());
    }

    /** 95% intervals of 65.5% and 40% of 200 images are 0.59 to 0.72 and 0.33 to 0.47. */
    @Test
    void accuraciesWhoseIntervalsAreApartDiffer() throws IOException {
        assertEquals(
                "Test accuracies differ by more than their intervals",
                comparison(299, 0.4).sentence());
    }

    @Test
    void aSingleEngineSaysItsAccuracy() throws IOException {
        Comparison comparison = Json.parse(example("comparison.json"), Comparison.class);
        assertEquals(
                "java reads 65.50% of the test images right after 2 epochs",
                Headlines.of(comparison).sentence(), "the other was interrupted");
        assertEquals(
                List.of("65.50%", "557", "18.71 ms"),
                Headlines.of(comparison).figures().stream().map(Figure::value).toList());
    }

    @Test
    void aProofSaysItsVerdict() throws IOException {
        assertEquals(
                new Headline("Yes, both pass", null), Headlines.of(Json.parse(example("parity.json"), Parity.class)));
        assertEquals(
                new Headline("No: java fails at fc2.weight", "Look at: the backward pass of fc2.weight."),
                ParityPageTest.page(3e-5).headline());
    }

    @Test
    void aBenchSaysWhichIsFastest() throws IOException {
        Headline headline =
                Headlines.of(Bench.read(Path.of("src/test/resources/tandem/lab/report/examples/bench.json")));
        assertEquals("java trains 5.4 times as fast as the next engine", headline.sentence());
        assertEquals(
                List.of(
                        new Figure("3.10 ms", "a train step of java, median"),
                        new Figure("17,562", "images a second in training"),
                        new Figure("272 MiB", "peak memory of its process")),
                headline.figures());
    }

    @Test
    void aStudySaysWhetherEnginesDiffer() throws IOException {
        Study study = Json.parse(example("study.json"), Study.class);
        assertEquals("The engines are equally accurate", Headlines.of(study).sentence());
    }

    @Test
    void aSweepSaysWhichIsFastestAtItsSizes() throws IOException {
        ObjectNode sweep = (ObjectNode) Json.MAPPER.readTree(example("bench.json"));
        sweep.putArray("engines");
        Headline headline = Headlines.of(Json.parse(sweep.toString(), Bench.class));
        assertEquals(new Headline("java is the fastest at every size", null), headline);
    }

    @Test
    void differencesSayWhetherAChoiceMatters() throws IOException {
        String example = example("differences.json");
        assertEquals(
                "None of the notebooks' choices is proved to matter yet",
                Headlines.of(Json.parse(example, Differences.class)).sentence());
        String decided = example.replace("\"undecided\"", "\"different\"");
        assertEquals(
                "Of the notebooks' choices, loss matters most: 7.75 points of test accuracy",
                Headlines.of(Json.parse(decided, Differences.class)).sentence());
    }
}
