package tandem.lab.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tandem.core.Recipe;
import tandem.lab.engines.EngineName;
import tandem.lab.progress.Status;
import tandem.lab.run.Machine;
import tandem.lab.table.Column.Medium;
import tandem.lab.table.TableText;

final class BenchTablesTest {
    private static final BenchRow FAST = row("fast", Status.DONE, 5.04, 12_700.4, 0.05, 1.5);
    private static final BenchRow SLOW = row("slow", Status.DONE, 7.56, 8_466.6, null, 2 / 3.0);
    private static final BenchRow FAILED = new BenchRow(
            "failed",
            null,
            false,
            Status.FAILED,
            "no",
            null,
            null,
            null,
            null,
            null,
            List.of(),
            null,
            Map.of(),
            null,
            null,
            null,
            null,
            null,
            null,
            null);

    private static BenchRow row(
            String name, Status status, double millis, double perSecond, @Nullable Double waiting, double ratio) {
        Map<Integer, @Nullable Double> inference = new HashMap<>();
        inference.put(1, 1000 * millis);
        inference.put(64, null);
        inference.put(1000, perSecond);
        return new BenchRow(
                name,
                null,
                false,
                status,
                status == Status.DONE ? null : "interrupted after 3 of 5 rounds",
                "library",
                "1.2",
                "cpu",
                2,
                new Spread(millis, millis - 1, millis + 2),
                List.of(millis),
                perSecond,
                inference,
                millis / 5,
                2.0,
                null,
                100 * millis,
                null,
                waiting,
                ratio);
    }

    private static Bench bench(int threads, @Nullable Double load, @Nullable Boolean sameInputs, BenchRow... rows) {
        return new Bench(
                "tandem bench",
                Recipe.HARMONIZED,
                new Machine(null, 4, 1, "", "", threads, Map.of(), null),
                threads,
                5,
                60,
                Arrays.stream(rows).anyMatch(row -> row.memoryGrowth() != null),
                load,
                sameInputs,
                List.of(rows),
                null,
                List.of());
    }

    @Test
    void everyRowHasItsFiguresAndTheBestAreMarked() {
        assertEquals(
                List.of(
                        "engine | ms/step | images/s | inference/s at 1 | at 64 | at 1000 | start-up s | peak MiB"
                                + " | x fastest other",
                        "fast | 5.04 (4.04-7.04) | 12,700* | 5,040 | - | 12,700* | 1.0* | 504* | 1.50",
                        "slow | 7.56 (6.56-9.56) | 8,467 | 7,560* | - | 8,467 | 1.5 | 756 | 0.67"),
                TableText.of(BenchTables.speed(bench(2, null, true, FAST, SLOW)), Medium.TERMINAL));
    }

    @Test
    void aRowThatFailedHasAStatusOnATerminal() {
        Bench bench = bench(2, null, true, FAST, FAILED);
        assertEquals(
                List.of(
                        "engine | status | ms/step | images/s | inference/s at 1 | at 64 | at 1000 | start-up s"
                                + " | peak MiB | x fastest other",
                        "fast | done | 5.04 (4.04-7.04) | 12,700 | 5,040 | - | 12,700 | 1.0 | 504 | 1.50",
                        "failed | failed | - | - | - | - | - | - | - | -"),
                TableText.of(BenchTables.speed(bench), Medium.TERMINAL));
        assertEquals(
                List.of(
                        "Engine | Train step, ms, median (10% to 90%) | Training, images/s"
                                + " | Prediction, images/s, 1 a call | Prediction, images/s, 64 a call"
                                + " | Prediction, images/s, 1000 a call | Start-up, s | Peak memory, MiB"
                                + " | Against, x fastest other | Library",
                        "fast | 5.04 (4.04-7.04) | 12,700 | 5,040 | - | 12,700 | 1.0 | 504 | 1.50 | library 1.2",
                        "failed | - | - | - | - | - | - | - | - | -"),
                TableText.of(BenchTables.speed(bench), Medium.PAGE));
    }

    @Test
    void memoryThatGrowsHasAColumnWhereItWasMeasured() {
        BenchRow grows = new BenchRow(
                "grows",
                null,
                false,
                Status.DONE,
                null,
                "library",
                "1.2",
                "cpu",
                2,
                null,
                List.of(),
                null,
                Map.of(),
                null,
                null,
                null,
                310.0,
                MemoryGrowth.of(250.0, 304.0).orElseThrow(),
                null,
                null);
        // 54 MiB in 2,700 steps.
        assertEquals(
                List.of(
                        "engine | ms/step | images/s | inference/s at 1 | at 64 | at 1000 | start-up s | peak MiB"
                                + " | grows by | x fastest other",
                        "fast | 5.04 (4.04-7.04) | 12,700 | 5,040 | - | 12,700 | 1.0 | 504 | - | 1.50",
                        "grows | - | - | - | - | - | - | 310* | 20.0 | -"),
                TableText.of(BenchTables.speed(bench(2, null, true, FAST, grows)), Medium.TERMINAL));
        assertEquals(
                "grows by: MiB a thousand steps, from what is resident after 300 and after 3,000 steps of a process that"
                        + " only trains.",
                BenchTables.notes(bench(2, null, true, grows)).getLast());
        assertEquals(Optional.empty(), MemoryGrowth.of(null, 304.0));
    }

