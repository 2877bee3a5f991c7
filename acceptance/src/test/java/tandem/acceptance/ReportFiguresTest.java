package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tandem.acceptance.MadeUpComparison.ENGINES;
import static tandem.acceptance.PrintedTable.number;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Every bar, and every cell of the tables and of the headline in the report of a comparison, against its files. */
final class ReportFiguresTest {
    private static MadeUpComparison made;

    @BeforeAll
    static void find() throws Exception {
        made = MadeUpComparison.made();
    }

    /** A percentile between neighbouring values, as NumPy's default. */
    private static double percentile(double[] values, double percent) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double place = percent / 100 * (sorted.length - 1);
        int below = (int) place;
        return below + 1 == sorted.length
                ? sorted[below]
                : sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
    }

    private static double imagesPerSecond(JsonNode engine) {
        double images = 0;
        double seconds = 0;
        for (JsonNode epoch : engine.get("epochs")) {
            images += epoch.get("seconds").doubleValue()
                    * epoch.get("imagesPerSecond").doubleValue();
            seconds += epoch.get("seconds").doubleValue();
        }
        return images / seconds;
    }

    private static void assertBar(JsonNode bar, int engine, double value, Double low, Double high, String format) {
        assertEquals(ENGINES.get(engine), bar.get("engine").asString());
        assertEquals(value, bar.get("value").doubleValue(), 1e-9 * value);
        assertEquals(low == null, bar.get("low").isNull());
        assertEquals(high == null, bar.get("high").isNull());
        if (low != null) {
            assertEquals(low, bar.get("low").doubleValue(), 1e-9 * low);
            assertEquals(high, bar.get("high").doubleValue(), 1e-9 * high);
        }
        assertEquals(String.format(Locale.ROOT, format, value), bar.get("text").asString());
    }

    @Test
    void barsAreAsLongAsTheirFigures() {
        for (int engine = 0; engine < 3; engine++) {
            assertBar(
                    made.page.block("speed", "Train step").get("bars").get(engine),
                    engine,
                    percentile(made.millis[engine], 50),
                    percentile(made.millis[engine], 10),
                    percentile(made.millis[engine], 90),
                    "%,.2f");
            double[] rates = made.engine(engine)
                    .get("epochs")
                    .valueStream()
                    .mapToDouble(epoch -> epoch.get("imagesPerSecond").doubleValue())
                    .sorted()
                    .toArray();
            boolean several = rates.length > 1;
            assertBar(
                    made.page.block("speed", "Training").get("bars").get(engine),
                    engine,
                    imagesPerSecond(made.engine(engine)),
                    several ? rates[0] : null,
                    several ? rates[rates.length - 1] : null,
                    "%,.0f");
            String[][] bars = {
                {"Prediction", "inferenceImagesPerSecond", "%,.0f"},
                {"Start-up", "startupSeconds", "%,.1f"},
                {"Peak memory", "peakMemoryMiB", "%,.0f"}
            };
            for (String[] bar : bars) {
                double value = made.engine(engine).get(bar[1]).doubleValue();
                assertBar(made.page.block("speed", bar[0]).get("bars").get(engine), engine, value, null, null, bar[2]);
            }
        }
        List<Boolean> lower = made.page.blocks("speed", "bars").stream()
                .map(block -> block.get("lowerIsBetter").booleanValue())
                .toList();
        assertEquals(List.of(true, false, false, true, true), lower);
    }

    @Test
    void theTableHasEveryFigure() {
        JsonNode table = made.page.blocks("result", "table").getFirst();
        List<String> columns = new ArrayList<>();
        table.get("columns")
                .forEach(column -> columns.add(column.get("title").asString() + ", "
                        + column.get("unit").asString("")));
        assertEquals(
                List.of(
                        "Test accuracy, %",
                        "Train step, ms, median",
                        "Speed, x the next",
                        "Training, images/s",
                        "Test accuracy, 95% interval",
                        "Prediction, images/s",
                        "Start-up, s",
                        "Peak memory, MiB",
                        "Test loss, ",
                        "Library, "),
                columns);
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            JsonNode engine = made.engine(i);
            rows.add(List.of(
                    ENGINES.get(i),
                    number("%,.2f", 100, engine.get("testAccuracy")),
                    number("%,.2f", engine.get("millisPerStepMedian")),
                    String.format(Locale.ROOT, "%.2f", other(i) / millis(i)),
                    String.format(Locale.ROOT, "%,.0f", imagesPerSecond(engine)),
                    wilson(engine.get("testAccuracy").doubleValue(), images(engine)),
                    number("%,.0f", engine.get("inferenceImagesPerSecond")),
                    number("%,.1f", engine.get("startupSeconds")),
                    number("%,.0f", engine.get("peakMemoryMiB")),
                    number("%,.4f", engine.get("testLoss")),
                    engine.get("library").asString() + " "
                            + engine.get("libraryVersion").asString()));
        }
        assertEquals(rows, Page.rows(table));
        // Where more is better the largest is marked, else the smallest; of accuracies and losses none.
        Map<Integer, Boolean> largest = Map.of(1, false, 3, true, 5, true, 6, false, 7, false);
        for (int column = 0; column < columns.size(); column++) {
            double best = Double.NaN;
            if (largest.containsKey(column)) {
                int at = 1 + column;
                DoubleStream values = rows.stream()
                        .mapToDouble(row -> Double.parseDouble(row.get(at).replace(",", "")));
                best = (largest.get(column) ? values.max() : values.min()).orElseThrow();
            }
            for (int i = 0; i < 3; i++) {
                String cell = rows.get(i).get(1 + column).replace(",", "");
                assertEquals(
                        largest.containsKey(column) && Double.parseDouble(cell) == best,
                        table.at("/rows/%d/cells/%d/best".formatted(i, column)).booleanValue(),
                        columns.get(column));
            }
        }
        String text = made.page.data().get("sections").get(0).get("text").asString();
        double[] accuracies = new double[3];
        for (int i = 0; i < 3; i++) {
            accuracies[i] = made.engine(i).get("testAccuracy").doubleValue();
        }
        Arrays.sort(accuracies);
        assertTrue(
                text.contains("Test accuracies lie within %s points of each other."
                        .formatted(String.format(Locale.ROOT, "%.2f", 100 * (accuracies[2] - accuracies[0])))),
                text);
    }

    private static double millis(int engine) {
        return made.engine(engine).get("millisPerStepMedian").doubleValue();
    }

    /** The median of the fastest other engine; the first and the third are variants of one. */
    private static double other(int engine) {
        return engine == 1 ? Math.min(millis(0), millis(2)) : millis(1);
    }

    private static int images(JsonNode engine) {
        int images = 0;
        for (JsonNode label : engine.get("confusion")) {
            for (JsonNode count : label) {
                images += count.intValue();
            }
        }
        return images;
    }

    /** The page says first which engine trains fastest, and by how much. */
    @Test
    void theHeadlineNamesTheFastest() {
        int fastest = IntStream.range(0, 3)
                .boxed()
                .min(Comparator.comparing(ReportFiguresTest::millis))
                .orElseThrow();
        String sentence = made.page.data().get("headline").get("sentence").asString();
        assertTrue(
                sentence.startsWith("%s trains %s times as fast as the next; "
                        .formatted(
                                ENGINES.get(fastest),
                                String.format(Locale.ROOT, "%.1f", other(fastest) / millis(fastest)))),
                sentence);
    }

    /** E. B. Wilson's interval of a share, 1927, in percent. */
    private static String wilson(double share, int tries) {
        double z = 1.959963984540054;
        double middle = (share + z * z / (2 * tries)) / (1 + z * z / tries);
        double half = z / (1 + z * z / tries) * Math.sqrt(share * (1 - share) / tries + z * z / (4.0 * tries * tries));
        return String.format(Locale.ROOT, "%.2f\u2013%.2f", 100 * (middle - half), 100 * (middle + half));
    }

    @Test
    void secondsToAGoalAreOfTheFirstEpochThere() {
        JsonNode table = made.page.blocks("speed", "table").getFirst();
        List<Double> goals = table.get("columns")
                .valueStream()
                .map(column -> Double.parseDouble(column.get("title").asString().replace("%", "")))
                .toList();
        assertTrue(goals.contains(99.0), "the goal that everybody asks for is there");
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            List<String> row = new ArrayList<>(List.of(ENGINES.get(i)));
            for (double goal : goals) {
                double seconds = made.engine(i).get("startupSeconds").doubleValue();
                String reached = "-";
                for (JsonNode epoch : made.engine(i).get("epochs")) {
                    seconds += epoch.get("seconds").doubleValue();
                    if (reached.equals("-") && 100 * epoch.get("testAccuracy").doubleValue() >= goal) {
                        reached = String.format(Locale.ROOT, "%,.1f", seconds);
                    }
                }
                row.add(reached);
            }
            rows.add(row);
        }
        assertEquals(rows, Page.rows(table));
    }
}
