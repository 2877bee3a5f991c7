package tandem.lab.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.ProcessLock;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;
import tandem.lab.progress.Progress;
import tandem.lab.progress.StopSignal;
import tools.jackson.core.JacksonException;

/**
 * An engine's native jars: fetched into Maven's local repository when the engine first runs, and unpacked by the
 * library into the engine's cache folder.
 */
public final class Natives {
    private static final String FETCHED = "fetched.json";

    private final EngineProvider provider;
    private final String variant;
    private final List<String> libraries;
    private final Path cache;

    /** The state of an engine on this machine. */
    public sealed interface State {
        /** It does not run here. */
        record Unsupported(String reason) implements State {}

        /** Something must be fetched first. */
        record Missing(List<String> coordinates) implements State {}

        /** The jars are here; what the library unpacks from them is not, or is not whole. */
        record Packed(List<Path> jars) implements State {}

        /**
         * It can run.
         *
         * @param unpacked folder of what the library unpacked
         */
        record Installed(List<Path> jars, Path unpacked) implements State {}
    }

    /** What is on record about fetched jars that were verified; stamps are their sizes and times then. */
    private record Fetched(List<String> coordinates, List<String> jars, List<String> stamps) {
        Fetched {
            // Refuses null, which JSON may hold.
            coordinates = List.copyOf(coordinates);
            jars = List.copyOf(jars);
            stamps = List.copyOf(stamps);
        }
    }

    /**
     * What is fetched for one engine.
     *
     * @param variant of the engine: one that computes on a GPU has natives of its own
     * @param caches folder that holds one folder for each engine; it may not exist yet
     */
    public Natives(FoundEngine engine, String variant, Path caches) {
        this.provider = engine.provider();
        this.variant = variant;
        this.libraries = engine.libraries();
        this.cache = caches.resolve(
                variant.equals(EngineProvider.CUDA)
                        ? new EngineName(provider.name(), variant).folder()
                        : provider.name());
    }

    /** The folder of what is on record, and of what the library unpacked. */
    public Path cache() {
        return cache;
    }

    /**
     * The lock under which natives are fetched, unpacked and deleted; starts of an engine that is installed need none.
     * It is waited for, which progress is told.
     *
     * @throws Failure if the signal was raised while it was waited for
     */
    public ProcessLock lock(Consumer<Progress> progress, StopSignal stop) {
        boolean[] told = new boolean[1];
        // Beside the folder, which is deleted now and then.
        return ProcessLock.acquire(cache.resolveSibling(name() + ".lock"), holder -> {
            if (stop.raised()) {
                throw new Failure("interrupted while it waited for the natives of %s".formatted(name()));
            }
            if (!told[0]) {
                told[0] = true;
                progress.accept(new Progress.Waiting(
                        "the natives of " + name(), holder.isPresent() ? holder.getAsLong() : null));
            }
        });
    }

    private String name() {
        return cache.getFileName().toString();
    }

    /** Whether the engine can run, without touching the network. */
    public State state() {
        return switch (provider.support(Platform.current(), variant)) {
            case Support.Unsupported(String reason) -> new State.Unsupported(reason);
            case Support.Supported(List<String> natives) -> {
                List<String> coordinates =
                        Stream.concat(libraries.stream(), natives.stream()).toList();
                if (coordinates.isEmpty()) {
                    yield new State.Installed(List.of(), cache);
                }
                Fetched fetched = onRecord();
                if (fetched == null || !fetched.coordinates.equals(coordinates)) {
                    yield new State.Missing(coordinates);
                }
                List<Path> jars = fetched.jars.stream().map(Path::of).toList();
                yield jars.stream().map(Natives::stamp).toList().equals(fetched.stamps)
                        ? fetched(coordinates, jars)
                        : new State.Missing(coordinates);
            }
        };
    }

