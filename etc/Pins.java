import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import tandem.core.Failure;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;
import tandem.lab.engines.Artifacts;
import tandem.lab.engines.Engines;
import tandem.lab.engines.FoundEngine;
import tandem.lab.progress.Progress;
import tandem.lab.progress.StopSignal;

/**
 * Writes, or checks, the checksums that every engine's module pins; etc/pins.sh runs it.
 *
 * <p>For each engine there are two files beside its provider. {@code <engine>.libraries} lists its library's Java API: the
 * jars that Maven put into the build. {@code <engine>.natives} lists what its provider names for any platform and variant.
 * Natives for GPUs are gigabytes, so of those the SHA-1 is pinned that Maven's repository publishes, and nothing where it
 * publishes none.
 *
 * <p>The module spark pins Spark's jars, in the order of their class path.
 */
public final class Pins {
    private static final List<Platform> PLATFORMS = List.of(
            new Platform("linux", "x86_64", Set.of("avx2", "fma", "avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl")),
            new Platform("linux", "x86_64", Set.of("avx2", "fma")),
            new Platform("linux", "x86_64"),
            new Platform("linux", "arm64"),
            new Platform("macosx", "arm64"));

    private static final Consumer<Progress> FETCHED = what -> {
        if (what instanceof Progress.Fetched(String file, long bytes, boolean _)) {
            System.err.println("fetched %s (%d bytes)".formatted(file, bytes));
        }
    };

    private static final String HEADER = "# Written by etc/pins.sh: checksum, coordinates.\n";

    private final Path root;
    private final Map<String, Path> local = new HashMap<>();
    private final List<String> complaints = new ArrayList<>();

    private Pins(Path root) {
        this.root = root;
    }

    /** Arguments: {@code write} or {@code check}, the checkout, and the file of Spark's class path. */
    public static void main(String[] arguments) throws IOException {
        boolean write = arguments[0].equals("write");
        Pins pins = new Pins(Path.of(arguments[1]));
        pins.index(Artifacts.localRepository());
        for (FoundEngine engine : Engines.find().all()) {
            pins.engine(engine, write);
        }
        pins.spark(Files.readString(Path.of(arguments[2])).strip(), write);
        pins.complaints.forEach(System.err::println);
        System.exit(pins.complaints.isEmpty() ? 0 : 1);
    }

