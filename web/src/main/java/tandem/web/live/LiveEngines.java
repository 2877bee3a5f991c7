package tandem.web.live;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.engine.EngineProvider;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;
import tandem.lab.engines.FoundEngine;
import tandem.lab.engines.Natives;
import tandem.lab.engines.Workers;
import tandem.lab.predict.Answer;
import tandem.lab.predict.Reading;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.web.event.Topics;

/** All engines that answer, and the model they answer by. */
public final class LiveEngines implements AutoCloseable {
    /** The topic of changes of an engine. */
    public static final String ENGINES = "engines";

    /** The topic of changes of the model. */
    public static final String MODEL = "model";

    /** How long a page waits for an answer; an engine that fetches natives takes longer, and says so meanwhile. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final BiFunction<Engines, Consumer<Progress>, Workers> makeWorkers;
    private final List<EngineName> only;
    private final Path caches;
    private final Path logs;
    private final Duration idle;
    private final Topics topics;
    private final Map<EngineName, LiveEngine> engines = new LinkedHashMap<>();
    private final Map<EngineName, EngineProvider> providers = new LinkedHashMap<>();

    private volatile Engines found;
    private volatile @Nullable ServedModel model;

    /**
     * Engines that are found so far.
     *
     * @param only the engines to ask, in this order; empty for all
     * @param makeWorkers how their workers are started
     * @param caches folder of the engines' caches
     * @param logs folder of the workers' logs
     * @param idle how long a worker that nobody asks stays
     * @param topics is told of changes
     */
    public LiveEngines(
            Engines found,
            List<EngineName> only,
            BiFunction<Engines, Consumer<Progress>, Workers> makeWorkers,
            Path caches,
            Path logs,
            Duration idle,
            Topics topics) {
        this.found = found;
        this.only = only;
        this.makeWorkers = makeWorkers;
        this.caches = caches;
        this.logs = logs;
        this.idle = idle;
        this.topics = topics;
        add(found);
    }

    /**
     * An engine as the page shows it.
     *
     * @param engine its name
     * @param library what computes
     * @param version of the library
     * @param trains whether it trains, too
     * @param state whether it can answer, and how soon
     * @param reason why, in one sentence, or null
     */
    public record View(
            String engine,
            String library,
            String version,
            boolean trains,
            EngineState state,
            @Nullable String reason) {}

    /**
     * What an engine says to one image.
     *
     * @param engine its name
     * @param digit the most probable
     * @param probabilities [classes]
     * @param millis what the call took
     */
    public record Said(String engine, int digit, double[] probabilities, double millis) {}

    /** Why an engine says nothing, in one sentence. */
    public record Silent(String engine, Status status, String reason) {}

    /**
     * What all engines say to one image.
     *
     * @param unsure whether that is doubtful
     */
    public record Answers(List<Said> engines, List<Silent> missing, boolean unsure) {
        /** Whether those that answer say the same. */
        public boolean agree() {
            return engines.stream().mapToInt(Said::digit).distinct().count() <= 1;
        }
    }

    /** Takes over what is found now: engines are built while the server runs. */
    public synchronized void add(Engines all) {
        found = all;
        for (EngineName name : names()) {
            if (!engines.containsKey(name)) {
                FoundEngine engine = all.get(name);
                LiveEngine live = new LiveEngine(
                        name,
                        makeWorkers.apply(all, progress -> {}),
                        logs.resolve(name.folder() + ".log"),
                        idle,
                        _ -> topics.changed(ENGINES));
                switch (new Natives(engine, name.variant(), caches).state()) {
                    case Natives.State.Unsupported(String reason) -> live.begin(EngineState.UNAVAILABLE, reason);
                    case Natives.State.Missing _ ->
                        live.begin(EngineState.ABSENT, "its libraries are fetched when it is woken");
                    case Natives.State.Packed _ ->
                        live.begin(EngineState.ABSENT, "its libraries are unpacked when it is woken");
                    case Natives.State.Installed _ -> live.begin(EngineState.ASLEEP, null);
                }
                engines.put(name, live);
                providers.put(name, engine.provider());
            }
        }
        topics.changed(ENGINES);
    }

    /** Those that were asked for; or all that are built, by rank. */
    private List<EngineName> names() {
        return only.isEmpty()
                ? found.built().stream()
                        .filter(engine -> engine.provider().competes())
                        .map(engine -> new EngineName(engine.provider().name()))
                        .toList()
                : only;
    }

