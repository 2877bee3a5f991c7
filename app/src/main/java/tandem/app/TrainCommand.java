package tandem.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tandem.core.AtomicFile;
import tandem.core.Recipe;
import tandem.lab.compare.Comparison;
import tandem.lab.compare.EngineResult;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;
import tandem.lab.run.Resumption;
import tandem.lab.run.RunDirectory;

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
final class TrainCommand extends LabCommand {
    @Parameters(paramLabel = "ENGINE", description = "The engine; 'name:variant' for a variant.")
    private String engine;

    @Option(
            names = "--resume",
            paramLabel = "DIR",
            description = "Go on with the run in this folder, where it stopped; --epochs may ask for more than it had."
                    + " An engine's folder in a run goes on from that engine's checkpoint, whichever ENGINE is.")
    private @Nullable Path resume;

    @Option(names = "--save", paramLabel = "FILE", description = "Also write the trained parameters to this file.")
    private @Nullable Path save;

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
        runOptions.check(List.of(name));
        if (resume != null) {
            // A run that goes on has its folder, its recipe and its parameters.
            runOptions.refuseOut("--resume");
            recipeOptions.refuseStart("--resume");
        }
        Optional<Resumption> resumption = Optional.ofNullable(resume).map(folder -> Resumption.of(folder, name));
        Recipe asked =
                resumption.map(run -> recipeOptions.recipe(run.run().recipe())).orElseGet(recipeOptions::recipe);
        return watched(asked.batchSize(), progress -> {
            Recipe recipe =
                    open(asked.dataset(), runOptions.offline(), progress).fit(asked);
            RunDirectory directory = begun(resumption
                    .map(Resumption::run)
                    .orElseGet(() -> RunDirectory.create(runOptions.out(), spec.name())));
            Comparison comparison = Comparison.run(
                    new Comparison.Plan(
                            recipe,
                            List.of(name),
                            recipeOptions.initialParameters(),
                            resumption.map(Resumption::checkpoint).orElse(null)),
                    runOptions.workers(this, engines, 1, progress),
                    directory);
            if (save != null && comparison.complete()) {
                AtomicFile.write(save, out -> Files.copy(directory.engine(name).resolve("model.safetensors"), out));
            }
            return () -> {
                ComparisonEnd.print(comparison, directory);
                return exitCode(comparison.engines().stream().map(EngineResult::status), false);
            };
        });
    }
}
