package tandem.lab.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Recipe;
import tandem.core.engine.Library;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.TestWorkers;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.lab.run.Machine;
import tandem.lab.run.RunDirectory;
import tandem.lab.statistics.PairedDifference;
import tandem.lab.study.Differences.Swap;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Identity;

/** Runs whose trials are done already, with accuracies that were made up: few of them need a process. */
final class StoredTrialsTest {
    private static final Recipe SMALL = StudyTest.SMALL.with(Map.of("epochs", 1, "trainLimit", 32, "testLimit", 10));
    private static final String PYTORCH = "published-pytorch";
    private static final String TENSORFLOW = "published-tensorflow";

    @TempDir
    Path folder;

    private final StopSignal stop = new StopSignal();
    private final Recorder recorder = new Recorder() {
        @Override
        public synchronized void accept(Progress progress) {
            super.accept(progress);
            Path file = folder.resolve("run/study.json");
            if ((progress instanceof Progress.Trials || progress instanceof Progress.TrialOver) && Files.exists(file)) {
                written.add(Json.read(file, Study.class));
            }
            if (inTheWay && progress instanceof Progress.Told) {
                mkdirs(folder.resolve("run/trials/faulty/seed-42.json/something"));
            }
            if (trials.size() == stopAfter) {
                stop.raise();
            }
        }
    };
    private static final String IMAGES = StudyTest.images(SMALL);

    private final List<Study> written = new ArrayList<>();
    private int stopAfter = 1000;
    private boolean inTheWay;

    private static void mkdirs(Path path) {
        assertTrue(path.toFile().isDirectory() || path.toFile().mkdirs());
    }

    private Workers workers() {
        return TestWorkers.of(folder, 1, recorder, stop);
    }

    private Path store(Arm arm, long seed, double accuracy, double seconds, String batches) {
        TrialResult trial = new TrialResult(
                arm.name(),
                arm.engine(),
                seed,
                arm.recipe(seed).fingerprint(),
                Status.DONE,
                null,
                List.of(new Event.Epoch(1, 1, 2, accuracy, 3, 10)),
                seconds,
                new Library("faults", "1", "cpu", 1),
                new Identity("recipe", IMAGES, "parameters " + seed),
                batches,
                "trained " + seed);
        Path file = folder.resolve("run/trials").resolve(arm.folder()).resolve("seed-%d.json".formatted(seed));
        Json.write(file, trial);
        return file;
    }

    // ---- a study

    private static Arm arm(String engine) {
        EngineName name = EngineName.parse(engine);
        return new Arm(name.toString(), name.folder(), name, SMALL);
    }

    /** The trials that a test stored belong to a run that was begun. */
    private RunDirectory run(Recipe recipe, String file) {
        Path run = folder.resolve("run");
        AtomicFile.write(run.resolve("recipe.json"), recipe.toJson());
        AtomicFile.write(run.resolve(file), "{}");
        return RunDirectory.goOn(run, file);
    }

    private Study study(Study.Plan plan) {
        try (RunDirectory run = run(plan.recipe(), Study.FILE)) {
            return Study.run(plan, workers(), run);
        }
    }

    private Differences differences(Differences.Plan plan) {
        try (RunDirectory run = run(plan.recipe(), Differences.FILE)) {
            return Differences.run(plan, workers(), run);
        }
    }

    private Study study(int seeds, int parallel, String... engines) {
        return study(new Study.Plan(
                "tandem study",
                SMALL,
                IMAGES,
                Arrays.stream(engines).map(EngineName::parse).toList(),
                seeds,
                parallel,
                0.1));
    }

    @Test
    void aStudyIsMadeOfItsTrials() {
        store(arm("faulty"), 42, 0.9, 1, "a");
        store(arm("faulty"), 43, 0.8, 1, "b");
        store(arm("faulty:waits"), 42, 0.7, 1, "a");
        store(arm("faulty:waits"), 43, 0.5, 1, "b");
        Study study = study(2, 3, "faulty", "faulty:waits", "absent");
        assertEquals(List.of(), recorder.processes);
        assertEquals(6, recorder.before, "four are done, and two have no engine");
        assertEquals(List.of(42L, 43L), study.seeds());
        assertEquals(StudyState.DONE, study.state());
        assertFalse(study.complete());
        assertEquals(3, study.parallel());
        assertEquals(true, study.sameInputs());
        assertEquals(
                List.of(Status.DONE, Status.DONE, Status.UNAVAILABLE),
                study.engines().stream().map(ArmResult::status).toList());
        assertEquals("it runs nowhere", study.engines().getLast().failure());
        assertEquals(List.of(new Progress.Missing("absent", Status.UNAVAILABLE, "it runs nowhere")), recorder.missing);
        assertEquals(1, study.pairs().size(), "there is nothing to compare with an engine without trials");
        assertEquals(25, study.pairs().getFirst().difference().points().mean(), 1e-12);
        assertEquals("faulty (waits)", study.pairs().getFirst().second());
        assertEquals(study, Json.read(folder.resolve("run/study.json"), Study.class));
        assertEquals(SMALL, Recipe.read(folder.resolve("run/recipe.json")));
        assertEquals(
                Map.of("faulty", "faults 1", "absent", "none 0"),
                Json.read(folder.resolve("run/machine.json"), Machine.class).engines());
    }

