package tandem.lab.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
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

        /** It can run. */
        record Installed(List<Path> jars) implements State {}
    }

    /** What is on record about fetched jars that were verified; stamps are their sizes and times then. */
    private record Fetched(List<String> coordinates, List<String> jars, List<String> stamps) {}

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

    /** Where the library may unpack its natives. */
    public Path cache() {
        return cache;
    }

    /** Whether the engine can run, without touching the network. */
    public State state() {
        return switch (provider.support(Platform.current(), variant)) {
            case Support.Unsupported(String reason) -> new State.Unsupported(reason);
            case Support.Supported(List<String> natives) -> {
                List<String> coordinates =
                        Stream.concat(libraries.stream(), natives.stream()).toList();
                if (coordinates.isEmpty()) {
                    yield new State.Installed(List.of());
                }
                Fetched fetched = onRecord();
                if (fetched == null || !fetched.coordinates.equals(coordinates)) {
                    yield new State.Missing(coordinates);
                }
                List<Path> jars = fetched.jars.stream().map(Path::of).toList();
                yield jars.stream().map(Natives::stamp).toList().equals(fetched.stamps)
                        ? new State.Installed(jars)
                        : new State.Missing(coordinates);
            }
        };
    }

    private @Nullable Fetched onRecord() {
        Path file = cache.resolve("fetched.json");
        try {
            return Json.parse(Files.readString(file), Fetched.class);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException | JacksonException e) {
            throw new Failure("%s: cannot be read (%s); delete it".formatted(file, e.getMessage()), e);
        }
    }

    /**
     * Makes sure that the natives are there.
     *
     * @param offline never touch the network: only what is already in Maven's local repository is taken
     * @return the native jars
     * @throws Failure if the platform is not supported, the jars cannot be fetched, or one is not what it should be
     */
    public List<Path> install(boolean offline, Consumer<Progress> progress, StopSignal stop) {
        return switch (state()) {
            case State.Unsupported(String reason) -> throw new Failure(reason);
            case State.Installed(List<Path> jars) -> jars;
            case State.Missing(List<String> coordinates) -> {
                List<Path> jars = fetch(coordinates, offline, progress, stop);
                List<String> paths = jars.stream().map(Path::toString).toList();
                List<String> stamps = jars.stream().map(Natives::stamp).toList();
                Json.write(cache.resolve("fetched.json"), new Fetched(coordinates, paths, stamps));
                yield jars;
            }
        };
    }

    private List<Path> fetch(List<String> coordinates, boolean offline, Consumer<Progress> progress, StopSignal stop) {
        if (!offline) {
            List<String> files = coordinates.stream().map(Artifacts::fileName).toList();
            progress.accept(new Progress.Fetching(files));
        }
        Map<String, String> sums = new HashMap<>(Pins.of(provider, Pins.NATIVES).sums());
        sums.putAll(Pins.of(provider, Pins.LIBRARIES).sums());
        List<Path> jars = resolve(coordinates, offline, marking(sums.keySet(), progress), stop);
        for (int i = 0; i < jars.size(); i++) {
            new Pins(sums).verify(coordinates.get(i), jars.get(i));
        }
        return jars;
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
     * Deletes what is on disk.
     *
     * @param paths of {@link #onDisk}
     * @throws Failure if something cannot be deleted
     */
    public static void remove(Set<Path> paths) {
        try {
            for (Path path : paths) {
                for (Path file : files(path).reversed()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new Failure("%s: cannot be deleted".formatted(e.getMessage()), e);
        }
    }

    /** A file, or a folder and all below it, parents first; empty if there is none. */
    private static List<Path> files(Path folder) {
        if (!Files.exists(folder)) {
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
