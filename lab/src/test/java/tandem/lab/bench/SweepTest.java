package tandem.lab.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;
import tandem.core.engine.Library;
import tandem.lab.bench.Sweep.Asked;
import tandem.lab.bench.Sweep.Point;
import tandem.lab.bench.Sweep.Size;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.TestImages;
import tandem.lab.engines.TestWorkers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.lab.run.RunDirectory;
import tandem.lab.table.Column.Medium;
import tandem.lab.table.TableText;
import tandem.worker.protocol.Event;
import tools.jackson.databind.JsonNode;

final class SweepTest {
    private static final List<EngineName> WAITS = List.of(EngineName.parse("faulty:waits"));

    private static final Recipe SMALL = Recipe.HARMONIZED.with(Map.of(
            "dataset", TestImages.DATASET,
            "network", new Network(28, 28, 10, 2, 3, 8, 0.25, 0.5),
            "trainLimit", 150,
            "testLimit", 10,
            "batchSize", 16));

    @TempDir
    Path folder;

    private final StopSignal stop = new StopSignal();
    private final List<String> told = new ArrayList<>();
    private int stopAfterPoint;

    private void tell(Progress what) {
        if (what instanceof Progress.Swept swept) {
            told.add(swept.point());
            if (told.size() == stopAfterPoint) {
                stop.raise();
            }
        }
    }

    private Bench run(RunDirectory directory, Asked... asked) {
        Bench.Plan plan = new Bench.Plan(
                "tandem bench",
                SMALL,
                List.of(),
                null,
                2,
                500,
                Duration.ofMillis(100),
                Duration.ofMillis(20),
                new WarmUpRule(11, Duration.ZERO, Duration.ofSeconds(20)),
                false,
                null,
                List.of(asked));
        Dataset data = Datasets.open(TestImages.DATASET).limit(SMALL.trainLimit(), SMALL.testLimit());
        return Bench.run(plan, TestWorkers.of(folder, 2, this::tell, stop), data, directory);
    }

    // ---- what is asked for

