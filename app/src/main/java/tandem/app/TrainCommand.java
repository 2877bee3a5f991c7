package tandem.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
import tandem.lab.progress.Status;
import tandem.lab.run.Resumption;
import tandem.lab.run.RunDirectory;
import tandem.worker.protocol.CheckpointEvery;
import tandem.worker.protocol.Request;

/** {@code tandem train}. */
@Command(
        name = "train",
        header = "Train one engine",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains one engine. --resume with the folder of another engine in a run continues from that"
                + " engine's checkpoint. When a run is resumed, --epochs may be larger than before.",
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

    @Option(names = "--save", paramLabel = "FILE", description = "Also write the trained parameters to this file.")
    private @Nullable Path save;

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
        EngineName name = deviceOptions.choose(List.of(engine), true, engines).getFirst();
        runOptions.check(List.of(name));
        Path resume = resumeOption.folder(runOptions, recipeOptions);
        Resumption resumption = resume == null
                ? null
                : Resumption.of(resume, name, run -> Comparison.engines(run).contains(name));
        CheckpointEvery every = checkpointOptions.every();
        Request.Tests tests = testOptions.tests();
        Recipe asked = resumption == null
                ? recipeOptions.recipe()
                : recipeOptions.recipe(RunDirectory.open(resumption.run()).recipe());
        return outputOptions.watched(asked.batchSize(), progress -> {
            Recipe recipe = open(
                            asked,
                            recipeOptions.classes(resumption == null ? null : asked),
                            runOptions.offline(),
                            progress)
                    .fit(asked);
            try (RunDirectory directory = resumption == null
                    ? created(runOptions.out(), recipe, recipeOptions.initialParameters(), progress)
                    : begun(RunDirectory.goOn(resumption.run(), Comparison.FILE), progress)) {
                Comparison comparison = Comparison.run(
                        new Comparison.Plan(
                                recipe, List.of(name), every, tests, resumption == null ? null : resumption.other()),
                        runOptions.workers(this, engines, 1, tensorBoard.of(directory, progress)),
                        directory);
                EngineResult result = comparison.of(name);
                if (save != null && result.status() == Status.DONE) {
                    Path model = directory.engine(name).resolve("model.safetensors");
                    AtomicFile.write(save, out -> Files.copy(model, out));
                }
                return () -> {
                    ComparisonEnd.print(comparison, directory, "train " + engine, outputOptions, main.verbose());
                    return exitCode(comparison.engines().stream().map(EngineResult::status), false);
                };
            }
        });
    }
}
