package tandem.lab.engines;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import tandem.core.Failure;
import tandem.core.engine.EngineProvider;

/**
 * The engines. An engine is a folder {@code <name>/} with the module's own jar, and {@code lib/} with its library's
 * Java API; or a provider on the lab's own class path. Providers are asked without their libraries, so this is quick
 * however many engines there are.
 */
public final class Engines {
    /** System property that names the folders of the engines' folders, separated as in a class path. */
    public static final String FOLDER = "tandem.engines";

    private final Map<String, FoundEngine> engines = new LinkedHashMap<>();
    private final EngineBuild build = EngineBuild.ofLauncher();

    private Engines() {
        look();
    }

    /**
     * All engines on the class path and in the folders named by the system property {@value #FOLDER}, by rank. Those of
     * a checkout that are not built yet are built when they are asked for.
     */
    public static Engines find() {
        return new Engines();
    }

    private void look() {
        List<FoundEngine> found = new ArrayList<>();
        ServiceLoader.load(EngineProvider.class)
                .forEach(provider ->
                        found.add(new FoundEngine(provider, List.of(CodeSource.of(provider.getClass())), List.of())));
        for (String folder : System.getProperty(FOLDER, "").split(File.pathSeparator)) {
            for (Path engine : folder.isEmpty() ? List.<Path>of() : list(Path.of(folder), "*")) {
                List<Path> jars = list(engine, "*.jar");
                List<Path> classPath = new ArrayList<>(jars);
                Path lib = engine.resolve("lib");
                classPath.addAll(list(lib, "*.jar"));
                // The loader stays open: a provider loads its resources when it is asked.
                URLClassLoader loader =
                        new URLClassLoader(jars.stream().map(Engines::url).toArray(URL[]::new));
                ServiceLoader.load(EngineProvider.class, loader).stream()
                        .filter(service -> service.type().getClassLoader() == loader)
                        .map(ServiceLoader.Provider::get)
                        .forEach(provider -> found.add(new FoundEngine(
                                provider,
                                classPath,
                                Files.isDirectory(lib)
                                        ? List.of()
                                        : Pins.of(provider, Pins.LIBRARIES).coordinates())));
            }
        }
        engines.clear();
        found.stream()
                .sorted(Comparator.comparing(
                                (FoundEngine engine) -> engine.provider().rank())
                        .thenComparing(engine -> engine.provider().name()))
                .forEach(engine -> engines.putIfAbsent(engine.provider().name(), engine));
    }

    /**
     * Builds those of some engines that are not built yet, at once: one after the other would take longer.
     *
     * @param names of engines; others are passed over
     * @throws Failure if they cannot be built
     */
    public void build(Collection<String> names) {
        if (build.build(names)) {
            look();
        }
    }

    private static List<Path> list(Path folder, String glob) {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, glob)) {
                stream.forEach(files::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        files.sort(Comparator.naturalOrder());
        return files;
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path.toString(), e);
        }
    }

    /** The engines that are built, by rank. */
    public List<FoundEngine> built() {
        return List.copyOf(engines.values());
    }

    /** All engines, by rank. */
    public List<FoundEngine> all() {
        build(build.pending());
        return List.copyOf(engines.values());
    }

    /**
     * Names of the engines that join commands which name none, by rank.
     *
     * @param training whether only those that train
     */
    public List<EngineName> competing(boolean training) {
        build(build.pending());
        return engines.values().stream()
                .filter(engine ->
                        engine.provider().competes() && (engine.provider().trains() || !training))
                .map(engine -> new EngineName(engine.provider().name()))
                .toList();
    }

    /**
     * The engine of a name.
     *
     * @throws Failure if there is none, or it has no such variant
     */
    public FoundEngine get(EngineName name) {
        build(List.of(name.engine()));
        FoundEngine engine = engines.get(name.engine());
        if (engine == null) {
            List<String> valid = new ArrayList<>(engines.keySet());
            valid.addAll(build.pending());
            throw new Failure(
                    "there is no engine '%s'; valid are %s".formatted(name.engine(), String.join(", ", valid)));
        }
        Map<String, String> variants = engine.provider().variants();
        if (!name.variant().isEmpty() && !variants.containsKey(name.variant())) {
            String valid = variants.keySet().stream()
                    .sorted()
                    .map(variant -> variant.replace(' ', '-'))
                    .collect(Collectors.joining(", "));
            throw new Failure(
                    variants.isEmpty()
                            ? "engine %s has no variants".formatted(name.engine())
                            : "engine %s has no variant '%s'; valid are %s"
                                    .formatted(name.engine(), name.variant(), valid));
        }
        return engine;
    }
}