    @Test
    void otherBatchesOnAnySeedAreOtherInputs() {
        for (long seed = 42; seed < 45; seed++) {
            store(arm("faulty"), seed, 0.9, 1, "a");
            store(arm("faulty:waits"), seed, 0.9, 1, seed == 43 ? "b" : "a");
        }
        assertEquals(false, study(3, 1, "faulty", "faulty:waits").sameInputs());
        assertEquals(true, study(1, 1, "faulty", "faulty:waits").sameInputs());
        assertNull(study(3, 1, "faulty").sameInputs());
    }

    @Test
    void aTrialOfSomethingElseIsRefused() throws Exception {
        Path file = store(arm("faulty"), 42, 0.9, 1, "a");
        Json.write(
                file.resolveSibling("seed-43.json"),
                Json.read(store(arm("faulty:waits"), 43, 0.9, 1, "a"), TrialResult.class));
        assertEquals(
                file.resolveSibling("seed-43.json")
                        + ": is a trial of another recipe; choose another folder with --out",
                assertThrows(Failure.class, () -> study(2, 1, "faulty")).getMessage());
        Files.delete(file.resolveSibling("seed-43.json"));
        Recipe other = SMALL.with(Map.of("rho", 0.5));
        Path wrong = store(new Arm("faulty", "faulty", new EngineName("faulty"), other), 44, 0.9, 1, "a");
        assertEquals(
                wrong + ": is a trial of another recipe; choose another folder with --out",
                assertThrows(Failure.class, () -> study(1, 1, "faulty")).getMessage());
        assertEquals("{}", Files.readString(folder.resolve("run/study.json")), "nothing was written over");
    }

    @Test
    void theTimeLeftIsThatOfTheTrialsBefore() {
        store(arm("faulty"), 42, 0.9, 100, "a");
        study(4, 1, "faulty");
        assertEquals(1, recorder.before);
        List<Progress.TrialOver> over = recorder.trials;
        assertEquals(
                List.of(2, 3, 4), over.stream().map(Progress.TrialOver::done).toList());
        assertEquals(
                List.of(4, 4, 4), over.stream().map(Progress.TrialOver::trials).toList());
        double first = over.getFirst().seconds();
        assertTrue(first > 0 && first < 60, "seconds: " + first);
        assertEquals(2 * (100 + first) / 2, recorder.left.getFirst(), 1e-9);
        assertEquals((100 + first + over.get(1).seconds()) / 3, recorder.left.get(1), 1e-9);
        assertEquals(0, recorder.left.getLast());

        assertEquals(
                List.of(1, 2, 3, 4),
                written.stream()
                        .map(study -> study.engines().getFirst().seeds())
                        .toList(),
                "what is done is written at the beginning and after every trial");
        assertEquals(
                List.of(StudyState.RUNNING),
                written.stream().map(Study::state).distinct().toList());
        assertEquals(
                StudyState.DONE,
                Json.read(folder.resolve("run/study.json"), Study.class).state());
        TrialResult last = Json.read(folder.resolve("run/trials/faulty/seed-45.json"), TrialResult.class);
        assertEquals(new Library("faults", "1", "cpu", 1), last.library());
        assertTrue(Files.exists(folder.resolve("run/workers/faulty/worker.log")));
        assertEquals(List.of("faulty 43: Epoch", "faulty 44: Epoch", "faulty 45: Epoch"), recorder.told);
        assertAllEnded();
    }

