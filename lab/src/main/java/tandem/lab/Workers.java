package tandem.lab;

import java.nio.file.Path;
import java.security.DigestException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.core.Failure;
import tandem.core.engine.EngineProvider;
import tandem.lab.EngineResult.Status;
import tandem.lab.worker.Worker;

/**
 * What stands between an engine's name and its worker: natives that may have to be fetched, and the command of a JVM.
 *
 * @param engines the engines that are built
 * @param caches folder of the engines' caches
 * @param threads how many threads each engine may compute with
 * @param jvmOptions further options of an engine's JVM, by the engine's name
 * @param offline never touch the network
 */
public record Workers(
        Engines engines, Path caches, int threads, Map<String, List<String>> jvmOptions, boolean offline) {

    /** CUDA's libraries are gigabytes, which are unpacked at the first start; DJL also fetches its own then. */
    private static final Duration GPU_PREPARATION = Duration.ofHours(1);

    /** Whether an engine's worker can be started. */
    public sealed interface Readiness {
        /** It can. */
        record Ready(WorkerProcess.Command command) implements Readiness {}

        /** It cannot; the status is unavailable, failed or interrupted. */
        record Absent(Status status, String reason) implements Readiness {}
    }

    /**
     * Gets an engine ready, and fetches its natives if they lack.
     *
     * @throws Failure if there is no such engine
     */
    public Readiness ready(EngineName name, Natives.Watcher watcher, StopSignal stop) {
        Engines.Engine engine = engines.get(name);
        Natives natives = new Natives(engine, name.variant(), caches);
        if (natives.state() instanceof Natives.State.Unsupported(String reason)) {
            return new Readiness.Absent(Status.UNAVAILABLE, reason);
        }
        try {
            return new Readiness.Ready(
                    command(engine, name.variant(), natives, natives.install(offline, watcher, stop)));
        } catch (Failure e) {
            return stop.raised()
                    ? new Readiness.Absent(Status.INTERRUPTED, "interrupted while its natives were fetched")
                    : new Readiness.Absent(
                            offline && !(e.getCause() instanceof DigestException) ? Status.UNAVAILABLE : Status.FAILED,
                            e.getMessage());
        }
    }

    /**
     * The engine's jars, what was fetched for it, and the lab's own class path: no other engine's. The engine's come
     * first, so that of a library that both have, it gets the version it was built with: TensorFlow and the formats
     * have protobuf.
     */
    private WorkerProcess.Command command(Engines.Engine engine, String variant, Natives natives, List<Path> jars) {
        List<String> classPath = new ArrayList<>();
        engine.classPath().forEach(jar -> classPath.add(jar.toString()));
        jars.forEach(jar -> classPath.add(jar.toString()));
        classPath.addAll(
                Arrays.asList(System.getProperty("java.class.path").split(System.getProperty("path.separator"))));
        String name = engine.provider().name();
        List<String> options = new ArrayList<>(engine.provider().jvmOptions(natives.cache()));
        options.addAll(jvmOptions.getOrDefault(name, List.of()));
        return new WorkerProcess.Command(
                Worker.class,
                name,
                engine.provider().library(),
                engine.provider().version(),
                options,
                environment(engine.provider(), variant, !jars.isEmpty()),
                classPath,
                variant.equals(EngineProvider.CUDA) ? GPU_PREPARATION : Duration.ZERO);
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
