package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tandem.acceptance.PrintedTable.assertLine;
import static tandem.acceptance.PrintedTable.number;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What {@code bench} prints of speeds and times to an accuracy, against the file that it writes. */
final class PrintedBenchTest {
    @Test
    void aBenchPrintsWhatItWrites() throws Exception {
        Runs.Run tandem = Runs.bench();
        JsonNode bench = tandem.json("bench.json");
        PrintedTable table = PrintedTable.of(tandem.out()).getFirst();
        assertEquals(
                List.of(
                        "engine",
                        "ms/step",
                        "images/s",
                        "inference/s at 1",
                        "at 64",
                        "at 1000",
                        "start-up s",
                        "peak MiB",
                        "x fastest other"),
                table.columns());
        double java = bench.at("/engines/0/millisPerStep/median").doubleValue();
        double pytorch = bench.at("/engines/1/millisPerStep/median").doubleValue();
        double plain = bench.at("/engines/2/millisPerStep/median").doubleValue();
        List<String> ratios = List.of(
                String.format(Locale.ROOT, "%.2f", Math.min(pytorch, plain) / java),
                String.format(Locale.ROOT, "%.2f", java / pytorch),
                String.format(Locale.ROOT, "%.2f", java / plain),
                "-");
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode engine : bench.get("engines")) {
            JsonNode millis = engine.get("millisPerStep");
            rows.add(List.of(
                    engine.get("engine").asString(),
                    millis.isNull()
                            ? "-"
                            : "%s (%s-%s)"
                                    .formatted(
                                            number("%.2f", millis.get("median")),
                                            number("%.2f", millis.get("p10")),
                                            number("%.2f", millis.get("p90"))),
                    number("%,.0f", engine.get("trainImagesPerSecond")),
                    number("%,.0f", engine.at("/inferenceImagesPerSecond/1")),
                    number("%,.0f", engine.at("/inferenceImagesPerSecond/64")),
                    number("%,.0f", engine.at("/inferenceImagesPerSecond/1000")),
                    number("%.1f", engine.get("startupSeconds")),
                    number("%,.0f", engine.get("peakMemoryMiB")),
                    ratios.get(rows.size())));
        }
        assertEquals(rows, table.rows());
        int threads = bench.get("threads").intValue();
        assertLine(
                tandem.out(),
                "ms/step is the median (10th to 90th percentile) of 2 rounds of 3 steps, batch 32, %d %s."
                        .formatted(threads, threads == 1 ? "thread" : "threads"));
        for (int round = 0; round < 2; round++) {
            List<String> medians = new ArrayList<>();
            for (int engine = 0; engine < 3; engine++) {
                JsonNode row = bench.at("/engines/" + engine);
                medians.add(row.get("engine").asString() + " "
                        + number("%.2f", row.get("roundMedians").get(round)));
            }
            assertLine(tandem.out(), "round %d of 2, ms/step: %s".formatted(round + 1, String.join(", ", medians)));
        }
        for (int engine = 0; engine < 3; engine++) {
            JsonNode row = bench.at("/engines/" + engine);
            assertLine(
                    tandem.out(),
                    "%s: warmed up, %d steps in %s s"
                            .formatted(
                                    row.get("engine").asString(),
                                    row.at("/warmUp/steps").intValue(),
                                    number("%.1f", row.at("/warmUp/seconds"))));
        }
    }

    @Test
    void timesToAnAccuracyArePrintedAsTheyAreWritten() throws Exception {
        Runs.Run tandem = Runs.toAccuracy();
        JsonNode slow = tandem.json("bench.json").at("/toAccuracy/engines/0");
        List<Double> seconds = new ArrayList<>();
        for (int seed = 0; seed < 2; seed++) {
            boolean reached = slow.at("/testAccuracy/" + seed).doubleValue() >= 0.105;
            assertEquals(reached, slow.at("/seconds/" + seed).isNumber(), slow::toString);
            if (reached) {
                seconds.add(slow.at("/seconds/" + seed).doubleValue());
            }
            assertLine(
                    tandem.out(),
                    "slow, seed %d: %s at %s%% after epoch 1"
                            .formatted(
                                    42 + seed,
                                    reached
                                            ? number("%.1f s from nothing,", slow.at("/seconds/" + seed))
                                            : "not there yet,",
                                    number("%.2f", 100, slow.at("/testAccuracy/" + seed))));
        }
        Collections.sort(seconds);
        int n = seconds.size();
        PrintedTable table = PrintedTable.of(tandem.out()).getFirst();
        assertEquals(
                List.of("engine", "reached 10.5%", "mean s", "sd", "median", "min-max", "epochs"), table.columns());
        // Of two values the median is the mean, and the deviation is their distance over the root of 2.
        String mean = n == 0 ? "-" : String.format(Locale.ROOT, "%.1f", (seconds.getFirst() + seconds.getLast()) / 2);
        assertEquals(
                List.of(List.of(
                        "slow",
                        n + " of 2",
                        mean,
                        n < 2
                                ? "-"
                                : String.format(
                                        Locale.ROOT, "%.1f", (seconds.getLast() - seconds.getFirst()) / Math.sqrt(2)),
                        mean,
                        n == 0 ? "-" : String.format(Locale.ROOT, "%.1f-%.1f", seconds.getFirst(), seconds.getLast()),
                        "1, 1")),
                table.rows());
    }
}