    private void assertAllEnded() {
        for (long pid : recorder.pids) {
            assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), "process " + pid);
        }
    }

    @Test
    void aTrialThatCannotBeKeptEndsTheStudy() throws Exception {
        inTheWay = true;
        String sentence =
                assertThrows(Failure.class, () -> study(3, 1, "faulty")).getMessage();
        assertTrue(
                sentence.startsWith(folder.resolve("run/trials/faulty/seed-42.json") + ": cannot be written ("),
                sentence);
        assertEquals(List.of(), recorder.trials, "the others are not run");
    }

    /** The trials here take seconds; the stored one of 10,000 s is a part of the mean. */
    @Test
    void lanesShareTheTimeLeftAndTheSlowestIsWaitedFor() {
        store(arm("faulty"), 42, 0.9, 10_000, "a");
        study(4, 60, "faulty");
        List<Progress.TrialOver> over = recorder.trials.stream()
                .sorted(Comparator.comparing(Progress.TrialOver::done))
                .toList();
        double first = over.get(0).seconds();
        double second = over.get(1).seconds();
        assertEquals((10_000 + first) / 2, over.get(0).secondsLeft(), 60, "one waits and one runs, in two lanes");
        assertEquals((10_000 + first + second) / 3, over.get(1).secondsLeft(), 60, "none waits and one runs");
        assertEquals(0, over.get(2).secondsLeft());
    }

    /** The engine throws at its fourth step. */
    @Test
    void whatIsGivenUpIsOverAndTheOthersGoOn() {
        Study study = study(new Study.Plan(
                "tandem study",
                SMALL.with(Map.of("trainLimit", 64)),
                StudyTest.images(SMALL.with(Map.of("trainLimit", 64))),
                List.of(EngineName.parse("faulty:throws"), EngineName.parse("faulty")),
                3,
                1,
                0.1));
        List<Progress.TrialOver> over = recorder.trials;
        assertEquals(
                new Progress.TrialOver(
                        "faulty (throws)",
                        42,
                        Status.FAILED,
                        "java.lang.IllegalStateException: no such tensor",
                        null,
                        over.getFirst().seconds(),
                        1,
                        6,
                        null),
                over.getFirst(),
                "no time is known of an engine that never did a trial");
        assertEquals(
                List.of("throws 42: 1", "faulty 42: 2", "throws 43: 4", "faulty 43: 5", "faulty 44: 6"),
                over.stream()
                        .map(trial -> "%s %d: %d"
                                .formatted(
                                        trial.row().contains("throws") ? "throws" : trial.row(),
                                        trial.seed(),
                                        trial.done()))
                        .toList(),
                "seed 44 was given up and is over, too");
        assertEquals(
                List.of("faulty", "faulty", "faulty"), recorder.processes, "a worker that failed is not trusted again");
        assertEquals(StudyState.FAILED, study.state());
        assertEquals(
                List.of(Status.FAILED, Status.DONE),
                study.engines().stream().map(ArmResult::status).toList());
        assertEquals(
                "seed 42: java.lang.IllegalStateException: no such tensor",
                study.engines().getFirst().failure());
    }

    // ---- differences

    /** Accuracies in which nothing matters but the choice of the loss in one recipe, and that from seed to seed. */
    private void storeAll(int seeds, double seconds) {
        for (String published : List.of(PYTORCH, TENSORFLOW)) {
            Recipe own = named(published);
            Recipe other = named(published.equals(PYTORCH) ? TENSORFLOW : PYTORCH);
            for (Choice choice : Choice.values()) {
                boolean unclear = choice == Choice.LOSS && published.equals(PYTORCH);
                String name = "%s, other %s".formatted(published, choice);
                String below =
                        "%s-other-%s".formatted(published, choice.toString().replace(' ', '-'));
                for (long seed = 42; seed < 42 + seeds; seed++) {
                    double accuracy = unclear ? seed % 2 == 0 ? 0.9 : 0.7 : 0.85 + seed % 2 / 1e5;
                    store(arm(name, below, choice.swap(own, other)), seed, accuracy, seconds, "");
                }
            }
        }
        for (String name : List.of("harmonized", PYTORCH, TENSORFLOW)) {
            for (long seed = 42; seed < 42 + seeds; seed++) {
                store(arm(name, name, named(name)), seed, 0.8, seconds, "");
            }
        }
    }

    private static Arm arm(String name, String below, Recipe recipe) {
        return new Arm(name, "faulty/" + below, new EngineName("faulty"), recipe);
    }

    private static Recipe named(String name) {
        return Recipe.PRESETS
                .get(name)
                .with(Map.of(
                        "dataset", SMALL.dataset(),
                        "network", SMALL.network(),
                        "trainLimit", SMALL.trainLimit(),
                        "testLimit", SMALL.testLimit(),
                        "epochs", SMALL.epochs(),
                        "seed", SMALL.seed()));
    }

    private Differences differences(int seeds, @Nullable Duration adding) {
        return differences(new Differences.Plan(
                "tandem differences", SMALL, IMAGES, new EngineName("faulty"), seeds, 2, 0.1, adding));
    }

    @Test
    void aDifferenceIsWithTheChangeMinusWithout() {
        storeAll(6, 1);
        Differences differences = differences(6, null);
        assertEquals(List.of(), recorder.processes);
        assertEquals(15 * 6, recorder.before);
        assertTrue(differences.complete());
        assertEquals(StudyState.DONE, differences.state());
        assertEquals(LongStream.range(42, 48).boxed().toList(), differences.seeds());
        assertEquals(
                List.of("harmonized", PYTORCH, TENSORFLOW),
                differences.named().stream().map(ArmResult::name).toList());
        assertEquals(
                List.of("harmonized " + PYTORCH, "harmonized " + TENSORFLOW, PYTORCH + " " + TENSORFLOW),
                differences.pairs().stream()
                        .map(pair -> pair.first() + " " + pair.second())
                        .toList());
        Swap loss = differences.swaps().getFirst();
        assertEquals(
                new Swap(
                        PYTORCH,
                        Choice.LOSS,
                        Choice.LOSS.of(named(PYTORCH)),
                        Choice.LOSS.of(named(TENSORFLOW)),
                        "published-pytorch, other loss",
                        PairedDifference.of(
                                List.of(
                                        100 * (0.9 - 0.8),
                                        100 * (0.7 - 0.8),
                                        100 * (0.9 - 0.8),
                                        100 * (0.7 - 0.8),
                                        100 * (0.9 - 0.8),
                                        100 * (0.7 - 0.8)),
                                0.1)),
                loss);
        assertEquals(1, differences.undecided());
        for (Swap swap : differences.swaps().subList(1, 12)) {
            assertEquals(5, swap.difference().points().mean(), 0.001);
            assertTrue(swap.difference().settled());
            assertEquals(6, swap.seeds());
        }
        assertEquals(
                List.of("published-tensorflow", "shuffling"),
                List.of(
                        differences.swaps().getLast().recipe(),
                        differences.swaps().getLast().choice().toString()));
        assertEquals(
                Map.of("faulty", "faults 1"),
                Json.read(folder.resolve("run/machine.json"), Machine.class).engines());
        assertEquals(SMALL, Recipe.read(folder.resolve("run/recipe.json")));
    }

    @Test
    void whereTheEngineDoesNotRunNoSeedsAreAdded() {
        Differences differences = differences(new Differences.Plan(
                "tandem differences", SMALL, IMAGES, new EngineName("absent"), 2, 1, 0.1, Duration.ofMinutes(10)));
        assertFalse(differences.complete());
        assertEquals(12, differences.undecided());
        assertEquals(
                List.of("it runs nowhere"),
                differences.recipes().stream()
                        .map(ArmResult::failure)
                        .distinct()
                        .toList());
        assertEquals(30, recorder.before, "none of them can be run");
    }

    /** Two trials of 1,000 s each, two at a time, need 1,000 s; one is counted as half of that. */
    @Test
    void seedsAreAddedIfTheTimeIsEnoughForThem() {
        storeAll(6, 1000);
        differences(6, Duration.ofSeconds(900));
        assertEquals(List.of(), recorder.trials);
        assertEquals(List.of(), recorder.processes);

        // The recipe without the change has one seed more.
        store(arm(PYTORCH, PYTORCH, named(PYTORCH)), 48, 0.8, 1000, "");
        stopAfter = 1;
        Differences differences = differences(6, Duration.ofSeconds(600));
        assertEquals(
                List.of("published-pytorch, other loss 48"),
                recorder.trials.stream()
                        .map(trial -> trial.row() + " " + trial.seed())
                        .toList());
        assertEquals(StudyState.INTERRUPTED, differences.state());
        assertEquals(7, differences.swaps().getFirst().seeds());
        assertEquals(7, differences.recipes().get(1).trials().size());
        assertEquals(6, differences.seeds().size());
    }

    @Test
    void bothSidesOfASwapGetTheNextSeed() {
        storeAll(6, 1000);
        stopAfter = 2;
        differences(6, Duration.ofSeconds(1100));
        assertEquals(
                List.of("published-pytorch 48", "published-pytorch, other loss 48"),
                recorder.trials.stream()
                        .map(trial -> trial.row() + " " + trial.seed())
                        .sorted()
                        .toList());
    }

    @Test
    void seedsAreAddedWhileThereIsTime() {
        storeAll(6, 0.001);
        Differences differences = differences(6, Duration.ofSeconds(2));
        assertEquals(StudyState.DONE, differences.state());
        Swap loss = differences.swaps().getFirst();
        assertTrue(loss.seeds() > 6, "seeds were added");
        assertEquals(2 * (loss.seeds() - 6), recorder.trials.size(), "to nothing else");
        assertEquals(6, differences.seeds().size());
        assertEquals(6, differences.recipes().getFirst().trials().size());
        assertEquals(loss.seeds(), differences.recipes().get(1).trials().size());
        assertEquals(List.of("faulty", "faulty"), recorder.processes, "one process for each of two trials at a time");
    }
}
