package tandem.lab.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Json;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.lab.engines.Conversation;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.TestImages;
import tandem.lab.engines.TestWorkers;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.lab.run.Machine;
import tandem.lab.run.RunDirectory;
import tandem.lab.statistics.Speed;

/** Rows, rounds and figures, of programs whose figures are known. */
final class ContestantTest {
    private static final Recipe RECIPE =
            Recipe.HARMONIZED.with(Map.of("dataset", TestImages.DATASET, "trainLimit", 20, "testLimit", 10));

    @TempDir
    Path folder;

    private final StopSignal stop = new StopSignal();
    private final List<String> told = new ArrayList<>();
    private final List<Long> processes = new ArrayList<>();
    private @Nullable String stopAt;

    private void tell(Progress progress) {
        String what = switch (progress) {
            case Progress.Started(String row, long pid) -> {
                processes.add(pid);
                yield row + " started";
            }
            case Progress.Measuring(String row, String now, int turn, int turns) ->
                "%d of %d: %s: %s".formatted(turn, turns, row, now);
            default -> progress.toString();
        };
        told.add(what);
        if (what.equals(stopAt)) {
            stop.raise();
        }
    }

    private Bench.Plan plan(@Nullable Peer peer, int rounds, String... names) {
        return new Bench.Plan(
                "tandem bench",
                RECIPE,
                Arrays.stream(names).map(EngineName::parse).toList(),
                peer,
                rounds,
                4,
                Duration.ofDays(1),
                Duration.ofMillis(20),
                new WarmUpRule(11, Duration.ofMillis(100), Duration.ofSeconds(20)),
                false,
                null,
                List.of());
    }

    private Workers workers() {
        return TestWorkers.of(folder, 2, this::tell, stop);
    }

    private Contestant contestant(Path program, String name, @Nullable String variantOf, boolean peer, boolean trains) {
        Entry entry = new Entry(
                name,
                variantOf,
                "",
                peer,
                trains,
                "library",
                "0",
                () -> Conversation.startProgram(
                        List.of(program.toString()), folder.resolve("log"), Duration.ofMinutes(1), stop));
        return new Contestant(entry, plan(null, 2), workers(), new Turns(this::tell, 3));
    }

