package tandem.lab.engines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.core.engine.Evaluation;
import tandem.core.engine.Training;
import tandem.core.random.InitialParameters;
import tandem.engine.reference.ReferenceEngine;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.worker.Worker;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Request;

/** Conversations with real workers in processes of their own. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ConversationTest {
    private static final Recipe SMALL = Recipe.PRESETS
            .get("harmonized")
            .with(Map.of(
                    "network", new Network(28, 28, 10, 2, 3, 8, 0.25, 0.5),
                    "trainLimit", 150,
                    "testLimit", 60,
                    "batchSize", 16,
                    "epochs", 2));

    @TempDir
    Path folder;

    private final StopSignal stop = new StopSignal();

    private static Launch launch(Class<?> main, String engine, String... jvmOptions) {
        return new Launch(
                main,
                engine,
                List.of(jvmOptions),
                Map.of(),
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(Path::of)
                        .toList(),
                Duration.ZERO);
    }

    private Conversation start(Launch launch) {
        return Conversation.start(launch, folder.resolve("worker.log"), Duration.ofSeconds(10), stop);
    }

    @Test
    void rubbishOnTheSocketIsReported() {
        try (Conversation worker = start(launch(RubbishWorker.class, "faulty"))) {
            String sentence = assertThrows(Failure.class, () -> worker.ask(new Request.Prepare(SMALL, 1, "")))
                    .getMessage();
            assertTrue(
                    sentence.startsWith("the worker sent an invalid event: 'libfoo: warning 17'; the last lines of")
                            && sentence.endsWith("a library prints to the log"),
                    sentence);
        }
    }

    @Test
    void oneWorkerServesManyTrials() throws InterruptedException {
        List<Event.Done> done = new ArrayList<>();
        List<Event.News> news = new ArrayList<>();
        try (Conversation worker = start(launch(Worker.class, "reference"))) {
            for (long seed : new long[] {1, 2, 1}) {
                Recipe recipe = SMALL.with(Map.of("seed", seed, "epochs", 1));
                done.add((Event.Done) worker.ask(new Request.Train(recipe, 2, "", null, null, null, null), news::add));
            }
        }
        assertEquals(3 * 10, news.stream().filter(Event.Step.class::isInstance).count());
        assertArrayEquals(done.get(0).confusion(), done.get(2).confusion());
        assertEquals(done.get(0).batches(), done.get(2).batches());
        assertNotEquals(done.get(0).batches(), done.get(1).batches());
    }

    /** Tests in the middle of an epoch tell how good the network is then, and change nothing of its training. */
    @Test
    void aNetworkIsTestedWhileItLearns() throws InterruptedException {
        Recipe recipe = SMALL.with(Map.of("epochs", 2));
        List<Event.News> news = new ArrayList<>();
        List<Event.News> untested = new ArrayList<>();
        try (Conversation worker = start(launch(Worker.class, "reference"))) {
            worker.ask(new Request.Train(recipe, 2, "", null, null, null, new Request.Tests(5, 30)), news::add);
            worker.ask(new Request.Train(recipe, 2, "", null, null, null, null), untested::add);
        }
        List<Event.Tested> tested = news.stream()
                .filter(Event.Tested.class::isInstance)
                .map(Event.Tested.class::cast)
                .toList();
        assertEquals(List.of(5L, 15L), tested.stream().map(Event.Tested::step).toList(), "not at the ends of epochs");
        assertEquals(losses(untested), losses(news));
        Dataset data = Datasets.open("mnist").limit(recipe.trainLimit(), recipe.testLimit());
        Training training = new Training(recipe, data.train());
        try (ReferenceEngine engine =
                new ReferenceEngine(recipe, InitialParameters.of(recipe), OptimizerState.zeros(recipe.network()), 2)) {
            for (int i = 0; i < 5; i++) {
                training.step(engine);
            }
            Images first = data.test().first(30);
            assertEquals(
                    new Event.Tested(
                            5, Evaluation.of(engine, recipe, first, _ -> {}).accuracy(), 30),
                    tested.getFirst());
        }
    }

    private static List<Double> losses(List<Event.News> news) {
        return news.stream()
                .filter(Event.Step.class::isInstance)
                .map(event -> ((Event.Step) event).loss())
                .toList();
    }

    /** The model is read once; what is asked again is answered alike, and another model takes its place. */
    @Test
    void anOpenModelIsAskedManyTimes() throws InterruptedException {
        Images images = Datasets.open("mnist").test();
        try (Conversation worker = start(launch(Worker.class, "reference"))) {
            assertThrows(
                    Failure.class,
                    () -> worker.ask(new Request.Predict(images.normalisation(), new byte[784])),
                    "no model is open");
            for (long seed : new long[] {1, 2}) {
                Recipe recipe = SMALL.with(Map.of("seed", seed));
                Parameters parameters = InitialParameters.of(recipe);
                Path model = folder.resolve(seed + ".safetensors");
                parameters.write(model);
                Event.Opened opened = worker.ask(new Request.Open(SMALL.network(), 1, "", model.toString()));
                assertEquals("plain Java, float64", opened.library().name());
                try (ReferenceEngine engine =
                        new ReferenceEngine(recipe, parameters, OptimizerState.zeros(SMALL.network()), 1)) {
                    for (int count : new int[] {1, 3, 70}) {
                        float[] expected = new float[count * 10];
                        engine.logits(images, 5, count, expected);
                        byte[] pixels = Arrays.copyOfRange(images.pixels(), 5 * 784, (5 + count) * 784);
                        assertArrayEquals(
                                expected,
                                worker.ask(new Request.Predict(images.normalisation(), pixels))
                                        .logits());
                    }
                }
            }
        }
    }

    @Test
    void aWorkerThatCannotStartIsReported() {
        String sentence = assertThrows(
                        Failure.class, () -> start(launch(RubbishWorker.class, "faulty", "-XX:NoSuchOption")))
                .getMessage();
        assertTrue(sentence.startsWith("the worker ended at once (exit code 1); the last lines of"), sentence);
        assertTrue(sentence.contains("NoSuchOption"), sentence);
    }

    @Test
    void aClassPathThatCannotBeWrittenIsRefused() {
        Launch launch =
                new Launch(Worker.class, "faulty", List.of(), Map.of(), List.of(Path.of("/a:b/c.jar")), Duration.ZERO);
        assertEquals(
                "/a:b/c.jar: no class path of Java can name a path with ':' in it; move it to another folder",
                assertThrows(Failure.class, () -> start(launch)).getMessage());
    }

    /** A stop that comes before the worker starts, and one in the middle of its work. */
    @Test
    void aStopReachesTheWorker() throws InterruptedException {
        try (Conversation worker = start(launch(Worker.class, "reference"))) {
            Recipe endless = SMALL.with(Map.of("epochs", 1000));
            Event.End end = worker.ask(new Request.Train(endless, 1, "", null, null, null, null), news -> {
                if (news instanceof Event.Step step && step.step() == 3) {
                    stop.raise();
                }
            });
            assertTrue(end instanceof Event.Interrupted(long steps) && steps < 9_000, end::toString);
        }
        try (Conversation worker = start(launch(Worker.class, "reference"))) {
            assertTrue(worker.ask(new Request.Train(SMALL, 1, "", null, null, null, null), _ -> {})
                            instanceof Event.Interrupted(long steps)
                    && steps == 1);
        }
    }

    /** One place decides what failed, interrupted and unavailable mean. */
    @Test
    void howItEndedIsOneOfFour() {
        Workers workers = TestWorkers.of(folder, 1, _ -> {}, stop);
        Path log = folder.resolve("logs").resolve("worker.log");
        assertEquals(new Outcome.Result<>("fine"), workers.talk(new EngineName("reference"), log, _ -> "fine"));
        assertEquals(new Outcome.Missing<>(Status.FAILED, "no"), workers.talk(new EngineName("reference"), log, _ -> {
            throw new Failure("no");
        }));
        assertEquals(
                new Outcome.Missing<>(Status.INTERRUPTED, "the lab was interrupted"),
                workers.talk(new EngineName("reference"), log, _ -> {
                    throw new InterruptedException();
                }));
        assertTrue(Thread.interrupted());
        assertEquals(
                new Outcome.Missing<>(Status.UNAVAILABLE, "it runs nowhere"),
                workers.talk(new EngineName("absent"), log, _ -> "fine"));
        stop.raise();
        assertEquals(
                new Outcome.Missing<>(Status.INTERRUPTED, "interrupted before it began"),
                workers.talk(new EngineName("reference"), log, _ -> "fine"));
    }

    @Test
    void theWorkerIsGoneWhenTheConversationEnds() {
        List<Long> pids = new ArrayList<>();
        Workers workers = TestWorkers.of(
                folder,
                1,
                progress -> {
                    if (progress instanceof Progress.Started started) {
                        pids.add(started.pid());
                    }
                },
                stop);
        workers.talk(new EngineName("reference"), folder.resolve("worker.log"), _ -> {
            throw new Failure("something else went wrong");
        });
        assertEquals(1, pids.size());
        assertFalse(
                ProcessHandle.of(pids.getFirst()).map(ProcessHandle::isAlive).orElse(false));
    }
}