    /** Notes where each jar of the local repository lies, by name: the build knows no more of its jars. */
    private void index(Path repository) throws IOException {
        Files.walkFileTree(repository, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".jar")) {
                    local.put(file.getFileName().toString(), repository.relativize(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void engine(FoundEngine engine, boolean write) throws IOException {
        EngineProvider provider = engine.provider();
        Map<String, Path> jars = new LinkedHashMap<>();
        engine.classPath().stream()
                .filter(jar -> jar.getParent().endsWith("lib"))
                // What is Tandem's own is in the release.
                .filter(jar -> !jar.getFileName().toString().startsWith("tandem-"))
                .forEach(jar -> jars.put(coordinate(jar.getFileName().toString()), jar));
        Set<String> natives = named(provider, "");
        Set<String> gpu = new TreeSet<>(named(provider, EngineProvider.CUDA));
        gpu.removeAll(natives);
        if (write) {
            List<String> libraries = new ArrayList<>();
            jars.forEach((coordinate, jar) -> libraries.add(line(tandem.lab.engines.Pins.sum("SHA-256", jar), coordinate)));
            write(provider, tandem.lab.engines.Pins.LIBRARIES, libraries);
            List<String> lines = new ArrayList<>();
            for (String coordinate : natives) {
                Path jar = Artifacts.resolve(List.of(coordinate), false, FETCHED, new StopSignal()).getFirst();
                lines.add(line(tandem.lab.engines.Pins.sum("SHA-256", jar), coordinate));
            }
            for (String coordinate : gpu) {
                try {
                    Path sum = Artifacts.resolve(List.of(coordinate + "@jar.sha1"), false, FETCHED, new StopSignal())
                            .getFirst();
                    lines.add(line(Files.readString(sum).strip().split("\\s")[0], coordinate));
                } catch (Failure e) {
                    System.err.println(e.getMessage() + "; nothing is pinned");
                }
            }
            write(provider, tandem.lab.engines.Pins.NATIVES, lines);
        } else {
            check(provider, tandem.lab.engines.Pins.LIBRARIES, jars.keySet(), Set.of(), jars);
            check(provider, tandem.lab.engines.Pins.NATIVES, natives, gpu, Map.of());
        }
    }

    private void spark(String classPath, boolean write) throws IOException {
        Path file = root.resolve("spark/src/main/resources/tandem/spark/spark.libraries");
        Map<String, Path> jars = new LinkedHashMap<>();
        for (String jar : classPath.split(java.io.File.pathSeparator)) {
            Path path = Path.of(jar);
            Path version = path.getParent();
            String artifact = version.getParent().getFileName() + "-" + version.getFileName();
            String classifier = path.getFileName().toString().replaceFirst("\\.jar$", "").substring(artifact.length());
            jars.put(coordinate(path.getFileName().toString()) + classifier.replaceFirst("^-", ":"), path);
        }
        List<String> lines = new ArrayList<>();
        jars.forEach((coordinate, jar) -> lines.add(line(tandem.lab.engines.Pins.sum("SHA-256", jar), coordinate)));
        String text = HEADER + String.join("\n", lines) + "\n";
        if (write) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } else if (!Files.readString(file).equals(text)) {
            complaints.add("spark.libraries pins other jars than the module spark uses; run etc/pins.sh write");
        }
    }

    /** What an engine's provider names for any platform, on processors and on GPUs. */
    static Set<String> natives(EngineProvider provider) {
        Set<String> natives = named(provider, "");
        natives.addAll(named(provider, EngineProvider.CUDA));
        return natives;
    }

    private static Set<String> named(EngineProvider provider, String variant) {
        Set<String> natives = new LinkedHashSet<>();
        PLATFORMS.forEach(platform -> natives.addAll(named(provider, platform, variant)));
        return natives;
    }

    private static List<String> named(EngineProvider provider, Platform platform, String variant) {
        boolean has = variant.isEmpty() || provider.variants().containsKey(variant);
        return has && provider.support(platform, variant) instanceof Support.Supported(List<String> coordinates)
                ? coordinates
                : List.of();
    }

    /** Of {@code org/bytedeco/javacpp/1.5.13/javacpp-1.5.13.jar}: {@code org.bytedeco:javacpp:1.5.13}. */
    private String coordinate(String name) {
        Path file = local.get(name);
        if (file == null) {
            throw new Failure(name + " is in the build but not in Maven's local repository; build again");
        }
        Path version = file.getParent();
        Path artifact = version.getParent();
        return "%s:%s:%s".formatted(
                artifact.getParent().toString().replace('/', '.'), artifact.getFileName(), version.getFileName());
    }

    private static String line(String sum, String coordinate) {
        return sum + "  " + coordinate;
    }

    private void write(EngineProvider provider, String kind, List<String> lines) {
        Path file = root.resolve("engines/%s/src/main/resources/tandem/engine/%1$s/%1$s.%2$s"
                .formatted(provider.name(), kind));
        try {
            Files.deleteIfExists(file);
            if (!lines.isEmpty()) {
                Files.writeString(
                        file, HEADER + String.join("\n", lines) + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void check(
            EngineProvider provider, String kind, Set<String> expected, Set<String> allowed, Map<String, Path> jars) {
        tandem.lab.engines.Pins pins = tandem.lab.engines.Pins.of(provider, kind);
        // In this order, which is that of the class path.
        List<String> pinned = new ArrayList<>(pins.coordinates());
        pinned.removeAll(allowed);
        if (!List.copyOf(expected).equals(pinned)) {
            complaints.add("%s.%s pins %s, but the engine uses %s; run etc/pins.sh write"
                    .formatted(provider.name(), kind, pinned, expected));
        }
        for (String coordinate : pins.coordinates()) {
            try {
                Path jar = jars.get(coordinate);
                pins.verify(
                        coordinate,
                        jar != null
                                ? jar
                                : Artifacts.resolve(List.of(coordinate), true, FETCHED, new StopSignal()).getFirst());
            } catch (Failure e) {
                // What was never fetched, such as the natives of other platforms, cannot be compared.
                if (e.getCause() instanceof java.security.DigestException) {
                    complaints.add(e.getMessage());
                }
            }
        }
    }
}
