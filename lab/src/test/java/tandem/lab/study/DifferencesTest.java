package tandem.lab.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Json;
import tandem.core.Recipe;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.TestWorkers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.StopSignal;
import tandem.lab.run.RunDirectory;
import tandem.lab.study.Differences.Swap;

/** The oracle in a process of its own, on real images with a small network. */
final class DifferencesTest {
    private static final Recipe SMALL = StudyTest.SMALL.with(Map.of("epochs", 1, "trainLimit", 80));

    @TempDir
    Path folder;

    private Differences run(int seeds, Recorder recorder) {
        try (RunDirectory directory =
                RunDirectory.createOrGoOn(folder.resolve("run"), "differences", Differences.FILE)) {
            return Differences.run(
                    new Differences.Plan(
                            "tandem differences",
                            SMALL,
                            StudyTest.images(SMALL),
                            new EngineName("reference"),
                            seeds,
                            2,
                            0.1,
                            null),
                    TestWorkers.of(folder, 1, recorder, new StopSignal()),
                    directory);
        }
    }

    @Test
    void swapsEveryChoiceOfBothRecipesOnTheSameSeeds() {
        Recorder recorder = new Recorder();
        Differences differences = run(2, recorder);

        assertEquals(StudyState.DONE, differences.state());
        assertEquals(2, recorder.processes.size(), "one process for each of two at a time");
        assertEquals(30, recorder.trials.size());
        assertEquals(
                15,
                recorder.trials.stream()
                        .filter(trial -> trial.seed() == 42)
                        .map(Progress.TrialOver::row)
                        .distinct()
                        .count());
        assertEquals(12, differences.swaps().size());
        Map<String, ArmResult> recipes =
                differences.recipes().stream().collect(Collectors.toMap(ArmResult::name, arm -> arm));
        for (Swap swap : differences.swaps()) {
            double expected = 100
                    * (recipes.get(swap.swapped()).testAccuracy().mean()
                            - recipes.get(swap.recipe()).testAccuracy().mean());
            assertEquals(expected, swap.difference().points().mean(), 1e-9, swap.toString());
            assertEquals(2, swap.difference().points().n());
        }
        assertEquals(
                List.of("harmonized", "published-pytorch", "published-tensorflow"),
                differences.recipes().stream().map(ArmResult::name).limit(3).toList());
        assertEquals(3, differences.pairs().size());
        // Values of enumerations come back from JSON as their names.
        String written = Json.line(differences);
        assertEquals(written, Json.line(Json.read(folder.resolve("run/differences.json"), Differences.class)));
    }

    @Test
    void goesOnWithMoreSeeds() {
        run(1, new Recorder());
        Recorder recorder = new Recorder();
        Differences differences = run(2, recorder);
        assertEquals(15, recorder.before);
        assertEquals(15, recorder.trials.size());
        assertTrue(recorder.trials.stream().allMatch(trial -> trial.seed() == 43));
        assertTrue(differences.complete());
    }
}
