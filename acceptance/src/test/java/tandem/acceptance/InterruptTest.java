package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Ctrl-C reaches the worker of every command: work that would last for minutes ends soon, with exit code 130, the files
 * say how far it came, and no process is left. A command that keeps the signal to itself would be cut off after 30
 * seconds.
 */
final class InterruptTest {
    /** Less than the command waits before it cuts the work off, more than a busy machine needs to end it. */
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    static Path folder;

    private static TestEngines engines;
    private static int runs;

    @BeforeAll
    static void prepare() throws Exception {
        engines = Runs.testEngines();
    }

    /** Waits for the text, interrupts, and checks how it ends. */
    private static Tandem interrupt(Tandem.Running running, String after) throws Exception {
        running.await(after);
        List<ProcessHandle> processes =
                running.process().toHandle().descendants().toList();
        Instant before = Instant.now();
        running.signal("INT");
        Tandem tandem = running.end();
        Duration took = Duration.between(before, Instant.now());
        assertEquals(130, tandem.exitCode(), tandem.out() + tandem.err());
        assertTrue(took.compareTo(SOON) < 0, took + " until " + tandem.out() + tandem.err());
        assertTrue(tandem.err().contains("tandem: interrupted; keeping what is done"), tandem.err());
        assertFalse(tandem.err().contains("it is cut off"), tandem.err());
        assertEquals(
                List.of(), processes.stream().filter(ProcessHandle::isAlive).toList());
        return tandem;
    }

    /** The signal comes while a step that lasts for half a second is under way; hundreds would follow. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train slow --train-limit 12800 --test-limit 10 | slow: Sleep | comparison.json",
                "compare --engines slow,second --train-limit 12800 --test-limit 10 | slow: Sleep | comparison.json",
                "study --engines slow,second --seeds 2 --train-limit 12800 --test-limit 10 | starting | study.json",
                "differences --engine slow --train-limit 12800 --test-limit 10 | starting | differences.json",
                "bench --engines slow,second --rounds 2 --steps 400 --python /no | slow: Sleep | bench.json",
                "bench --rounds 0 --engines slow --to-accuracy 5 --seeds 2 | starting | bench.json",
            })
    void everyCommandEndsSoon(String command, String after, String file) throws Exception {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of("--out", "run" + ++runs));
        interrupt(
                engines.start(folder, List.of("SLOW_FIRST", "500", "SLOW_STEP", "500"), words.toArray(String[]::new)),
                after);
        JsonNode json = Runs.json(folder.resolve("run" + runs).resolve(file));
        List<JsonNode> results = new ArrayList<>();
        for (String name : List.of("engines", "recipes")) {
            json.path(name).forEach(results::add);
        }
        json.at("/toAccuracy/engines").forEach(results::add);
        assertFalse(results.isEmpty());
        for (JsonNode result : results) {
            assertEquals("interrupted", result.get("status").asString(), result::toString);
        }
        if (json.has("state")) {
            assertEquals("interrupted", json.get("state").asString());
        }
    }

    @Test
    void aTrialKeepsItsStepsAndTheOthersDoNotBegin() throws Exception {
        Tandem.Running running = engines.start(
                folder,
                List.of("SLOW_STEP", "200"),
                "compare",
                "--engines",
                "slow,second",
                "--train-limit",
                "12800",
                "--test-limit",
                "10",
                "--out",
                "kept");
        running.await("slow: Sleep");
        Thread.sleep(1500);
        interrupt(running, "slow: Sleep");
        JsonNode comparison = Runs.json(folder.resolve("kept/comparison.json"));
        long steps = Runs.position(folder.resolve("kept/slow")).get("step").longValue();
        assertTrue(steps > 2, "steps were kept: " + steps);
        assertEquals(
                steps,
                Files.readAllLines(folder.resolve("kept/slow/events.jsonl")).size());
        assertEquals(
                "interrupted at step %d".formatted(steps),
                comparison.at("/engines/0/failure").asString());
        assertEquals(
                "interrupted before it began",
                comparison.at("/engines/1/failure").asString());
        assertFalse(Files.exists(folder.resolve("kept/second/worker.log")));
    }

    /** While the oracle computes, and while an engine takes its steps. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"--steps 1 --batch-size 8 | java: starting", "--steps 100 | "})
    void aProofEndsSoon(String options, String after) throws Exception {
        String out = "run" + ++runs;
        Tandem.Running running = Tandem.start(
                folder,
                "parity --engines java %s --out %s".formatted(options, out).split(" "));
        if (after == null) {
            Thread.sleep(3000);
        }
        Tandem tandem = interrupt(running, after == null ? "" : after);
        assertFalse(tandem.out().contains("java: passed"), tandem.out());
        assertTrue(Files.exists(folder.resolve(out).resolve("recipe.json")));
    }

    /** An answer that is under way is waited for; who was not asked yet is not. */
    @Test
    void aPredictionAsksNobodyElse() throws Exception {
        Path picture = Drawing.seven(folder.resolve("seven.png"));
        Tandem.Running running = engines.start(
                folder,
                List.of("SLOW_IMAGE", "2000"),
                "predict",
                Runs.comparison().path().resolve("java/model.safetensors").toString(),
                picture.toString(),
                "--engines",
                "slow,second",
                "--json");
        awaitWorker(running);
        Tandem tandem = interrupt(running, "");
        JsonNode document = JsonMapper.shared().readTree(tandem.out());
        assertEquals("interrupted", document.at("/engines/1/status").asString(), tandem.out());
        assertEquals(
                "interrupted before it began", document.at("/engines/1/failure").asString());
    }

    /** Such a command says nothing of its workers. */
    private static void awaitWorker(Tandem.Running running) throws IOException, InterruptedException {
        Instant start = Instant.now();
        while (running.process()
                .descendants()
                .noneMatch(process -> process.info().commandLine().orElse("").contains(" slow "))) {
            assertTrue(Duration.between(start, Instant.now()).toMinutes() < 2, "no worker was started");
            Thread.sleep(20);
        }
    }
}
