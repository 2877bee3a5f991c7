package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two commands that would write into one folder: one does, the other says who. */
@Tag("faults")
@EnabledOnOs(OS.LINUX)
final class TwoAtOnceTest {
    private static final String BUSY = "%s: process \\d+ writes into it; wait until it ends.*";
    private static final String LATE = "%s: (is not empty|holds another run); choose another folder with --out";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static int runs;

    @ParameterizedTest
    @CsvSource({"TRAIN, 1", "COMPARE, 0", "STUDY, 0", "DIFFERENCES, 0", "BENCH, 0"})
    void bothBegin(Job job, int few) throws Exception {
        if (Campaign.tries(few) == 0) {
            return;
        }
        job.straight();
        Campaign.run(job.title(), "two with one --out", few, (random, _) -> {
            String out = "pair" + ++runs;
            Tandem.Running first = job.begin(folder, out);
            Thread.sleep(random.nextInt(300));
            Tandem.Running second = job.begin(folder, out);
            List<Tandem> both = new ArrayList<>(List.of(first.end(), second.end()));
            both.sort((a, b) -> Integer.compare(a.exitCode(), b.exitCode()));
            assertEquals(0, both.getFirst().exitCode(), both::toString);
            Tandem other = both.getLast();
            // A study or differences may also come when the first is done, and find nothing left to do.
            if (other.exitCode() != 0) {
                Campaign.assertSentences(other);
                assertTrue(
                        other.err().strip().matches("tandem: " + BUSY.formatted(out))
                                || other.err().strip().matches("tandem: " + LATE.formatted(out)),
                        both::toString);
            }
            Results.assertSame(job.straight().results(), Results.of(folder.resolve(out)), other);
            Runs.delete(folder.resolve(out));
        });
    }

    /** What a command that is still going would do for minutes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train slow | 1 | --train-limit 12800 --test-limit 10 | slow: Sleep",
                "compare | 0 | --engines slow,second --train-limit 12800 --test-limit 10 | slow: Sleep",
                "study | 0 | --engines slow,second --seeds 2 --train-limit 12800 --test-limit 10 | starting",
                "differences | 0 | --engine slow --train-limit 12800 --test-limit 10 | starting",
                "bench | 0 | --rounds 0 --engines slow --to-accuracy 5 --seeds 2 | starting",
            })
    void oneIsToGoOnWhatStillGoes(String command, int few, String options, String after) throws Exception {
        Campaign.run(command.split(" ")[0], "--resume while it goes", few, (_, _) -> {
            String out = "going" + ++runs;
            Tandem.Running running = start(command, options + " --out " + out);
            running.await(after);
            Tandem second = start(command, "--resume " + out).end();
            assertEquals(
                    "tandem: %s: process %d writes into it; wait until it ends"
                            .formatted(out, running.process().pid()),
                    second.err().strip());
            assertEquals(1, second.exitCode());
            assertTrue(running.process().isAlive());
            running.signal("INT");
            Tandem first = running.end();
            assertEquals(130, first.exitCode(), first::toString);
        });
    }

    private static Tandem.Running start(String command, String options) throws Exception {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        words.addAll(List.of(options.split(" ")));
        return Runs.testEngines().start(folder, List.of("SLOW_STEP", "100"), words.toArray(String[]::new));
    }
}