    private void assertAllEnded() {
        for (long pid : processes) {
            assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), "process " + pid);
        }
    }

    @Test
    void figuresAreThoseOfAllRounds() throws IOException {
        Path program = CannedPeer.in(folder.resolve("peer"));
        double loadBefore = load();
        Bench bench = Bench.run(
                plan(new Peer(program.toString(), Path.of("program")), 2, "absent"),
                workers(),
                Datasets.open(TestImages.DATASET).limit(20, 10),
                RunDirectory.create(folder.resolve("run"), "bench"));
        if (load() == loadBefore) {
            assertEquals(loadBefore, bench.loadAverage());
        }

        BenchRow row = bench.engines().getLast();
        assertEquals("peer: pytorch 9.9 (python, test)", row.engine());
        assertTrue(row.peer());
        assertNull(row.variantOf());
        assertEquals(Status.DONE, row.status());
        assertEquals(
                List.of("pytorch (python, test)", "9.9", "cpu", 2),
                List.of(row.library(), row.libraryVersion(), row.device(), row.threads()));
        // Steps 12 to 15, and 16 to 19, after a warm-up of 11.
        assertEquals(List.of(13.5, 17.5), row.roundMedians());
        assertEquals(15.5, row.millisPerStep().median());
        assertEquals(12.7, row.millisPerStep().p10(), 1e-12);
        assertEquals(18.3, row.millisPerStep().p90(), 1e-12);
        assertEquals(2 * 64 / 0.8, row.trainImagesPerSecond());
        assertEquals(new WarmUp(11, 0.8, Arrays.asList(5.5, 11.0, null, null)), row.warmUp());
        assertEquals(1.5, row.startupSeconds());
        assertEquals(1.9, row.firstStepSeconds());
        // The fourth and the seventh answer, the fifth and the eighth, the sixth and the ninth; three are of the
        // warm-up.
        assertEquals(Map.of(1, 4 * 5.5, 64, 4 * 64 * 6.5, 1000, 4 * 1000 * 7.5), row.inferenceImagesPerSecond());
        assertEquals(100 + 1 + 2 + 3 + 2 * 4, row.peakMemoryMiB());
        assertNull(row.ratioToFastestOther());
        assertNull(bench.sameInputs(), "no engine told what it was given");

        BenchRow absent = bench.engines().getFirst();
        assertEquals(
                List.of(Status.UNAVAILABLE, "it runs nowhere", "none", "0"),
                List.of(absent.status(), absent.failure(), absent.library(), absent.libraryVersion()));
        assertNull(absent.threads());
        assertNull(absent.millisPerStep());
        assertNull(absent.trainImagesPerSecond());
        assertNull(absent.startupSeconds());
        assertNull(absent.warmUp());
        assertNull(absent.waitingProcessorShare());
        assertEquals(List.of(), absent.roundMedians());
        assertEquals(
                List.of(1, 64, 1000),
                List.copyOf(absent.inferenceImagesPerSecond().keySet()));
        assertNull(absent.inferenceImagesPerSecond().get(64));

        assertEquals(
                List.of(
                        "prepare  2",
                        "measureSteps 1",
                        "measureSteps 10",
                        "measureInference 1 0.06",
                        "measureInference 64 0.06",
                        "measureInference 1000 0.06",
                        "measureSteps 4",
                        "measureInference 1 0.02",
                        "measureInference 64 0.02",
                        "measureInference 1000 0.02",
                        "measureSteps 4",
                        "measureInference 1 0.02",
                        "measureInference 64 0.02",
                        "measureInference 1000 0.02",
                        "exit"),
                CannedPeer.requests(program).stream()
                        .map(request -> request.replaceFirst("prepare.*", "prepare  2"))
                        .toList());
        String name = "peer: pytorch 9.9 (python, test)";
        assertEquals(
                List.of(
                        "Missing[row=absent, status=unavailable, reason=it runs nowhere]",
                        "0 of 6: peer: starting",
                        "peer started",
                        "Prepared[row=peer, library=Library[name=pytorch (python, test), version=9.9, device=cpu,"
                                + " threads=2], startupSeconds=1.5]",
                        "0 of 6: %s: warming up, step 0".formatted(name),
                        "0 of 6: %s: warming up, step 1".formatted(name),
                        "0 of 6: %s: warming up, inference, 1 at a time".formatted(name),
                        "0 of 6: %s: warming up, inference, 64 at a time".formatted(name),
                        "0 of 6: %s: warming up, inference, 1000 at a time".formatted(name),
                        "Warm[row=%s, steps=11, seconds=0.8]".formatted(name),
                        "1 of 6: %s: 4 train steps".formatted(name),
                        "1 of 6: %s: inference, 1 at a time".formatted(name),
                        "1 of 6: %s: inference, 64 at a time".formatted(name),
                        "1 of 6: %s: inference, 1000 at a time".formatted(name),
                        "Round[round=1, rounds=2, medians={%s=13.5}]".formatted(name),
                        "2 of 6: %s: 4 train steps".formatted(name),
                        "2 of 6: %s: inference, 1 at a time".formatted(name),
                        "2 of 6: %s: inference, 64 at a time".formatted(name),
                        "2 of 6: %s: inference, 1000 at a time".formatted(name),
                        "Round[round=2, rounds=2, medians={%s=17.5}]".formatted(name)),
                told);
        assertEquals(bench, Json.read(folder.resolve("run/bench.json"), Bench.class));
        assertEquals(RECIPE, Recipe.read(folder.resolve("run/recipe.json")));
        assertEquals(
                Map.of("absent", "none 0"),
                Json.read(folder.resolve("run/machine.json"), Machine.class).engines());
        String arguments = Files.readString(program.resolveSibling("arguments"));
        assertTrue(arguments.matches("program --bench --data .*tandem-images\\d+ --threads 2\n"), arguments);
        assertEquals(4, Files.readAllLines(program.resolveSibling("images")).size(), "MNIST as four files");
        assertFalse(Files.exists(Path.of(arguments.split(" ")[3])), "which are gone");
        assertAllEnded();
    }

    /**
     * Another process is asked for 300 steps and for 2,700 more; after the first it says 92 MiB, after the second 93.
     */
    @Test
    void memoryGrowsByWhatIsResidentAfterManyStepsAndAfterFew() throws IOException {
        Path program = CannedPeer.in(folder.resolve("peer"));
        Contestant contestant = contestant(program, "one", null, false, true);
        contestant.warmUp();
        contestant.takeTurn();
        contestant.grow();
        contestant.done();
        BenchRow row = contestant.row(List.of());
        assertEquals(Status.DONE, row.status(), row::failure);
        assertEquals(new MemoryGrowth(92, 93, 1000 / 2700.0), row.memoryGrowth());
        assertEquals(
                List.of("measureSteps 300", "measureSteps 2700"),
                CannedPeer.requests(program).stream()
                        .filter(request -> request.startsWith("measureSteps"))
                        .skip(3)
                        .toList());
        assertEquals(1, row.roundMedians().size(), "the other process has its own steps");
        contestant.close();
        assertAllEnded();
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    @Test
    void anInterruptKeepsTheRoundsBefore() throws IOException {
        Path program = CannedPeer.in(folder.resolve("peer"));
        stopAt = "Round[round=1, rounds=2, medians={peer: pytorch 9.9 (python, test)=13.5}]";
        Bench bench = Bench.run(
                plan(new Peer(program.toString(), Path.of("program")), 2, "absent"),
                workers(),
                Datasets.open(TestImages.DATASET).limit(20, 10),
                RunDirectory.create(folder.resolve("run"), "bench"));
        BenchRow row = bench.engines().getLast();
        assertEquals(Status.INTERRUPTED, row.status());
        assertEquals("interrupted after 1 of 2 rounds", row.failure());
        assertEquals(List.of(13.5), row.roundMedians());
        assertEquals(Status.UNAVAILABLE, bench.engines().getFirst().status(), "its first end counts");
        assertEquals(
                "Missing[row=%s, status=interrupted, reason=interrupted after 1 of 2 rounds]".formatted(row.engine()),
                told.getLast());
        assertAllEnded();
    }

    @Test
    void anInterruptWhileWarmingUpEndsIt() throws IOException {
        Path program = CannedPeer.in(folder.resolve("peer"));
        Contestant contestant = contestant(program, "one", null, false, true);
        stopAt = "0 of 3: one: warming up, step 0";
        contestant.warmUp();
        assertEquals(Optional.empty(), contestant.lastMedian());
        contestant.interrupt();
        contestant.done();
        assertEquals(
                "interrupted after 0 of 2 rounds", contestant.row(List.of()).failure());
        assertEquals(Status.INTERRUPTED, contestant.row(List.of()).status());
        assertEquals(
                List.of("measureSteps 1"),
                CannedPeer.requests(program).stream()
                        .filter(request -> request.startsWith("measure"))
                        .toList());
        contestant.close();
        assertAllEnded();
    }

    @Test
    void aRowIsComparedWithTheOthers() {
        Contestant fast = contestant(CannedPeer.in(folder.resolve("a")), "fast", null, false, true);
        Contestant slow = contestant(CannedPeer.in(folder.resolve("b")), "slow (plain)", "slow", false, true);
        for (Contestant contestant : List.of(fast, slow)) {
            contestant.warmUp();
            contestant.takeTurn();
        }
        slow.takeTurn();
        assertEquals(Optional.of(13.5), fast.lastMedian());
        assertEquals(Optional.of(17.5), slow.lastMedian());
        fast.done();
        slow.done();
        List<Speed> rows = List.of(fast.speed(), slow.speed());
        assertEquals(List.of(new Speed("fast", 13.5), new Speed("slow", 15.5)), rows);
        assertEquals(15.5 / 13.5, fast.row(rows).ratioToFastestOther());
        assertEquals(13.5 / 15.5, slow.row(rows).ratioToFastestOther());
        assertEquals("slow", slow.row(rows).variantOf());
        fast.close();
        slow.close();
        assertAllEnded();
    }

    @Test
    void whatOnlyPredictsTakesNoSteps() throws IOException {
        Path program = CannedPeer.in(folder.resolve("peer"));
        Contestant contestant = contestant(program, "onnx", null, false, false);
        contestant.warmUp();
        contestant.takeTurn();
        contestant.done();
        BenchRow row = contestant.row(List.of());
        assertEquals(Map.of(1, 16.0, 64, 4 * 64 * 5.0, 1000, 4 * 1000 * 6.0), row.inferenceImagesPerSecond());
        assertNull(row.warmUp());
        assertNull(row.firstStepSeconds());
        assertEquals(7 + 100, row.peakMemoryMiB());
        assertTrue(told.contains("1 of 3: onnx: inference"));
        assertTrue(told.stream().noneMatch(what -> what.startsWith("Warm")));
        contestant.close();
        assertTrue(CannedPeer.requests(program).stream().noneMatch(request -> request.contains("Steps")));
        assertAllEnded();
    }

    @Test
    void whatGoesWrongEndsTheRowAndItsProcess() throws IOException {
        Path program = CannedPeer.in(
                folder.resolve("peer"),
                "[ $step = 15 ] && echo '{\"event\":\"failed\",\"sentence\":\"no room for tensors\"}' && step=99");
        Contestant contestant = contestant(program, "one", null, false, true);
        contestant.warmUp();
        contestant.takeTurn();
        assertAllEnded();
        contestant.takeTurn();
        contestant.done();
        BenchRow row = contestant.row(List.of());
        assertEquals(Status.FAILED, row.status());
        assertEquals("no room for tensors", row.failure());
        assertEquals(List.of(13.5), row.roundMedians());
        assertEquals(Optional.empty(), contestant.lastMedian());
        assertEquals("Missing[row=one, status=failed, reason=no room for tensors]", told.getLast());

        Path talks = CannedPeer.in(folder.resolve("talks"), "echo '{\"event\":\"evaluating\",\"done\":1,\"total\":2}'");
        contestant = contestant(talks, "two", null, false, true);
        contestant.warmUp();
        contestant.done();
        assertEquals(
                "the worker sent Evaluating[done=1, total=2] in the middle of a measurement",
                contestant.row(List.of()).failure());
        assertAllEnded();
    }

    @Test
    void aProcessThatComputesWhileOthersHaveTheirTurnIsFoundOut() throws InterruptedException {
        assumeTrue(
                ProcessHandle.current().info().totalCpuDuration().isPresent(),
                "the system does not tell how much processor time a process used");
        String busy = "case \"$request\" in *:1000*) i=0; while [ $i -lt 150000 ]; do i=$((i + 1)); done ;; esac";
        Contestant contestant = contestant(CannedPeer.in(folder.resolve("peer"), busy), "busy", null, false, false);
        contestant.warmUp();
        Thread.sleep(300);
        contestant.takeTurn();
        contestant.done();
        Double share = contestant.row(List.of()).waitingProcessorShare();
        contestant.close();
        assertNotNull(share);
        assertTrue(share > 0.02 && share < 1.5, "of a processor: " + share);
    }
}
