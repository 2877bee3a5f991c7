package tandem.lab;

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
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tandem.core.Failure;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;
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

    /** Told how the fetching goes. */
    public interface Watcher {
        /** The fetching begins; called once, before anything else. */
        void fetching(List<String> jars);

        /** So many bytes of those that are under way. */
        void progress(long bytes, long total);

        /** One jar is there; its size in words. */
        void fetched(String jar, String size);
    }

    /** The state of an engine on this machine. */
    public sealed interface State {
        /** It does not run here. */
        record Unsupported(String reason) implements State {}

        /** Something must be fetched first. */
        record Missing(List<String> coordinates) implements State {}

        /** It can run. */
        record Installed(List<Path> jars) implements State {}
    }

    /**
     * What is on record about fetched jars, all of which were verified.
     *
     * @param stamps size and time of each jar when it was verified
     */
    private record Fetched(List<String> coordinates, List<String> jars, List<String> stamps) {}

    /**
     * What is fetched for one engine.
     *
     * @param variant of the engine: one that computes on a GPU has natives of its own
     * @param caches folder that holds one folder for each engine; it may not exist yet
     */
    public Natives(Engines.Engine engine, String variant, Path caches) {
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

    private Fetched onRecord() {
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
    public List<Path> install(boolean offline, Watcher watcher, StopSignal stop) {
        return switch (state()) {
            case State.Unsupported(String reason) -> throw new Failure(reason);
            case State.Installed(List<Path> jars) -> jars;
            case State.Missing(List<String> coordinates) -> {
                List<Path> jars = fetch(coordinates, offline, watcher, stop);
                Json.write(
                        cache.resolve("fetched.json"),
                        new Fetched(
                                coordinates,
                                jars.stream().map(Path::toString).toList(),
                                jars.stream().map(Natives::stamp).toList()));
                yield jars;
            }
        };
    }

    private List<Path> fetch(List<String> coordinates, boolean offline, Watcher watcher, StopSignal stop) {
        if (!offline) {
            watcher.fetching(coordinates.stream().map(Artifacts::fileName).toList());
        }
        Map<String, String> sums = new HashMap<>(Pins.of(provider, Pins.NATIVES).sums());
        sums.putAll(Pins.of(provider, Pins.LIBRARIES).sums());
        List<Path> jars = resolve(coordinates, offline, following(watcher, sums.keySet()), stop);
        for (int i = 0; i < jars.size(); i++) {
            new Pins(sums).verify(coordinates.get(i), jars.get(i));
        }
        return jars;
    }

    private List<Path> resolve(
            List<String> coordinates, boolean offline, Artifacts.Listener listener, StopSignal stop) {
        try {
            return Artifacts.resolve(coordinates, offline, listener, stop);
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

    private static Artifacts.Listener following(Watcher watcher, Set<String> pinned) {
        Set<String> verified = pinned.stream().map(Artifacts::fileName).collect(Collectors.toSet());
        return new Artifacts.Listener() {
            @Override
            public void progress(long bytes, long total) {
                watcher.progress(bytes, total);
            }

            @Override
            public void fetched(String file, long bytes) {
                watcher.fetched(
                        file,
                        size(bytes)
                                + (verified.contains(file) ? "" : "; not verified: Tandem knows no checksum of it"));
            }
        };
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

    private static String size(long bytes) {
        return bytes < 1_000_000
                ? "%d kB".formatted(Math.round(bytes / 1e3))
                : String.format(Locale.ROOT, bytes < 10_000_000 ? "%.1f MB" : "%.0f MB", bytes / 1e6);
    }

    /** What the build knows: the version of something that is not on the class path. */
    static String build(String key) {
        Properties properties = new Properties();
        try (var in = Natives.class.getResourceAsStream("lab.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty(key);
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
