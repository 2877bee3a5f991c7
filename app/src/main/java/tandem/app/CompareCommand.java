package tandem.app;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tandem.core.CacheFolder;
import tandem.core.Recipe;
import tandem.core.data.Datasets;
import tandem.lab.Comparison;
import tandem.lab.EngineName;
import tandem.lab.Engines;
import tandem.lab.RunDirectory;

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
final class CompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Main main;

    @Option(
            names = "--engines",
            paramLabel = "A,B",
            split = ",",
            description = "Engines to train, in this order; 'name:variant' for a variant (default: all that run here).")
    private List<String> names;

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
        int threads = runOptions.threads();
        Map<String, List<String>> jvmOptions = runOptions.jvmOptions(chosen);
        try (ConsoleWatcher watcher = new ConsoleWatcher(asked.batchSize())) {
            Recipe recipe = asked.on(Datasets.open(asked.dataset(), runOptions.offline(), watcher));
            RunDirectory directory = RunDirectory.create(runOptions.out(), spec.name());
            directory.add(Instant.now(), main.arguments());
            Comparison comparison = Comparison.run(
                    new Comparison.Plan(
                            recipe,
                            chosen,
                            threads,
                            recipeOptions.initialParameters(),
                            null,
                            jvmOptions,
                            runOptions.offline()),
                    engines,
                    CacheFolder.ofUser().resolve("engines"),
                    directory,
                    watcher,
                    main.stop());
            return Report.print(comparison, directory, names == null, main.stop());
        }
    }
}