    private State fetched(List<String> coordinates, List<Path> jars) {
        return Unpacked.onRecord(cache)
                .filter(unpacked -> unpacked.coordinates().equals(coordinates) && unpacked.looksWhole(cache))
                .<State>map(unpacked -> new State.Installed(jars, cache.resolve(unpacked.folder())))
                .orElseGet(() -> new State.Packed(jars));
    }

    private @Nullable Fetched onRecord() {
        try {
            return Json.parse(Files.readString(cache.resolve(FETCHED)), Fetched.class);
        } catch (IOException | JacksonException e) {
            // There is none, or it is made again: the jars are verified then.
            return null;
        }
    }

    /**
     * Makes sure that the jars are there. A caller that may not be alone holds the {@link #lock}.
     *
     * @param offline never touch the network: only what is already in Maven's local repository is taken
     * @return the native jars
     * @throws Failure if the platform is not supported, the jars cannot be fetched, or one is not what it should be
     */
    public List<Path> install(boolean offline, Consumer<Progress> progress, StopSignal stop) {
        return switch (state()) {
            case State.Unsupported(String reason) -> throw new Failure(reason);
            case State.Packed(List<Path> jars) -> jars;
            case State.Installed(List<Path> jars, Path _) -> jars;
            case State.Missing(List<String> coordinates) -> {
                List<Path> jars = fetch(coordinates, offline, progress, stop);
                List<String> paths = jars.stream().map(Path::toString).toList();
                List<String> stamps = jars.stream().map(Natives::stamp).toList();
                Json.write(cache.resolve(FETCHED), new Fetched(coordinates, paths, stamps));
                yield jars;
            }
        };
    }

    /**
     * Lets the library unpack its natives, if they are not here whole, into a folder that is new: what is left of a
     * start that was killed is deleted, and should its process still write, it writes elsewhere. For whoever has the
     * {@link #lock}, once the jars are there.
     *
     * @param firstStart starts the engine for the first time, lets it work, and ends it; given the folder
     * @return the folder
     */
    public Path unpack(Consumer<Path> firstStart) {
        if (state() instanceof State.Installed(List<Path> _, Path unpacked)) {
            return unpacked;
        }
        Fetched fetched = onRecord();
        if (fetched == null) {
            throw new IllegalStateException("the jars are not there");
        }
        Set<Path> old = new LinkedHashSet<>(files(cache));
        old.removeAll(Set.of(cache, cache.resolve(FETCHED)));
        remove(old);
        Path folder = cache.resolve("unpacked-" + System.currentTimeMillis());
        try {
            Files.createDirectory(folder);
        } catch (IOException e) {
            throw new Failure("%s: cannot be made (%s)".formatted(folder, e.getMessage()), e);
        }
        firstStart.accept(folder);
        Json.write(cache.resolve(Unpacked.FILE), Unpacked.of(folder, fetched.coordinates));
        return folder;
    }

    /**
     * Compares everything that is here with what it should be: the jars with the checksums that Tandem knows, and what
     * was unpacked with what it was then. Reads hundreds of megabytes.
     *
     * @return what is wrong, a sentence each; empty also if nothing was fetched yet
     */
    public List<String> damage() {
        List<String> damage = new ArrayList<>();
        damagedJars().forEach((_, sentence) -> damage.add(sentence));
        Unpacked.onRecord(cache).ifPresent(unpacked -> damage.addAll(unpacked.damage(cache)));
        return damage;
    }

    private Map<Path, String> damagedJars() {
        Map<Path, String> damaged = new LinkedHashMap<>();
        Fetched fetched = onRecord();
        for (int i = 0; fetched != null && i < fetched.jars.size(); i++) {
            Path jar = Path.of(fetched.jars.get(i));
            try {
                pins().verify(fetched.coordinates.get(i), jar);
            } catch (Failure e) {
                damaged.put(jar, e.getMessage());
            }
        }
        return damaged;
    }

