package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** One process of a command is killed, or stopped as by Ctrl-Z and never continued. */
@Isolated("it measures times")
@Tag("faults")
@EnabledOnOs(OS.LINUX)
final class SignalsTest {
    private static final Job JOB = Job.TRAIN;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static int runs;

    /** Without its lab a worker ends. */
    @Test
    void theLabIsKilled() throws Exception {
        double seconds = JOB.straight().seconds();
        Campaign.run("train", "kill -9 of the lab", 1, (random, _) -> {
            String out = "lab" + ++runs;
            Tandem.Running running = JOB.begin(folder, out);
            running.await(": starting");
            long worker = running.workers().getFirst().pid();
            Thread.sleep((long) (500 * seconds * random.nextDouble()));
            running.signal("KILL");
            running.end();
            awaitEnd(worker, Duration.ofSeconds(5));
            JOB.assertEndsAsStraight(JOB.goOn(folder, out), folder.resolve(out));
            Runs.delete(folder.resolve(out));
        });
    }

    /** The lab says how its worker died, and keeps what was done. */
    @Test
    void theWorkerIsKilled() throws Exception {
        double seconds = JOB.straight().seconds();
        Campaign.run("train", "kill -9 of the worker", 1, (random, _) -> {
            String out = "worker" + ++runs;
            Tandem.Running running = JOB.begin(folder, out);
            running.await(": starting");
            long worker = running.workers().getFirst().pid();
            Thread.sleep((long) (500 * seconds * random.nextDouble()));
            boolean came = Tandem.signal("KILL", worker) == 0;
            Tandem tandem = running.end();
            Campaign.assertSentences(tandem);
            if (tandem.exitCode() == 1) {
                assertTrue(came, tandem::toString);
                String said = tandem.out();
                assertTrue(said.contains("killed by signal 9, by hand or for lack of memory"), tandem::toString);
            }
            JOB.assertEndsAsStraight(JOB.goOn(folder, out), folder.resolve(out));
            Runs.delete(folder.resolve(out));
        });
    }

    /** A worker that is stopped hears nothing: the lab ends it. */
    @Test
    void theWorkerIsStoppedAndCtrlCIsPressed() throws Exception {
        Campaign.run("train", "worker stopped, Ctrl-C", 1, (_, _) -> {
            String out = "stopped" + ++runs;
            Tandem.Running running = slow(out);
            long worker = running.workers().getFirst().pid();
            assertEquals(0, Tandem.signal("STOP", worker));
            long start = System.nanoTime();
            running.signal("INT");
            Tandem tandem = running.end();
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertEquals(130, tandem.exitCode(), tandem::toString);
            // Five seconds of patience, and what a busy machine needs besides.
            assertTrue(took.toSeconds() < 15, () -> took + ": " + tandem);
            assertFalse(alive(worker), tandem::toString);
            assertFalse(tandem.err().contains("cut off"), tandem::toString);
            Runs.delete(folder.resolve(out));
        });
    }

    /** Such a worker still holds its files. Who goes on is told, and can go on once it is gone. */
    @Tag("slow")
    @Test
    void theWorkerIsStoppedAndTheLabIsKilled() throws Exception {
        Campaign.run("train", "worker stopped, kill -9 of the lab", 1, (random, _) -> {
            String out = "orphan" + ++runs;
            Tandem.Running running = JOB.begin(folder, out);
            running.await("ready after");
            long worker = running.workers().getFirst().pid();
            assertEquals(0, Tandem.signal("STOP", worker));
            running.signal("KILL");
            running.end();
            Tandem refused = JOB.goOn(folder, out).end();
            if (alive(worker)) {
                Campaign.assertSentences(refused);
                if (refused.exitCode() == 1) {
                    assertTrue(
                            refused.out().contains("process %d still writes into it".formatted(worker)),
                            () -> worker + ": " + refused);
                }
                // It ends by itself when it is continued, or it is killed as the sentence says.
                Tandem.signal(random.nextBoolean() ? "CONT" : "KILL", worker);
                awaitEnd(worker, Duration.ofSeconds(5));
            }
            JOB.assertEndsAsStraight(JOB.goOn(folder, out), folder.resolve(out));
            Runs.delete(folder.resolve(out));
        });
    }

    /** A run that would last for minutes, in its first steps. */
    private static Tandem.Running slow(String out) throws Exception {
        Tandem.Running running = Runs.testEngines()
                .start(
                        folder,
                        List.of("SLOW_STEP", "100"),
                        "train",
                        "slow",
                        "--train-limit",
                        "12800",
                        "--test-limit",
                        "10",
                        "--out",
                        out);
        running.await("slow: Sleep");
        return running;
    }

    private static boolean alive(long process) {
        return ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false);
    }

    private static void awaitEnd(long process, Duration patience) throws Exception {
        var handle = ProcessHandle.of(process);
        if (handle.isPresent()) {
            handle.get().onExit().get(patience.toSeconds(), TimeUnit.SECONDS);
        }
    }
}
