package tandem.lab.engines;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.ProcessLock;
import tandem.core.Recipe;
import tandem.core.engine.EngineProvider;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;
import tandem.worker.Worker;
import tandem.worker.protocol.Request;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * What stands between an engine's name and a conversation with its worker: natives that may have to be fetched, and the
 * launch of a JVM.
 *
 * @param engines the engines that are built
 * @param caches folder of the engines' caches
 * @param threads how many threads each engine may compute with
 * @param jvmOptions further options of an engine's JVM, by the engine's name
 * @param offline never touch the network
 * @param silence how long a worker may say nothing
 * @param progress is told what happens
 * @param stop ends what is under way
 */
public record Workers(
        Engines engines,
        Path caches,
        int threads,
        Map<String, List<String>> jvmOptions,
        boolean offline,
        Duration silence,
        Consumer<Progress> progress,
        StopSignal stop) {

    /** A worker that says nothing for so long counts as hung. */
    public static final Duration SILENCE = Duration.ofSeconds(120);

    /** CUDA's libraries are gigabytes, which are unpacked at the first start; DJL also fetches its own then. */
    private static final Duration GPU_PREPARATION = Duration.ofHours(1);

    /** A file of the images that are part of Tandem. */
    private static final String MNIST = "/tandem/mnist/SOURCE.md";

    /** What is said with a worker. */
    @FunctionalInterface
    public interface Talk<T> {
        /**
         * Talks to the end.
         *
         * @throws Failure if something goes wrong
         */
        T with(Conversation worker) throws InterruptedException;
    }

    /** The same, with another number of threads for each engine. */
    public Workers with(int threads) {
        return new Workers(engines, caches, threads, jvmOptions, offline, silence, progress, stop);
    }

    /** The same, with another signal that ends what is under way. */
    public Workers with(StopSignal stop) {
        return new Workers(engines, caches, threads, jvmOptions, offline, silence, progress, stop);
    }

    /** Tells progress why there is no result of an engine. */
    public void tell(EngineName name, Outcome.Missing<?> missing) {
        progress.accept(new Progress.Missing(name.toString(), missing.status(), missing.reason()));
    }

    /**
     * Gets an engine ready, starts a worker for it, and talks with it.
     *
     * @param log file of the worker's output
     * @throws Failure if there is no such engine
     */
    public <T> Outcome<T> talk(EngineName name, Path log, Talk<T> talk) {
        return ready(name).then(launch -> talk(name, launch, log, talk));
    }

    /** Starts a worker for an engine that is ready, and talks with it. */
    public <T> Outcome<T> talk(EngineName name, Launch launch, Path log, Talk<T> talk) {
        return Outcome.of(stop, () -> {
            try (Conversation worker = start(name.toString(), launch, log)) {
                return talk.with(worker);
            }
        });
    }

    /**
     * Starts a worker for an engine that is ready.
     *
     * @param row its name in progress
     * @throws Failure if it cannot be started
     */
    public Conversation start(String row, Launch launch, Path log) {
        Conversation worker = Conversation.start(launch, log, silence, stop);
        progress.accept(new Progress.Started(row, worker.pid()));
        return worker;
    }

    /**
     * Gets an engine ready: fetches its natives if they are missing, and starts it once, alone, to unpack them.
     *
     * @return how its worker is started
     * @throws Failure if there is no such engine
     */
    public Outcome<Launch> ready(EngineName name) {
        FoundEngine engine = engines.get(name);
        if (stop.raised()) {
            return new Outcome.Missing<>(Status.INTERRUPTED, "interrupted before it began");
        }
        Natives natives = new Natives(engine, name.variant(), caches);
        return switch (natives.state()) {
            case Natives.State.Unsupported(String reason) -> new Outcome.Missing<>(Status.UNAVAILABLE, reason);
            case Natives.State.Installed(List<Path> jars, Path unpacked) ->
                new Outcome.Result<>(launch(engine, name.variant(), unpacked, jars));
            case Natives.State.Missing _, Natives.State.Packed _ -> prepared(engine, name.variant(), natives);
        };
    }

    /** One process at a time fetches an engine's natives, and unpacks them. */
    private Outcome<Launch> prepared(FoundEngine engine, String variant, Natives natives) {
        List<Path> jars;
        try (ProcessLock _ = natives.lock(progress, stop)) {
            try {
                jars = natives.install(offline, progress, stop);
            } catch (Failure e) {
                return stop.raised()
                        ? new Outcome.Missing<>(Status.INTERRUPTED, "interrupted while its natives were fetched")
                        : new Outcome.Missing<>(
                                offline && !(e.getCause() instanceof DigestException)
                                        ? Status.UNAVAILABLE
                                        : Status.FAILED,
                                e.getMessage());
            }
            Path unpacked =
                    natives.unpack(folder -> firstStart(engine, variant, launch(engine, variant, folder, jars)));
            return new Outcome.Result<>(launch(engine, variant, unpacked, jars));
        } catch (Failure e) {
            return new Outcome.Missing<>(stop.raised() ? Status.INTERRUPTED : Status.FAILED, e.getMessage());
        }
    }

    /** Lets an engine do once all that engines do, so that its library has unpacked what it needs. */
    private void firstStart(FoundEngine engine, String variant, Launch launch) {
        EngineProvider provider = engine.provider();
        progress.accept(new Progress.Unpacking(provider.name()));
        Path log = caches.resolve(provider.name() + ".log");
        Recipe recipe = Objects.requireNonNull(Recipe.PRESETS.get("harmonized"));
        String device = variant.equals(EngineProvider.CUDA) ? variant : "";
        try (Conversation worker = Conversation.start(launch, log, silence, stop)) {
            worker.ask(new Request.Prepare(recipe, threads, device));
            if (provider.trains()) {
                worker.ask(new Request.MeasureSteps(1), _ -> {});
            }
            worker.ask(new Request.MeasureInference(1, 0));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted while its natives were unpacked", e);
        }
        if (stop.raised()) {
            throw new Failure("interrupted while its natives were unpacked");
        }
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new Failure("%s: cannot be deleted (%s)".formatted(log, e.getMessage()), e);
        }
    }

    private Launch launch(FoundEngine engine, String variant, Path cache, List<Path> natives) {
        Set<Path> classPath = new LinkedHashSet<>(engine.classPath());
        // Before core's: of a library that both have, an engine gets the version it was built with.
        classPath.addAll(natives);
        classPath.addAll(worker());
        EngineProvider provider = engine.provider();
        List<String> options = new ArrayList<>(provider.jvmOptions(cache));
        options.addAll(jvmOptions.getOrDefault(provider.name(), List.of()));
        return new Launch(
                Worker.class,
                provider.name(),
                options,
                environment(provider, variant, !natives.isEmpty()),
                List.copyOf(classPath),
                variant.equals(EngineProvider.CUDA) ? GPU_PREPARATION : Duration.ZERO);
    }

    /** The jars of the worker's own module: the worker, core with JSpecify and Jackson, and the images of MNIST. */
    private static List<Path> worker() {
        List<Path> jars = new ArrayList<>();
        for (Class<?> type : List.of(
                Worker.class, Failure.class, Nullable.class, JsonMapper.class, JsonFactory.class, JsonTypeInfo.class)) {
            jars.add(CodeSource.of(type));
        }
        CodeSource.ofResource(MNIST).ifPresent(jars::add);
        return jars;
    }

    /** The engine's own variables, and what is good for every native library. */
    private Map<String, String> environment(EngineProvider provider, String variant, boolean natives) {
        Map<String, String> environment = new HashMap<>(provider.environment(threads, variant, offline));
        if (natives) {
            // glibc gives large blocks back to the system whenever they are freed, and every step gets new pages: 4,000
            // page faults and 2 ms in PyTorch, a tenth of the images a second in ONNX Runtime.
            environment.put("MALLOC_MMAP_THRESHOLD_", String.valueOf(32 << 20));
            environment.put("MALLOC_TRIM_THRESHOLD_", String.valueOf(512 << 20));
            environment.put("MALLOC_TOP_PAD_", String.valueOf(64 << 20));
        }
        if (variant.equals(EngineProvider.CUDA)) {
            // cuDNN and cuBLAS would round the factors of float32 products to 10 bits where a GPU is faster so.
            environment.put("NVIDIA_TF32_OVERRIDE", "0");
        }
        return environment;
    }
}