    /**
     * Deletes what {@link #damage} names, and what was unpacked from it: it is fetched and unpacked again when the
     * engine next starts. Waits for a process that fetches or unpacks.
     *
     * @throws Failure if something cannot be deleted
     */
    public void repair(Consumer<Progress> progress, StopSignal stop) {
        try (ProcessLock _ = lock(progress, stop)) {
            Set<Path> jars = damagedJars().keySet();
            if (!damage().isEmpty()) {
                remove(jars);
                remove(Set.of(cache));
            }
        }
    }

    private List<Path> fetch(List<String> coordinates, boolean offline, Consumer<Progress> progress, StopSignal stop) {
        if (!offline) {
            List<String> files = coordinates.stream().map(Artifacts::fileName).toList();
            progress.accept(new Progress.Fetching(files));
        }
        Pins pins = pins();
        List<Path> jars = resolve(coordinates, offline, marking(pins.sums().keySet(), progress), stop);
        for (int i = 0; i < jars.size(); i++) {
            pins.verify(coordinates.get(i), jars.get(i));
        }
        return jars;
    }

    private Pins pins() {
        Map<String, String> sums = new HashMap<>(Pins.of(provider, Pins.NATIVES).sums());
        sums.putAll(Pins.of(provider, Pins.LIBRARIES).sums());
        return new Pins(sums);
    }

    private List<Path> resolve(
            List<String> coordinates, boolean offline, Consumer<Progress> progress, StopSignal stop) {
        try {
            return Artifacts.resolve(coordinates, offline, progress, stop);
        } catch (Failure e) {
            String name = provider.name();
            throw new Failure(
                    stop.raised()
                            ? "interrupted while the natives of %s were fetched".formatted(name)
                            : offline
                                    ? "the natives of %s are not in Maven's local repository; run once without --offline"
                                            .formatted(name)
                                    : "the natives of %s cannot be fetched: %s".formatted(name, e.getMessage()),
                    e);
        }
    }

    /** Files whose checksum nobody knows are told as such. */
    private static Consumer<Progress> marking(Set<String> pinned, Consumer<Progress> progress) {
        Set<String> known = pinned.stream().map(Artifacts::fileName).collect(Collectors.toSet());
        return what -> progress.accept(
                what instanceof Progress.Fetched(String file, long bytes, boolean _)
                        ? new Progress.Fetched(file, bytes, known.contains(file))
                        : what);
    }

    /** What changes when a file does; empty if there is none. */
    private static String stamp(Path file) {
        try {
            return Files.isRegularFile(file)
                    ? Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis()
                    : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What is on disk: the jars on record that are there, also if not all are, and what the library unpacked. Variants
     * of an engine may share jars.
     */
    public Set<Path> onDisk() {
        Set<Path> paths = new LinkedHashSet<>();
        Fetched fetched = onRecord();
        if (fetched != null) {
            fetched.jars.stream().map(Path::of).filter(Files::isRegularFile).forEach(paths::add);
        }
        if (Files.exists(cache)) {
            paths.add(cache);
        }
        return paths;
    }

    /** Bytes that files, and folders with all below them, take. */
    public static long bytes(Set<Path> paths) {
        return paths.stream()
                .flatMap(path -> files(path).stream())
                .mapToLong(Natives::size)
                .sum();
    }

    /**
     * Deletes what is {@link #onDisk}. Waits for a process that fetches or unpacks.
     *
     * @throws Failure if something cannot be deleted
     */
    public void remove(Consumer<Progress> progress, StopSignal stop) {
        try (ProcessLock _ = lock(progress, stop)) {
            remove(onDisk());
        }
    }

    private static void remove(Set<Path> paths) {
        try {
            for (Path path : paths) {
                for (Path file : files(path).reversed()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new Failure("%s: cannot be deleted".formatted(e.getMessage()), e);
        }
    }

    /** A file, or a folder and all below it, parents first; empty if there is none. */
    private static List<Path> files(Path folder) {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted(Comparator.naturalOrder()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
