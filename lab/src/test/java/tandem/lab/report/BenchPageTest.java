package tandem.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tandem.core.Json;
import tandem.lab.bench.Bench;
import tandem.lab.page.Block;
import tandem.lab.page.Page;
import tandem.lab.page.Section;
import tools.jackson.databind.JsonNode;

final class BenchPageTest {

    private static String example() throws IOException {
        try (InputStream in = BenchPageTest.class.getResourceAsStream("examples/bench.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<Block> growth() throws IOException {
        Page page = BenchPage.of(Json.parse(example(), Bench.class), List.of("tandem bench"));
        return page.sections().stream()
                .filter(section -> section.id().equals("growth"))
                .map(Section::blocks)
                .findFirst()
                .orElseThrow();
    }

    private static Block.Lines lines(String title) throws IOException {
        return growth().stream()
                .flatMap(block -> block instanceof Block.Lines lines ? Stream.of(lines) : Stream.empty())
                .filter(lines -> lines.title().equals(title))
                .findFirst()
                .orElseThrow();
    }

    /** Read from the file once more, without the records. */
    @Test
    void pointsOfAChartAreThoseOfTheFile() throws IOException {
        JsonNode sweep = Json.MAPPER.readTree(example()).at("/sweeps/0");
        for (String[] chart : new String[][] {
            {"Train step, by batch-size", "/millisPerStep/median"},
            {"Training, by batch-size", "/trainImagesPerSecond"},
            {"Peak memory, by batch-size", "/peakMemoryMiB"}
        }) {
            List<String> expected = sweep.get("points")
                    .valueStream()
                    .map(point -> Arrays.toString(new double[] {
                        point.get("value").doubleValue(),
                        point.get("engines").get(0).at(chart[1]).doubleValue()
                    }))
                    .toList();
            Block.Lines lines = lines(chart[0]);
            assertEquals(1, lines.lines().size());
            assertEquals("java", lines.lines().getFirst().engine());
            assertEquals(
                    expected,
                    lines.lines().getFirst().points().stream()
                            .map(Arrays::toString)
                            .toList());
        }
        assertEquals(
                List.of("[1.0, 0.5]", "[64.0, 3.1]"),
                lines("Train step, by batch-size").lines().getFirst().points().stream()
                        .map(Arrays::toString)
                        .toList());
        assertEquals(
                Block.Axis.log("batch-size", ""),
                lines("Train step, by batch-size").x());
    }

    /** Two rounds of 10 steps and at most 5 epochs, whatever the recipe in the file says. */
    @Test
    void theRecipeSaysWhatWasTrained() throws IOException {
        String json = example().replace("\"epochs\":2,\"seed\"", "\"epochs\":10,\"seed\"");
        Bench bench = Json.parse(json, Bench.class);
        assertEquals(10, bench.recipe().epochs());
        String steps = BenchPage.of(bench, List.of("tandem bench")).sections().getFirst().blocks().stream()
                .flatMap(block -> block instanceof Block.Facts facts ? facts.facts().stream() : Stream.empty())
                .filter(fact -> fact.name().equals("steps"))
                .map(Block.Fact::value)
                .findFirst()
                .orElseThrow();
        assertEquals(
                "2 rounds of at most 10 steps after the warm-up; at most 5 epochs to reach 99%, batches of 64, seed 42",
                steps);
    }

    /** Memory is drawn from 0; what grows by factors has a logarithmic axis; all have their units. */
    @Test
    void chartsOfASweepHaveUnits() throws IOException {
        assertEquals(
                Block.Axis.log("step", "ms"), lines("Train step, by batch-size").y());
        assertEquals(
                Block.Axis.log("training", "images/s"),
                lines("Training, by batch-size").y());
        assertEquals(
                Block.Axis.linear("memory", "MiB"),
                lines("Peak memory, by batch-size").y());
    }
}
