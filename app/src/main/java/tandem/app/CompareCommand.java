package tandem.app;

import java.nio.file.Path;
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
import tandem.worker.protocol.CheckpointEvery;
import tandem.worker.protocol.Request;

/** {@code tandem compare}. */
@Command(
        name = "compare",
        header = "Train the same network on every engine, and compare them",
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
            "  tandem compare --resume runs/20261123-120000-compare",
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
    private CheckpointOptions checkpointOptions;

    @Mixin
    private TestOptions testOptions;

    @Mixin
    private TensorBoardOption tensorBoard;

    @Mixin
    private ResumeOption resumeOption;

    @Mixin
    private DeviceOptions deviceOptions;

    @Mixin
    private RunOptions runOptions;

    @Mixin
    private OutputOptions outputOptions;

    @Override
    public Integer call() {
        Engines engines = Engines.find();
        Path resume = resumeOption.folder(runOptions, recipeOptions);
        RunDirectory before = resume == null ? null : RunDirectory.open(resume);
        List<EngineName> chosen = chosen(engines, before);
        CheckpointEvery every = checkpointOptions.every();
        Request.Tests tests = testOptions.tests();
        Recipe asked = before == null ? recipeOptions.recipe() : recipeOptions.recipe(before.recipe());
        runOptions.check(chosen);
        return outputOptions.watchedInTable(asked.batchSize(), progress -> {
            Recipe recipe = open(
                            asked, recipeOptions.classes(before == null ? null : asked), runOptions.offline(), progress)
                    .fit(asked);
            try (RunDirectory directory = before == null
                    ? created(runOptions.out(), recipe, recipeOptions.initialParameters(), progress)
                    : begun(RunDirectory.goOn(before.path(), Comparison.FILE), progress)) {
                Comparison comparison = Comparison.run(
                        new Comparison.Plan(recipe, chosen, every, tests, null),
                        runOptions.workers(this, engines, 1, tensorBoard.of(directory, progress)),
                        directory);
                return () -> {
                    ComparisonEnd.print(comparison, directory, "compare", outputOptions, main.verbose());
                    return exitCode(comparison.engines().stream().map(EngineResult::status), names == null);
                };
            }
        });
    }

    /** Those asked for; those of the run that goes on; or all. */
    private List<EngineName> chosen(Engines engines, @Nullable RunDirectory before) {
        List<EngineName> own = before == null || names != null ? List.of() : Comparison.engines(before);
        ResumeOption.requireKnown(before, Comparison.FILE, names != null || !own.isEmpty(), "--engines");
        return own.isEmpty() ? deviceOptions.choose(names, true, engines) : own;
    }
}
