package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A command whose run must end as if nothing had happened to it. The smallest that still has several checkpoints or
 * trials.
 */
enum Job {
    TRAIN("java", "--epochs 3 --train-limit 640 --test-limit 50 --checkpoint-every 3"),
    COMPARE(
            "",
            "--engines java,java:direct-convolution --epochs 2 --train-limit 320 --test-limit 50 --checkpoint-every 2"),
    /** The float64 oracle takes a while for a step. */
    COMPARE_REFERENCE("", "--engines java,reference --epochs 1 --train-limit 256 --test-limit 50 --checkpoint-every 1"),
    STUDY(
            "",
            "--engines java,java:direct-convolution --seeds 2 --epochs 2 --train-limit 192 --test-limit 50 --margin 5"),
    DIFFERENCES("", "--seeds 1 --epochs 1 --train-limit 64 --test-limit 50 --margin 5"),
    /** An epoch has all images here; the engine only sleeps, a millisecond a step. */
    BENCH("", "--rounds 0 --engines slow --to-accuracy 5 --seeds 2 --epochs 1");

    private static final Once<Job, Straight> MADE = new Once<>();

    private final String engine;
    private final String words;

    Job(String engine, String words) {
        this.engine = engine;
        this.words = words;
    }

    /**
     * What becomes of it when nothing happens.
     *
     * @param path the run's folder
     * @param results what the clock has no part in
     * @param seconds it took
     */
    record Straight(Path path, Map<String, String> results, double seconds) {}

    /** Whether it is one of those that {@code -Djobs=TRAIN,COMPARE} names; all are if nothing is named. */
    boolean chosen() {
        String jobs = System.getProperty("jobs");
        return jobs == null || List.of(jobs.split(",")).contains(name());
    }

    /** The command's name. */
    String command() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_.*", "");
    }

    /** What the table calls it. */
    String title() {
        return command() + (this == COMPARE_REFERENCE ? " with the reference" : "");
    }

    /** The run that nothing happens to; it is made once. */
    Straight straight() throws Exception {
        return MADE.get(this, () -> {
            Path folder = Files.createTempDirectory("straight");
            Runs.removeAtEnd(folder);
            long start = System.nanoTime();
            Tandem tandem = begin(folder, "run").end();
            assertEquals(0, tandem.exitCode(), tandem::toString);
            Path run = folder.resolve("run");
            return new Straight(run, Results.of(run), (System.nanoTime() - start) / 1e9);
        });
    }

    /** Starts it, alone. */
    Tandem.Running begin(Path folder, String out) throws Exception {
        return start(folder, words, "--out", out);
    }

    /** Goes on with it, alone. */
    Tandem.Running goOn(Path folder, String out) throws Exception {
        return start(folder, "", "--resume", out);
    }

    /** Goes on with it, or starts it again in its folder if it was no run yet. */
    Tandem.Running goOnOrBegin(Path folder, String out) throws Exception {
        return Files.exists(folder.resolve(out).resolve("recipe.json")) ? goOn(folder, out) : begin(folder, out);
    }

    /** It ends well, and as if nothing had happened. */
    void assertEndsAsStraight(Tandem.Running running, Path run) throws Exception {
        Tandem tandem = running.end();
        assertEquals(0, tandem.exitCode(), tandem::toString);
        Results.assertSame(straight().results(), Results.of(run), tandem);
        assertEquals(List.of(), Results.leftovers(run), tandem::toString);
    }

    private Tandem.Running start(Path folder, String options, String where, String out) throws Exception {
        List<String> command = new ArrayList<>(List.of(command()));
        for (String word : (engine + " " + options).split(" ")) {
            if (!word.isEmpty()) {
                command.add(word);
            }
        }
        command.addAll(List.of(where, out));
        return Tandem.startAlone(folder, environment(), command.toArray(String[]::new));
    }

    private static Map<String, String> environment() throws Exception {
        return Map.of("TANDEM_ENGINES", Runs.testEngines().folder().toString(), "SLOW_STEP", "1");
    }
}