    @Test
    void figuresToAnAccuracyAreOverTheSeedsThatReachedIt() {
        EngineName java = new EngineName("java");
        ToAccuracy.Times all = ToAccuracy.Times.of(
                java,
                List.of(
                        new Attempt(Status.DONE, null, 1200.0, 3, 0.986),
                        new Attempt(Status.DONE, null, 1204.0, 4, 0.985)));
        ToAccuracy.Times some = ToAccuracy.Times.of(
                EngineName.parse("java:plain"),
                List.of(
                        new Attempt(Status.DONE, null, null, 5, 0.98),
                        new Attempt(Status.INTERRUPTED, "interrupted in epoch 1 of seed 43", 30.0, 2, 0.99)));
        ToAccuracy.Times none = ToAccuracy.Times.of(
                new EngineName("absent"),
                List.of(
                        new Attempt(Status.UNAVAILABLE, "it runs nowhere", null, 0, null),
                        new Attempt(Status.UNAVAILABLE, "it runs nowhere", null, 0, null)));
        assertEquals(
                new ToAccuracy.Times(
                        java,
                        Status.DONE,
                        null,
                        List.of(1200.0, 1204.0),
                        List.of(3, 4),
                        List.of(0.986, 0.985),
                        2,
                        1202.0,
                        Math.sqrt(8),
                        1202.0,
                        1200.0,
                        1204.0),
                all);
        assertEquals("interrupted in epoch 1 of seed 43", some.failure());
        assertEquals(Arrays.asList(null, 30.0), some.seconds());

        assertEquals(
                List.of(
                        "engine | reached 98.5% | mean s | sd | median | min-max | epochs",
                        "java | 2 of 2 | 1,202.0 | 2.8 | 1,202.0 | 1,200.0-1,204.0 | 3, 4"),
                TableText.of(
                        BenchTables.toAccuracy(new ToAccuracy(0.985, 5, List.of(42L, 43L), List.of(all))),
                        Medium.TERMINAL));
        ToAccuracy measured = new ToAccuracy(0.99, 5, List.of(42L, 43L), List.of(all, some, none));
        assertEquals(
                List.of(
                        "engine | status | reached 99% | mean s | sd | median | min-max | epochs",
                        "java | done | 2 of 2 | 1,202.0 | 2.8 | 1,202.0 | 1,200.0-1,204.0 | 3, 4",
                        "java (plain) | interrupted | 1 of 2 | 30.0* | - | 30.0* | 30.0-30.0 | 5, 2",
                        "absent | unavailable | 0 of 2 | - | - | - | - | 0, 0"),
                TableText.of(BenchTables.toAccuracy(measured), Medium.TERMINAL));
        assertEquals(
                "Engine | Reached 99% | Mean, s | Standard deviation, s | Median, s | Smallest to largest, s"
                        + " | Epochs, by seed",
                TableText.of(BenchTables.toAccuracy(measured), Medium.PAGE).getFirst());
    }

    @Test
    void whatDisturbedTheFiguresIsSaid() {
        String first = "ms/step is the median (10th to 90th percentile) of 5 rounds of 60 steps, batch 64, ";
        // Half of four cores, and a twentieth of a processor, are still no disturbance.
        assertEquals(List.of(first + "1 thread."), BenchTables.notes(bench(1, 2.0, true, FAST, SLOW)));
        assertEquals(List.of(first + "2 threads."), BenchTables.notes(bench(2, null, null, FAILED)));
        assertEquals(
                List.of(first.replace("of 5", "of up to 5") + "2 threads."),
                BenchTables.notes(bench(2, null, null, FAST, row("cut", Status.INTERRUPTED, 1, 1, 0.0, 1))));
        assertEquals(
                List.of(
                        first + "2 threads.",
                        "Inputs: NOT identical for all engines; the figures do not compare.",
                        "The machine was busy before (load 2.1 on 4 cores). That slows some engines more than others, so"
                                + " the order may change: measure again when it is quiet.",
                        "restless used 0.06 processors while it waited; that slowed the others."),
                BenchTables.notes(bench(2, 2.1, false, FAST, row("restless", Status.DONE, 1, 1, 0.06, 1))));
    }
}
