package tandem.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code kill -9} of all processes of a command at any moment; it goes on and ends as if nothing had happened. */
@Tag("faults")
@EnabledOnOs(OS.LINUX)
final class KillsTest {
    /** That a run is killed again while it goes on. */
    private static final double AGAIN = 0.4;

    private static final int KILLED = 128 + 9;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    @ParameterizedTest
    @CsvSource({"TRAIN, 2", "COMPARE, 1", "COMPARE_REFERENCE, 0", "STUDY, 1", "DIFFERENCES, 0", "BENCH, 0"})
    void atAnyMoment(Job job, int few) throws Exception {
        if (Campaign.tries(few) == 0 || !job.chosen()) {
            return;
        }
        Job.Straight straight = job.straight();
        Campaign.run(job.title(), "kill -9 of all, --resume", few, (random, number) -> {
            String out = job + "-" + number;
            Path run = folder.resolve(out);
            Tandem.Running running = job.begin(folder, out);
            awaitMoment(random, running, run, straight);
            running.killAll();
            while (random.nextDouble() < AGAIN) {
                running = job.goOnOrBegin(folder, out);
                awaitMoment(random, running, run, straight);
                running.killAll();
            }
            job.assertEndsAsStraight(job.goOnOrBegin(folder, out), run);
            Runs.delete(run);
        });
    }

    /** Any moment of time, start-up included, or around any step: a busy machine is late for the former. */
    private static void awaitMoment(Random random, Tandem.Running running, Path run, Job.Straight straight)
            throws Exception {
        int all = done(straight.path());
        if (random.nextBoolean() || all == 0) {
            Thread.sleep((long) (1000 * straight.seconds() * random.nextDouble()));
            return;
        }
        int some = random.nextInt(all + 1);
        while (running.process().isAlive() && done(run) < some) {
            Thread.sleep(2);
        }
        Thread.sleep(random.nextInt(30));
    }

    /** Steps and epochs in all logs of a run, and its trials that are done. */
    private static int done(Path run) {
        int done = 0;
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = run.relativize(file).toString();
                if (name.endsWith("events.jsonl")) {
                    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
                        done += (int) lines.count();
                    }
                } else if (name.matches("trials/.*/seed-\\d+\\.json")) {
                    done++;
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // Not there yet, or changed while it was looked at.
        }
        return done;
    }
}
