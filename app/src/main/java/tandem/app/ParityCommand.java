package tandem.app;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tandem.core.CacheFolder;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.lab.EngineName;
import tandem.lab.Engines;
import tandem.lab.RunDirectory;
import tandem.lab.WorkerProcess;
import tandem.lab.Workers;
import tandem.lab.parity.Parity;

/** {@code tandem parity}. */
@Command(
        name = "parity",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Proves that engines compute the same: single steps from the same parameters, accumulators, images"
                        + " and masks, compared with plain Java in float64, tensor by tensor. Then shows how far each engine's"
                        + " training is from the reference's, beside what one rounding makes of it.",
        footer = {
            "",
            "Exit code 1 if an engine fails its proof.",
            "",
            "Examples:",
            "  tandem parity",
            "  tandem parity --engines java,pytorch --steps 60",
            "  tandem parity --engines pytorch --against java --report",
            "  tandem parity --recipe published-tensorflow --no-dropout",
            "  tandem parity --init model.safetensors --no-shuffle --first-image 6400"
        })
final class ParityCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Main main;

    @Option(
            names = "--engines",
            paramLabel = "A,B",
            split = ",",
            description = "Engines to prove; 'name:variant' for a variant (default: all that run here).")
    private List<String> names;

    @Option(
            names = "--against",
            paramLabel = "ENGINE",
            description = "Also compare the engines with this one, directly.")
    private String against;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "20",
            description = "Steps of the trajectory (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--first-image",
            paramLabel = "N",
            defaultValue = "0",
            description = "Leave out the training images before this one, counted from 0 (default: ${DEFAULT-VALUE}).")
    private int firstImage;

    @Option(
            names = "--report",
            description = "Also write report.html: every tensor's error against its limit, and the trajectories in the"
                    + " band of one rounding.")
    private boolean report;

    @Mixin
    private RecipeOptions recipeOptions;

    @Mixin
    private DeviceOptions deviceOptions;

    @Mixin
    private RunOptions runOptions;

    @Override
    public Integer call() {
        Engines engines = Engines.find();
        EngineName other = against == null ? null : deviceOptions.asNamed(against, engines);
        List<EngineName> chosen = deviceOptions.choose(names, true, engines);
        // What others are compared with goes first.
        Set<EngineName> inOrder = new LinkedHashSet<>();
        if (other != null) {
            inOrder.add(other);
        }
        inOrder.addAll(chosen);
        check(steps >= 1, "--steps is %d; it must be at least 1", steps);
        check(firstImage >= 0, "--first-image is %d; it must be at least 0", firstImage);
        Recipe asked = recipeOptions.recipe();
        Workers workers = new Workers(
                engines,
                CacheFolder.ofUser().resolve("engines"),
                runOptions.threads(),
                runOptions.jvmOptions(List.copyOf(inOrder)),
                runOptions.offline());
        try (ConsoleWatcher watcher = new ConsoleWatcher(asked.batchSize())) {
            Dataset data = Datasets.open(asked.dataset(), runOptions.offline(), watcher);
            check(
                    firstImage < data.train().count(),
                    "--first-image is %d; %s has %d training images",
                    firstImage,
                    data.name(),
                    data.train().count());
            Recipe recipe = asked.on(data);
            Images train = data.from(firstImage)
                    .limit(recipe.trainLimit(), recipe.testLimit())
                    .train();
            RunDirectory directory = RunDirectory.create(runOptions.out(), spec.name());
            directory.add(Instant.now(), main.arguments());
            Parity parity = Parity.run(
                    new Parity.Plan(
                            main.commandLineText(),
                            recipe,
                            new ArrayList<>(inOrder),
                            other,
                            recipeOptions.initialParameters(),
                            firstImage,
                            steps,
                            WorkerProcess.SILENCE),
                    workers,
                    train,
                    directory,
                    watcher,
                    main.stop());
            return ParityReport.print(parity, directory, report, names == null, main.stop());
        }
    }

    private void check(boolean condition, String sentence, Object... values) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), sentence.formatted(values));
        }
    }
}
