package tandem.lab.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Launch;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.TestImages;
import tandem.lab.engines.TestWorkers;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.worker.protocol.Event;

/** The engine of faults says 0 to every image, which is right for one of the first ten. */
final class AttemptTest {
    private static final Recipe RECIPE = Recipe.HARMONIZED.with(Map.of(
            "dataset", TestImages.DATASET,
            "network", new Network(28, 28, 10, 2, 3, 8, 0.25, 0.5),
            "trainLimit", 32,
            "testLimit", 10,
            "batchSize", 16,
            "epochs", 200));

    @TempDir
    Path folder;

    private final StopSignal stop = new StopSignal();
    private final List<Progress> told = new ArrayList<>();

    private Attempt attempt(String engine, Recipe recipe, double target, Predicate<Progress> stopAt) {
        EngineName name = EngineName.parse(engine);
        Workers workers = TestWorkers.of(
                folder,
                1,
                progress -> {
                    told.add(progress);
                    if (stopAt.test(progress)) {
                        stop.raise();
                    }
                },
                stop);
        Outcome<Launch> ready = workers.ready(name);
        return Attempt.of(name, recipe, target, ready, folder.resolve("log"), workers);
    }

    private long epochsTold() {
        return told.stream()
                .filter(progress -> progress instanceof Progress.Told told && told.news() instanceof Event.Epoch)
                .count();
    }

    /** Its epochs take 40 ms each, so it hears in time that it may stop. */
    @Test
    void itEndsWithTheEpochThatReachesTheTarget() {
        long start = System.nanoTime();
        Attempt attempt = attempt("faulty:waits", RECIPE, 0.1, _ -> false);
        double all = (System.nanoTime() - start) / 1e9;
        assertEquals(new Attempt(Status.DONE, null, attempt.seconds(), 1, 0.1), attempt);
        assertTrue(attempt.seconds() > 0.04 && attempt.seconds() < all, attempt + " in " + all);
        assertEquals(new Progress.Reached("faulty (waits)", 42, attempt.seconds(), 1, 0.1), told.getLast());
        assertTrue(epochsTold() < 100, "it was told to stop before its 200 epochs were over");
    }

    @Test
    void itGivesUpAfterAllEpochs() {
        Attempt attempt = attempt("faulty", RECIPE.with(Map.of("epochs", 3)), 0.11, _ -> false);
        assertEquals(new Attempt(Status.DONE, null, null, 3, 0.1), attempt);
        assertEquals(new Progress.Reached("faulty", 42, null, 3, 0.1), told.getLast());
    }

    @Test
    void aFailureNamesItsSeed() {
        Attempt attempt = attempt("faulty:throws", RECIPE, 0.11, _ -> false);
        String sentence = "seed 42: java.lang.IllegalStateException: no such tensor";
        assertEquals(new Attempt(Status.FAILED, sentence, null, 1, 0.1), attempt);
        assertEquals(
                List.of(
                        new Progress.Missing("faulty (throws)", Status.FAILED, sentence),
                        new Progress.Reached("faulty (throws)", 42, null, 1, 0.1)),
                told.subList(told.size() - 2, told.size()));
        assertEquals(
                new Attempt(Status.UNAVAILABLE, "it runs nowhere", null, 0, null),
                attempt("absent", RECIPE, 0.11, _ -> false));
    }

    @Test
    void anInterruptSaysWhere() {
        Attempt attempt = attempt(
                "faulty:waits",
                RECIPE,
                0.11,
                progress ->
                        progress instanceof Progress.Told(String _, Long _, Event.Epoch epoch) && epoch.epoch() == 2);
        assertEquals(Status.INTERRUPTED, attempt.status());
        assertEquals("interrupted in epoch %d of seed 42".formatted(attempt.epochs() + 1), attempt.failure());
        assertTrue(attempt.epochs() >= 2 && attempt.epochs() < 100, attempt::toString);
        assertNull(attempt.seconds());
    }

    @Test
    void afterAnInterruptNothingBegins() {
        EngineName name = new EngineName("faulty");
        Workers workers = TestWorkers.of(folder, 1, told::add, stop);
        Outcome<Launch> ready = workers.ready(name);
        stop.raise();
        assertEquals(
                new Attempt(Status.INTERRUPTED, "interrupted before seed 42", null, 0, null),
                Attempt.of(name, RECIPE, 0.1, ready, folder.resolve("log"), workers));
        assertEquals(
                new Attempt(Status.UNAVAILABLE, "it runs nowhere", null, 0, null),
                Attempt.of(
                        new EngineName("absent"),
                        RECIPE,
                        0.1,
                        new Outcome.Missing<>(Status.UNAVAILABLE, "it runs nowhere"),
                        folder.resolve("log"),
                        workers));
        assertEquals(List.of(), told);
    }
}
