package tandem.lab.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.TestImages;
import tandem.lab.engines.TestWorkers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.lab.run.RunDirectory;
import tandem.lab.statistics.Sample;
import tandem.lab.statistics.Verdict;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Identity;

/** Real workers in processes of their own: the oracle on real images with a small network, and an engine of faults. */
final class StudyTest {
    static final Recipe SMALL = Recipe.PRESETS
            .get("harmonized")
            .with(Map.of(
                    "dataset", TestImages.DATASET,
                    "network", new Network(28, 28, 10, 2, 3, 8, 0.25, 0.5),
                    "trainLimit", 150,
                    "testLimit", 60,
                    "batchSize", 16,
                    "epochs", 2));

    @TempDir
    Path folder;

    private final StopSignal stop = new StopSignal();

    private Study run(Recipe recipe, int seeds, int parallel, Recorder recorder, String... engines) {
        return inFolder(directory -> Study.run(
                new Study.Plan(
                        "tandem study",
                        recipe,
                        images(recipe),
                        Arrays.stream(engines).map(EngineName::parse).toList(),
                        seeds,
                        parallel,
                        0.1),
                TestWorkers.of(folder, 1, recorder, stop),
                directory));
    }

    private Study inFolder(Function<RunDirectory, Study> work) {
        try (RunDirectory directory = RunDirectory.createOrGoOn(folder.resolve("run"), "study", Study.FILE)) {
            return work.apply(directory);
        }
    }

    static String images(Recipe recipe) {
        return Identity.images(Datasets.open(recipe.dataset()).limit(recipe.trainLimit(), recipe.testLimit()));
    }

    private Map<Path, String> trialFiles() throws IOException {
        Map<Path, String> files = new HashMap<>();
        try (Stream<Path> all = Files.walk(folder.resolve("run/trials"))) {
            for (Path file : all.filter(file -> file.toString().endsWith(".json"))
                    .filter(file -> file.getFileName().toString().startsWith("seed-"))
                    .toList()) {
                files.put(folder.resolve("run/trials").relativize(file), Files.readString(file));
            }
        }
        return files;
    }

    @Test
    void oneProcessServesAllSeedsAndTheFileSaysWhatTheyDid() {
        Recorder recorder = new Recorder();
        Study study = run(SMALL, 4, 1, recorder, "reference");

        assertEquals(List.of("reference"), recorder.processes);
        assertEquals(StudyState.DONE, study.state());
        assertTrue(study.complete());
        assertEquals(List.of(42L, 43L, 44L, 45L), study.seeds());
        ArmResult engine = study.engines().getFirst();
        assertEquals(4, engine.trials().size());
        List<Double> accuracies =
                recorder.trials.stream().map(Progress.TrialOver::testAccuracy).toList();
        assertEquals(Sample.of(accuracies).mean(), engine.testAccuracy().mean(), 1e-15);
        assertEquals(
                Sample.of(accuracies).standardDeviation(), engine.testAccuracy().standardDeviation(), 1e-15);
        // 150 images and a network of 8 hidden units are far from 99%.
        assertEquals(0, engine.epochsToTarget().n());
        assertTrue(study.pairs().isEmpty());
        assertNull(study.sameInputs());
        assertEquals(3, recorder.left.stream().filter(left -> left > 0).count());
        assertEquals(0, recorder.left.getLast());
        assertEquals(study, Json.read(folder.resolve("run/study.json"), Study.class));
    }

    @Test
    void seedsAreThoseOfSingleTrials() {
        run(SMALL.with(Map.of("seed", 44)), 1, 1, new Recorder(), "reference");
        TrialResult alone = trial(44);
        Path first = folder;
        folder = first.resolve("many");
        run(SMALL, 3, 1, new Recorder(), "reference");
        TrialResult many = trial(44);
        assertEquals(alone.batches(), many.batches());
        assertEquals(alone.identity(), many.identity());
        assertEquals(alone.testLoss(), many.testLoss());
        assertEquals(alone.parameters(), many.parameters());
        assertNotEquals(
                alone.parameters(),
                Json.read(folder.resolve("run/trials/reference/seed-43.json"), TrialResult.class)
                        .parameters());
    }

    private TrialResult trial(long seed) {
        return Json.read(folder.resolve("run/trials/reference/seed-%d.json".formatted(seed)), TrialResult.class);
    }

    @Test
    void whatIsDoneIsNotDoneAgainAndMoreSeedsMayBeAskedFor() throws IOException {
        Recorder first = new Recorder() {
            @Override
            public void accept(Progress progress) {
                super.accept(progress);
                if (progress instanceof Progress.TrialOver over && over.done() == 2) {
                    stop.raise();
                }
            }
        };
        Study interrupted = run(SMALL, 5, 1, first, "reference");
        assertEquals(StudyState.INTERRUPTED, interrupted.state());
        assertEquals(Status.INTERRUPTED, interrupted.engines().getFirst().status());
        assertEquals("2 of 5 seeds are done", interrupted.engines().getFirst().failure());
        Map<Path, String> before = trialFiles();
        assertEquals(2, before.size());

        Recorder second = new Recorder();
        Study done = inFolder(directory -> Study.run(
                new Study.Plan(
                        "tandem study again",
                        SMALL,
                        images(SMALL),
                        List.of(new EngineName("reference"), EngineName.parse("faulty")),
                        6,
                        2,
                        0.1),
                TestWorkers.of(folder, 1, second, new StopSignal()),
                directory));
        assertEquals(2, second.before);
        assertEquals(10, second.trials.size());
        assertTrue(second.trials.stream().noneMatch(trial -> trial.row().equals("reference") && trial.seed() < 44));
        assertEquals(StudyState.DONE, done.state());
        assertEquals(6, done.engines().getFirst().trials().size());
        Map<Path, String> after = trialFiles();
        assertEquals(12, after.size());
        before.forEach((file, content) -> assertEquals(content, after.get(file)));
    }

