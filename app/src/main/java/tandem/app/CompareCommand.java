package tandem.app;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tandem.core.Recipe;
import tandem.lab.compare.Comparison;
import tandem.lab.compare.EngineResult;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;
import tandem.lab.run.RunDirectory;

/** {@code tandem compare}. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains the same network on every engine, one after the other, and compares them: same initial"
                + " parameters, same batches, same dropout masks.",
        footer = {
            "",
            "Examples:",
            "  tandem compare",
            "  tandem compare --engines java,pytorch,tensorflow --epochs 10",
            "  tandem compare --train-limit 6000 --test-limit 1000",
            "  tandem compare --engines pytorch,pytorch:plain",
            "  tandem compare --recipe published-tensorflow --seed 7 --out runs/tf-7"
        })
final class CompareCommand extends LabCommand {
    @Option(
            names = "--engines",
            paramLabel = "A,B",
            split = ",",
            description = "Engines to train, in this order; 'name:variant' for a variant (default: all that run here).")
    private @Nullable List<String> names;

    @Mixin
    private RecipeOptions recipeOptions;

    @Mixin
    private DeviceOptions deviceOptions;

    @Mixin
    private RunOptions runOptions;

    @Override
    public Integer call() {
        Engines engines = Engines.find();
        List<EngineName> chosen = deviceOptions.choose(names, true, engines);
        Recipe asked = recipeOptions.recipe();
        runOptions.check(chosen);
        return watched(asked.batchSize(), progress -> {
            Recipe recipe =
                    open(asked.dataset(), runOptions.offline(), progress).fit(asked);
            RunDirectory directory = begun(RunDirectory.create(runOptions.out(), spec.name()));
            Comparison comparison = Comparison.run(
                    new Comparison.Plan(recipe, chosen, recipeOptions.initialParameters(), null),
                    runOptions.workers(this, engines, 1, progress),
                    directory);
            return () -> {
                ComparisonEnd.print(comparison, directory);
                return exitCode(comparison.engines().stream().map(EngineResult::status), names == null);
            };
        });
    }
}
