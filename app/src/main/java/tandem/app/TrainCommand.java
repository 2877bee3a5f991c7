package tandem.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tandem.core.AtomicFile;
import tandem.core.CacheFolder;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.lab.Comparison;
import tandem.lab.EngineName;
import tandem.lab.Engines;
import tandem.lab.Resumption;
import tandem.lab.RunDirectory;

/** {@code tandem train}. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains one engine.",
        footer = {
            "",
            "Examples:",
            "  tandem train pytorch --epochs 3",
            "  tandem train tensorflow --save model.safetensors",
            "  tandem train pytorch --init model.safetensors",
            "  tandem train pytorch --resume runs/20261123-120000-train --epochs 10",
            "",
            "A relay, an epoch in each engine:",
            "  tandem train pytorch --epochs 1 --out relay",
            "  tandem train tensorflow --resume relay/pytorch --epochs 2",
            "  tandem train java --resume relay/tensorflow --epochs 3"
        })
final class TrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "ENGINE", description = "The engine; 'name:variant' for a variant.")
    private String engine;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = "Go on with the run in this folder, where it stopped; --epochs may ask for more than it had."
                    + " An engine's folder in a run goes on from that engine's checkpoint, whichever ENGINE is.")
    private Path resume;

    @Option(names = "--save", paramLabel = "FILE", description = "Also write the trained parameters to this file.")
    private Path save;

    @Mixin
    private RecipeOptions recipeOptions;

    @Mixin
    private DeviceOptions deviceOptions;

    @Mixin
    private RunOptions runOptions;

    @Override
    public Integer call() {
        Engines engines = Engines.find();
        EngineName name = deviceOptions.choose(List.of(engine), true, engines).getFirst();
        int threads = runOptions.threads();
        Map<String, List<String>> jvmOptions = runOptions.jvmOptions(List.of(name));
        if (resume != null) {
            // A run that goes on has its folder, its recipe and its parameters.
            runOptions.refuseOut("--resume");
            recipeOptions.refuseStart("--resume");
        }
        Resumption resumption = resume == null ? null : Resumption.of(resume, name);
        RunDirectory resumed = resumption == null ? null : resumption.run();
        Recipe asked = resumed == null ? recipeOptions.recipe() : recipeOptions.recipe(resumed.recipe());
        try (ConsoleWatcher watcher = new ConsoleWatcher(asked.batchSize())) {
            Recipe recipe = asked.on(Datasets.open(asked.dataset(), runOptions.offline(), watcher));
            Path checkpoint = resumption == null ? null : resumption.checkpoint();
            RunDirectory directory = resumed == null ? RunDirectory.create(runOptions.out(), spec.name()) : resumed;
            directory.add(Instant.now(), main.arguments());
            Comparison comparison = Comparison.run(
                    new Comparison.Plan(
                            recipe,
                            List.of(name),
                            threads,
                            recipeOptions.initialParameters(),
                            checkpoint,
                            jvmOptions,
                            runOptions.offline()),
                    engines,
                    CacheFolder.ofUser().resolve("engines"),
                    directory,
                    watcher,
                    main.stop());
            if (save != null && comparison.complete()) {
                save(directory.engine(name).resolve("model.safetensors"));
            }
            return Report.print(comparison, directory, false, main.stop());
        }
    }

    private void save(Path model) {
        AtomicFile.write(save, out -> Files.copy(model, out));
    }
}
