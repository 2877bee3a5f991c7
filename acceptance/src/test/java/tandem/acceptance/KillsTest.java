package tandem.acceptance;

import java.nio.file.Path;
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
        double seconds = job.straight().seconds();
        Campaign.run(job.title(), "kill -9 of all, --resume", few, (random, number) -> {
            String out = job + "-" + number;
            Path run = folder.resolve(out);
            Tandem.Running running = job.begin(folder, out);
            Thread.sleep((long) (1000 * seconds * random.nextDouble()));
            running.killAll();
            while (random.nextDouble() < AGAIN) {
                running = job.goOnOrBegin(folder, out);
                Thread.sleep((long) (1000 * seconds * random.nextDouble()));
                running.killAll();
            }
            job.assertEndsAsStraight(job.goOnOrBegin(folder, out), run);
            Runs.delete(run);
        });
    }
}
