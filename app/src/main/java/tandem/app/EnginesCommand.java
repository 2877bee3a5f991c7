package tandem.app;

import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tandem.core.CacheFolder;
import tandem.core.Failure;
import tandem.core.engine.CudaDriver;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;
import tandem.lab.EngineName;
import tandem.lab.Engines;
import tandem.lab.Natives;

/** {@code tandem engines}. */
@Command(
        name = "engines",
        mixinStandardHelpOptions = true,
        description = "Lists the engines: version, whether they run on this platform, whether their natives are here.",
        footer = {"", "Examples:", "  tandem engines", "  tandem engines remove tensorflow"})
final class EnginesCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    /** One line of the list. */
    private record Row(String name, String library, String version, String devices, String state, String size) {}

    @Override
    public void run() {
        Path caches = CacheFolder.ofUser().resolve("engines");
        List<Row> rows = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (Engines.Engine engine : Engines.find().all()) {
            EngineProvider provider = engine.provider();
            Natives natives = new Natives(engine, "", caches);
            String state = switch (natives.state()) {
                case Natives.State.Unsupported(String reason) -> {
                    notes.add("%s: %s".formatted(provider.name(), reason));
                    yield "does not run here";
                }
                case Natives.State.Missing _ -> "fetched at first run";
                case Natives.State.Installed(List<Path> jars) -> {
                    if (!jars.isEmpty()) {
                        notes.add("%s: natives in %s and %s"
                                .formatted(provider.name(), jars.getFirst().getParent(), natives.cache()));
                    }
                    yield jars.isEmpty() ? "ready, needs no natives" : "ready";
                }
            };
            boolean cuda = usesGpu(provider);
            long bytes = Natives.bytes(onDisk(engine, caches));
            rows.add(new Row(
                    provider.name(),
                    provider.library(),
                    provider.version(),
                    cuda ? "cpu, cuda" : "cpu",
                    state,
                    bytes == 0 ? "" : Sizes.megabytes(bytes)));
            if (!provider.trains()) {
                notes.add("%s: only predicts, and joins bench and predict".formatted(provider.name()));
            }
            provider.variants()
                    .forEach((variant, difference) ->
                            notes.add("%s: %s".formatted(new EngineName(provider.name(), variant), difference)));
        }
        System.out.println("Engines on this platform, %s:".formatted(Platform.current()));
        System.out.println();
        System.out.println(Tables.of(
                rows,
                List.of(
                        new Column()
                                .header("engine")
                                .dataAlign(HorizontalAlign.LEFT)
                                .with(Row::name),
                        new Column()
                                .header("library")
                                .dataAlign(HorizontalAlign.LEFT)
                                .with(Row::library),
                        new Column()
                                .header("version")
                                .dataAlign(HorizontalAlign.LEFT)
                                .with(Row::version),
                        new Column()
                                .header("devices")
                                .dataAlign(HorizontalAlign.LEFT)
                                .with(Row::devices),
                        new Column()
                                .header("state")
                                .dataAlign(HorizontalAlign.LEFT)
                                .with(Row::state),
                        new Column().header("on disk").with(Row::size))));
        System.out.println();
        notes.forEach(System.out::println);
        System.out.println(gpu());
    }

    private static boolean usesGpu(EngineProvider provider) {
        return provider.variants().containsKey(EngineProvider.CUDA)
                && provider.support(Platform.current(), EngineProvider.CUDA) instanceof Support.Supported;
    }

    /** For both devices. */
    private static Set<Path> onDisk(Engines.Engine engine, Path caches) {
        Set<Path> paths = new LinkedHashSet<>(new Natives(engine, "", caches).onDisk());
        if (usesGpu(engine.provider())) {
            paths.addAll(new Natives(engine, EngineProvider.CUDA, caches).onDisk());
        }
        return paths;
    }

    /** Whether 'cuda' can be used here, or why not. */
    private static String gpu() {
        try {
            CudaDriver driver = CudaDriver.find();
            return "cuda: %s, with a driver for CUDA up to %s"
                    .formatted(String.join(", ", driver.devices()), driver.version());
        } catch (Failure e) {
            return "cuda: cannot be used here, as " + e.getMessage();
        }
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description =
                    "Deletes an engine's native jars and what was unpacked from them; the next run fetches them again.")
    private int remove(@Parameters(paramLabel = "ENGINE", description = "The engine.") String text) {
        Engines engines = Engines.find();
        EngineName name = EngineNames.parse(text, engines, spec);
        Engines.Engine engine = engines.get(name);
        Path caches = CacheFolder.ofUser().resolve("engines");
        Set<Path> removed = onDisk(engine, caches);
        long bytes = Natives.bytes(removed);
        Natives.remove(removed);
        removed.forEach(path -> System.out.println("removed " + path));
        System.out.println(
                removed.isEmpty()
                        ? "%s has nothing on disk".formatted(name)
                        : "%s is freed".formatted(Sizes.megabytes(bytes)));
        return 0;
    }
}