    /** The engines that are found. */
    public Engines found() {
        return found;
    }

    /** All engines, by rank. */
    public synchronized List<View> views() {
        return names().stream()
                .map(name ->
                        view(Objects.requireNonNull(engines.get(name)), Objects.requireNonNull(providers.get(name))))
                .toList();
    }

    private static View view(LiveEngine engine, EngineProvider provider) {
        return new View(
                engine.name().toString(),
                provider.library(),
                provider.version(),
                provider.trains(),
                engine.state(),
                engine.reason());
    }

    /** The model, or null as long as there is none. */
    public @Nullable ServedModel model() {
        return model;
    }

    /** Lets engines answer by a model from now on. */
    public void serve(ServedModel next) {
        model = next;
        topics.changed(MODEL);
        // Who is awake opens it at once.
        for (LiveEngine engine : awake()) {
            engine.wake(next);
        }
    }

    private synchronized List<LiveEngine> awake() {
        return engines.values().stream()
                .filter(engine -> engine.state() == EngineState.WARM)
                .toList();
    }

    private synchronized LiveEngine get(EngineName name) {
        LiveEngine engine = engines.get(name);
        if (engine == null) {
            throw new NoSuchElementException("there is no engine '%s'; valid are %s".formatted(name, engines.keySet()));
        }
        return engine;
    }

    /** Those that answer when nobody is named: all that are here. */
    private synchronized List<EngineName> present() {
        return names().stream()
                .filter(name -> get(name).state() != EngineState.UNAVAILABLE
                        && get(name).state() != EngineState.ABSENT)
                .toList();
    }

    /**
     * The model that is served.
     *
     * @throws Failure if there is none yet
     */
    public ServedModel served() {
        ServedModel served = model;
        if (served == null) {
            throw new Failure("there is no model yet; train one, or wait until the first is trained");
        }
        return served;
    }

    /**
     * Starts an engine's worker, and fetches first what it needs.
     *
     * @throws NoSuchElementException if there is no such engine
     * @throws Failure if there is no model yet
     */
    public void wake(EngineName name) {
        get(name).wake(served());
    }

    /**
     * Asks engines, all at once.
     *
     * @param names whom; empty for all that are here
     * @param pixels [rows, columns]
     * @throws NoSuchElementException if there is no such engine
     * @throws Failure if there is no model yet
     */
    public Answers ask(Collection<EngineName> names, byte[] pixels) throws InterruptedException {
        ServedModel served = served();
        Map<EngineName, CompletableFuture<LiveEngine.Answered>> asked = new LinkedHashMap<>();
        for (EngineName name : names.isEmpty() ? present() : names) {
            asked.put(name, get(name).ask(served, pixels));
        }
        int classes = served.model().network().classes();
        long end = System.nanoTime() + PATIENCE.toNanos();
        List<Said> said = new ArrayList<>();
        List<Answer> answers = new ArrayList<>();
        List<Silent> silent = new ArrayList<>();
        for (Map.Entry<EngineName, CompletableFuture<LiveEngine.Answered>> entry : asked.entrySet()) {
            String name = entry.getKey().toString();
            try {
                LiveEngine.Answered answered =
                        entry.getValue().get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                Answer answer = Answer.of(entry.getKey(), answered.logits(), 0, classes);
                answers.add(answer);
                said.add(new Said(name, answer.digit(), answer.probabilities(), answered.millis()));
            } catch (ExecutionException e) {
                Status status =
                        get(entry.getKey()).state() == EngineState.UNAVAILABLE ? Status.UNAVAILABLE : Status.FAILED;
                silent.add(new Silent(name, status, reason(e)));
            } catch (TimeoutException e) {
                silent.add(new Silent(
                        name,
                        Status.INTERRUPTED,
                        "it did not answer within %s s; ask again".formatted(PATIENCE.toSeconds())));
            }
        }
        return new Answers(said, silent, !answers.isEmpty() && new Reading(answers).unsure());
    }

    private static String reason(ExecutionException e) {
        Throwable cause = e.getCause();
        return String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
    }

    /** How many workers are running. */
    public long warm() {
        return awake().size();
    }

    /** Ends all workers. */
    @Override
    public void close() {
        List<LiveEngine> all;
        synchronized (this) {
            all = List.copyOf(engines.values());
        }
        List<Thread> ending = all.stream()
                .map(engine -> Thread.startVirtualThread(engine::close))
                .toList();
        for (Thread thread : ending) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