    @Test
    void valuesAreSorted() {
        assertEquals(
                new Asked(Size.BATCH_SIZE, List.of(1, 16, 64), WAITS),
                Asked.parse("batch-size=64,1, 16", Recipe.HARMONIZED, WAITS));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "depth=1,2 | there is no size 'depth'; valid are batch-size, threads, hidden, conv1, side",
                "hidden | '' is not a whole number; write it like hidden=1,2,4",
                "hidden=64,,1 | '' is not a whole number; write it like hidden=1,2,4",
                "threads=1.5 | '1.5' is not a whole number; write it like threads=1,2,4",
                "threads=2,1,2 | 2 is there twice",
                "threads=0,1 | at 0, threads is 0; it must be at least 1",
                "batch-size=-4 | at -4, batchSize is -4; it must be at least 1",
                "conv1=0 | at 0, network.conv1 is 0; it must be at least 1",
                "side=5 | at 5, images of 5x5 pixels are too small for the network; it needs at least 6x6",
                "hidden=100000 | at 100000, the network's fc1.weight would have 921600000 values, and at most 268435456"
                        + " are allowed; make it smaller",
            })
    void whatCannotBeSweptIsRefused(String text, String sentence) {
        Failure failure = assertThrows(Failure.class, () -> Asked.parse(text, Recipe.HARMONIZED, WAITS));
        assertEquals("--sweep %s: %s".formatted(text, sentence), failure.getMessage());
    }

    @Test
    void aSizeIsAFieldOfTheRecipe() {
        Recipe recipe = Recipe.HARMONIZED;
        assertEquals(256, Size.BATCH_SIZE.of(recipe, 256).batchSize());
        assertEquals(recipe, Size.THREADS.of(recipe, 2));
        assertEquals(
                new Network(28, 28, 10, 32, 64, 512, 0.25, 0.5),
                Size.HIDDEN.of(recipe, 512).network());
        // The second convolution keeps twice the channels of the first.
        assertEquals(
                new Network(28, 28, 10, 24, 48, 128, 0.25, 0.5),
                Size.CONV1.of(recipe, 24).network());
        assertEquals(
                new Network(56, 56, 10, 32, 64, 128, 0.25, 0.5),
                Size.SIDE.of(recipe, 56).network());
    }

    @Test
    void imagesAreDrawnLargerOrSmaller() {
        byte[] two = {1, 2, 3, 4, /* second image */ 5, 6, 7, 8};
        Images images = new Images(2, 2, two, new byte[] {9, 3}, new Normalisation(0.5, 0.5));
        Dataset data = new Dataset("d", 10, images, images);
        Dataset larger = Sweep.drawn(data, 3, 2);
        // Position p of three lies over floor(2p / 3): 0, 0, 1.
        assertArrayEquals(
                new byte[] {1, 1, 2, 1, 1, 2, 3, 3, 4, /* second image */ 5, 5, 6, 5, 5, 6, 7, 7, 8},
                larger.train().pixels());
        assertEquals(9, larger.train().label(0));
        assertEquals(3, larger.train().label(1));
        assertEquals(1, larger.test().count());
        assertArrayEquals(new byte[] {1}, Sweep.drawn(data, 1, 1).train().pixels());
    }

    @Test
    void aTurnHasTheStepsThatFitIntoItsTime() {
        Figures figures = new Figures(List.of());
        figures.prepared(new Event.Prepared(new Library("l", "1", "cpu", 1), 0.1, null));
        // The first step compiles; of the last ten the median is 4 ms.
        figures.warmUp(List.of(900.0), new Event.Measured(1, 1, 0.9, null, null));
        figures.warmUp(Collections.nCopies(10, 4.0), new Event.Measured(10, 10, 0.04, null, null));
        assertEquals(125, figures.stepsWithin(Duration.ofMillis(500), 500));
        assertEquals(40, figures.stepsWithin(Duration.ofDays(1), 40));
        assertEquals(3, figures.stepsWithin(Duration.ofMillis(1), 500));
        assertEquals(2, figures.stepsWithin(Duration.ofMillis(1), 2));
    }

    // ---- measured, in processes of their own

    private static BenchRow waits(Point point) {
        return point.row("faulty (waits)");
    }

    /** The engine that waits sleeps 20 ms in every step, whatever the size. */
    @Test
    void everyPointIsMeasuredAndComesBackFromItsFile() throws IOException {
        RunDirectory directory = RunDirectory.create(folder.resolve("run"), "bench");
        Bench bench = run(
                directory,
                new Asked(Size.BATCH_SIZE, List.of(4, 32), WAITS),
                new Asked(Size.SIDE, List.of(14), WAITS),
                new Asked(Size.THREADS, List.of(1), WAITS));
        assertEquals(List.of(), bench.engines());
        assertEquals(bench, Bench.read(directory).orElseThrow());
        for (Sweep sweep : bench.sweeps()) {
            for (Point point : sweep.points()) {
                BenchRow row = waits(point);
                assertEquals(Status.DONE, row.status(), row::failure);
                int images = sweep.size() == Size.BATCH_SIZE ? point.value() : 16;
                assertTrue(
                        row.millisPerStep().p10() >= 20 && row.millisPerStep().median() < 40,
                        () -> "" + row.millisPerStep());
                // The last batch of 150 images may be smaller.
                assertTrue(
                        row.trainImagesPerSecond() > images / 0.080 && row.trainImagesPerSecond() <= images / 0.020,
                        () -> "" + row.trainImagesPerSecond());
                assertTrue(row.peakMemoryMiB() > 20 && row.peakMemoryMiB() < 1000, () -> "" + row.peakMemoryMiB());
                assertEquals(2, row.roundMedians().size());
                assertEquals(Map.of(), row.inferenceImagesPerSecond());
            }
        }
        assertEquals(List.of("batch-size 4", "batch-size 32", "side 14", "threads 1"), told);
        assertTrue(Files.exists(folder.resolve("run/faulty-waits/batch-size-32/worker.log")));
        JsonNode json = Json.MAPPER.readTree(Files.readString(folder.resolve("run/bench.json")));
        assertEquals("batch-size", json.at("/sweeps/0/size").asString());
        assertEquals(32, json.at("/sweeps/0/points/1/value").intValue());
        assertEquals(
                waits(bench.sweeps().getFirst().points().getLast())
                        .millisPerStep()
                        .median(),
                json.at("/sweeps/0/points/1/engines/0/millisPerStep/median").doubleValue());
    }

    @Test
    void aRunThatStoppedKeepsItsPoints() {
        Path path = folder.resolve("run");
        Asked asked = new Asked(Size.BATCH_SIZE, List.of(4, 8), WAITS);
        stopAfterPoint = 1;
        Bench stopped;
        try (RunDirectory directory = RunDirectory.create(path, "bench")) {
            stopped = run(directory, asked);
        }
        List<Point> half = stopped.sweeps().getFirst().points();
        assertEquals(Status.DONE, waits(half.getFirst()).status());
        assertEquals("interrupted before it began", waits(half.getLast()).failure());
        assertEquals(List.of(asked), stopped.asked());

        SweepTest next = new SweepTest();
        next.folder = folder;
        List<Point> whole;
        try (RunDirectory directory = RunDirectory.goOn(path, Bench.FILE)) {
            whole = next.run(directory, asked).sweeps().getFirst().points();
        }
        assertEquals(half.getFirst(), whole.getFirst());
        assertEquals(Status.DONE, waits(whole.getLast()).status());
        assertEquals(List.of("batch-size 8"), next.told);
    }

    // ---- what is said of it

    private static BenchRow row(String name, @Nullable Double millis, @Nullable Double ratio) {
        return new BenchRow(
                name,
                null,
                false,
                millis == null ? Status.FAILED : Status.DONE,
                millis == null ? "no memory" : null,
                "library",
                "1.2",
                "cpu",
                2,
                millis == null ? null : new Spread(millis, millis, millis),
                List.of(),
                millis == null ? null : 64_000 / millis,
                Map.of(),
                null,
                null,
                null,
                millis == null ? null : 100 + millis,
                null,
                null,
                ratio);
    }

    @Test
    void tablesAndSentencesSayWhichEngineIsFastestAtWhichSize() {
        Sweep sweep = new Sweep(
                Size.BATCH_SIZE,
                List.of(
                        new Point(1, true, List.of(row("java", 0.25, 4.0), row("tensorflow", 1.0, 0.25))),
                        new Point(64, true, List.of(row("java", 5.0, 6.0), row("tensorflow", 30.0, 1 / 6.0))),
                        new Point(1024, false, List.of(row("java", 250.0, 0.8), row("tensorflow", 200.0, 1.25))),
                        new Point(4096, null, List.of(row("java", null, null), row("tensorflow", 900.0, null)))));
        assertEquals(
                List.of(
                        "ms/step | 1 | 64 | 1,024 | 4,096",
                        "java | 0.250* | 5.00* | 250 | -",
                        "tensorflow | 1.00 | 30.0 | 200* | 900"),
                TableText.of(BenchTables.sweptSteps(sweep), Medium.TERMINAL));
        assertEquals(
                List.of(
                        "images/s | 1 | 64 | 1,024 | 4,096",
                        "java | 256,000* | 12,800* | 256 | -",
                        "tensorflow | 64,000 | 2,133 | 320* | 71.1"),
                TableText.of(BenchTables.sweptImages(sweep), Medium.TERMINAL));
        assertEquals(
                List.of(
                        "Engine | 1 | 64 | 1,024 | 4,096",
                        "java | 100* | 105* | 350 | -",
                        "tensorflow | 101 | 130 | 300* | 1,000"),
                TableText.of(BenchTables.sweptMemory(sweep), Medium.PAGE));
        assertEquals(
                List.of(
                        "batch-size 1, 64: java is the fastest, 4.00 to 6.00 times as fast as the fastest other engine.",
                        "batch-size 1,024: tensorflow is the fastest, 1.25 times as fast as the fastest other engine.",
                        "batch-size 4,096: tensorflow is the fastest.",
                        "batch-size 1024: inputs are NOT identical for all engines; the figures do not compare.",
                        "batch-size 4096: java: failed: no memory"),
                BenchTables.notes(sweep));
    }

    @Test
    void aSweepWithoutAPointOrWithOneTwiceIsRefused() {
        Point point = new Point(1, null, List.of(row("java", 1.0, null)));
        assertThrows(Failure.class, () -> new Sweep(Size.HIDDEN, List.of()));
        assertThrows(Failure.class, () -> new Sweep(Size.HIDDEN, List.of(point, point)));
        Point other = new Point(2, null, List.of(row("djl", 1.0, null)));
        Failure failure = assertThrows(Failure.class, () -> new Sweep(Size.HIDDEN, List.of(point, other)));
        assertEquals("engines is [[java], [djl]]; it must be the same at every value", failure.getMessage());
    }

    /** A bench of 2026-11-25, as it lies in somebody's runs. */
    @Test
    void aBenchFromBeforeSweepsIsRead() throws Exception {
        Bench bench = Bench.read(
                Path.of(SweepTest.class.getResource("bench-2026-11-25.json").toURI()));
        assertEquals(List.of(), bench.sweeps());
        assertFalse(bench.growth());
        assertEquals(3.1, bench.engines().getFirst().millisPerStep().median());
        bench.engines().forEach(row -> assertNull(row.memoryGrowth()));
    }
}