    @Test
    void anotherRecipeIsRefusedAndLeavesTheRunAlone() throws IOException {
        run(SMALL, 1, 1, new Recorder(), "reference");
        String file = Files.readString(folder.resolve("run/study.json"));
        String sentence = assertThrows(
                        Failure.class, () -> run(SMALL.with(Map.of("epochs", 1)), 1, 1, new Recorder(), "reference"))
                .getMessage();
        assertTrue(sentence.contains("holds a run with another recipe"), sentence);
        assertEquals(1, sentence.lines().count());
        assertEquals(file, Files.readString(folder.resolve("run/study.json")));

        Path trial = folder.resolve("run/trials/reference/seed-42.json");
        Files.writeString(
                trial, Files.readString(trial).replaceAll("(\"recipe\" : \")[0-9a-f]{16}", "$10123456789abcdef"));
        Files.delete(folder.resolve("run/SHA256SUMS"));
        sentence = assertThrows(Failure.class, () -> run(SMALL, 1, 1, new Recorder(), "reference"))
                .getMessage();
        assertTrue(sentence.contains("seed-42.json: is a trial of another recipe"), sentence);
    }

    @Test
    void aTrialWhoseFileChangedIsDoneAgain() throws IOException {
        run(SMALL, 2, 1, new Recorder(), "faulty");
        Path trial = folder.resolve("run/trials/faulty/seed-43.json");
        String whole = Files.readString(trial);
        Files.writeString(trial, whole.replace("\"testAccuracy\" : 0", "\"testAccuracy\" : 1"));
        Recorder recorder = new Recorder();
        run(SMALL, 2, 1, recorder, "faulty");
        assertEquals(1, recorder.before);
        assertEquals(
                List.of(43L),
                recorder.trials.stream().map(Progress.TrialOver::seed).toList());
    }

    @Test
    void theFolderOfAnotherCommandIsRefused() {
        try (RunDirectory other = RunDirectory.create(folder.resolve("run"), "compare")) {
            Json.write(other.path().resolve("recipe.json"), SMALL);
        }
        String sentence = assertThrows(Failure.class, () -> run(SMALL, 1, 1, new Recorder(), "reference"))
                .getMessage();
        assertTrue(sentence.endsWith("holds another run; choose another folder with --out"), sentence);
    }

    /** Both learn nothing and are therefore the same, on inputs that are the same. */
    @Test
    void enginesThatDoTheSameAreTheSame() {
        Study study = run(SMALL, 3, 2, new Recorder(), "faulty", "faulty:waits");
        assertEquals(true, study.sameInputs());
        ArmPair pair = study.pairs().getFirst();
        assertEquals("faulty", pair.first());
        assertEquals(Verdict.SAME, pair.difference().verdict());
        assertEquals("the same on all 3 seeds", pair.difference().words());
    }

    @Test
    void aFailingEngineIsGivenUpAfterTwoTrialsAndTheOthersGoOn() throws IOException {
        Recorder recorder = new Recorder();
        Study study = run(SMALL, 4, 1, recorder, "faulty:halts", "reference", "absent");
        assertEquals(StudyState.FAILED, study.state());
        ArmResult faulty = study.engines().getFirst();
        assertEquals(Status.FAILED, faulty.status());
        assertTrue(faulty.failure().startsWith("seed 42: the worker died (exit code 3)"), faulty.failure());
        assertEquals(0, faulty.testAccuracy().n());
        assertEquals(
                2,
                recorder.trials.stream()
                        .filter(trial -> trial.status() == Status.FAILED)
                        .count());
        assertEquals(Status.DONE, study.engines().get(1).status());
        assertEquals(Status.UNAVAILABLE, study.engines().get(2).status());
        assertEquals("it runs nowhere", study.engines().get(2).failure());
        assertTrue(trialFiles().keySet().stream().noneMatch(file -> file.startsWith("faulty-halts")));
    }

    @Test
    void aFileFromBeforeParametersHadAFingerprintIsRead() throws IOException {
        run(SMALL, 1, 1, new Recorder(), "reference");
        Path file = folder.resolve("run/trials/reference/seed-42.json");
        Files.writeString(
                file, Files.readString(file).replaceFirst(",\\s+\"parameters\" : \"[0-9a-f]{16}\"\\s+}$", "}"));
        assertThrows(Failure.class, () -> Json.read(file, TrialResult.class));
        assertNull(TrialResult.read(file).parameters());
        assertEquals(42, TrialResult.read(file).seed());
    }

    @Test
    void epochsAndSecondsToATarget() {
        List<Event.Epoch> epochs = List.of(
                new Event.Epoch(1, 0.2, 0.05, 0.984, 10, 6000),
                new Event.Epoch(2, 0.1, 0.03, 0.99, 11, 6000),
                new Event.Epoch(3, 0.1, 0.03, 0.989, 12, 6000));
        TrialResult trial = new TrialResult(
                "java", new EngineName("java"), 1, "", Status.DONE, null, epochs, 40, null, null, null, null);
        assertEquals(2, trial.epochsTo(0.99));
        assertEquals(21, trial.secondsTo(0.99), 1e-12);
        assertNull(trial.epochsTo(0.991));
        assertNull(trial.secondsTo(0.991));
        assertEquals(0.989, trial.testAccuracy());
        assertEquals(33, trial.trainSeconds(), 1e-12);
    }
}
