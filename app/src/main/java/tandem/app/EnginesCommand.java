package tandem.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tandem.core.Failure;
import tandem.core.engine.CudaDriver;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Platform;
import tandem.core.engine.Support;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;
import tandem.lab.engines.FoundEngine;
import tandem.lab.engines.Natives;
import tandem.lab.table.Column;
import tandem.lab.table.Table;

/** {@code tandem engines}. */
@Command(
        name = "engines",
        header = "List the engines and what they need; remove their files",
        mixinStandardHelpOptions = true,
        description = "Lists the engines: version, whether they run on this platform, whether their natives are here.",
        footer = {"", "Examples:", "  tandem engines", "  tandem engines remove tensorflow"})
final class EnginesCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Main main;

    /** One line of the list. */
    private record Row(String name, String library, String version, String devices, String state, String size) {}

    @Override
    public void run() {
        Path caches = LabCommand.engineCaches();
        List<Row> rows = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (FoundEngine engine : Engines.find().all()) {
            EngineProvider provider = engine.provider();
            Natives natives = new Natives(engine, "", caches);
            String state = switch (natives.state()) {
                case Natives.State.Unsupported(String reason) -> {
                    notes.add("%s: %s".formatted(provider.name(), reason));
                    yield "does not run here";
                }
                case Natives.State.Missing _ -> "fetched at first run";
                case Natives.State.Packed _ -> "unpacked at next run";
                case Natives.State.Installed(List<Path> jars, Path _) -> {
                    if (!jars.isEmpty()) {
                        notes.add("%s: natives in %s and %s"
                                .formatted(provider.name(), jars.getFirst().getParent(), natives.cache()));
                    }
                    yield jars.isEmpty() ? "ready, needs no natives" : "ready";
                }
            };
            String devices = usesGpu(provider) ? "cpu, cuda" : "cpu";
            String size = Sizes.onDisk(Natives.bytes(onDisk(engine, caches)));
            rows.add(new Row(provider.name(), provider.library(), provider.version(), devices, state, size));
            if (!provider.trains()) {
                notes.add("%s: only predicts, and joins bench and predict".formatted(provider.name()));
            }
            provider.variants()
                    .forEach((variant, difference) -> notes.add(
                            "%s: %s".formatted(new EngineName(provider.name(), variant).typed(), difference)));
        }
        LabCommand.say("Engines on this platform, %s:", Platform.current());
        System.out.println();
        List<Column<Row>> columns = List.of(
                Column.words("engine", "Engine", Row::name),
                Column.words("library", "Library", Row::library),
                Column.words("version", "Version", Row::version),
                Column.words("devices", "Devices", Row::devices),
                Column.words("state", "State", Row::state),
                Column.figures("on disk", "On disk", null, Row::size));
        System.out.println(TextTable.of(new Table<>(columns, rows)));
        System.out.println();
        notes.forEach(LabCommand::say);
        LabCommand.say(gpu());
    }

    private static boolean usesGpu(EngineProvider provider) {
        return provider.variants().containsKey(EngineProvider.CUDA)
                && provider.support(Platform.current(), EngineProvider.CUDA) instanceof Support.Supported;
    }

    private static List<Natives> onDevices(FoundEngine engine, Path caches) {
        Natives cpu = new Natives(engine, "", caches);
        return usesGpu(engine.provider())
                ? List.of(cpu, new Natives(engine, EngineProvider.CUDA, caches))
                : List.of(cpu);
    }

    private static Set<Path> onDisk(FoundEngine engine, Path caches) {
        Set<Path> paths = new LinkedHashSet<>();
        onDevices(engine, caches).forEach(natives -> paths.addAll(natives.onDisk()));
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
        FoundEngine engine = engines.get(name);
        Path caches = LabCommand.engineCaches();
        Set<Path> removed = onDisk(engine, caches);
        long bytes = Natives.bytes(removed);
        LabCommand.watched(1, progress -> {
            onDevices(engine, caches).forEach(natives -> natives.remove(progress, main.stop()));
            return () -> 0;
        });
        removed.forEach(path -> System.out.println("removed " + path));
        System.out.println(
                removed.isEmpty()
                        ? "%s has nothing on disk".formatted(name)
                        : "%s is freed".formatted(Sizes.megabytes(bytes)));
        return 0;
    }
}
