package tandem.app;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import tandem.core.data.Datasets;
import tandem.lab.EngineName;
import tandem.lab.Engines;
import tandem.lab.RunDirectory;
import tandem.lab.WorkerProcess;
import tandem.lab.Workers;
import tandem.lab.study.Differences;

/** {@code tandem differences}. */
@Command(
        name = "differences",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Shows which of the published notebooks' six differences costs how much accuracy: from either"
                + " notebook's recipe, one choice at a time is made as the other makes it. Started again with the same"
                + " --out it goes on where it was.",
        footer = {
            "",
            "Examples:",
            "  tandem differences",
            "  tandem differences --epochs 2 --seeds 2 --train-limit 12000",
            "  tandem differences --seeds 5 --max-minutes 240 --parallel 2 --out runs/differences"
        })
final class DifferencesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Main main;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            defaultValue = "java",
            description = "The engine that trains (default: ${DEFAULT-VALUE}).")
    private String engine;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Trials of each of the 15 recipes, each with a seed of its own (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "10",
            description = "Passes over the training images (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--max-minutes",
            paramLabel = "M",
            description = "When all seeds are done and fewer minutes have passed, add seeds where a choice's effect is"
                    + " not settled, until then (default: add none).")
    private Double maxMinutes;

    @Option(names = "--train-limit", paramLabel = "N", description = "Train on the first N images only.")
    private Integer trainLimit;

    @Option(names = "--test-limit", paramLabel = "N", description = "Test on the first N images only.")
    private Integer testLimit;

    @Mixin
    private StudyOptions studyOptions;

    @Mixin
    private DeviceOptions deviceOptions;

    @Mixin
    private RunOptions runOptions;

    @Override
    public Integer call() {
        Engines engines = Engines.find();
        EngineName name = deviceOptions.choose(List.of(engine), true, engines).getFirst();
        Recipe asked = recipe();
        int parallel = studyOptions.parallel(runOptions.threads());
        Workers workers = new Workers(
                engines,
                CacheFolder.ofUser().resolve("engines"),
                runOptions.threads() / parallel,
                runOptions.jvmOptions(List.of(name)),
                runOptions.offline());
        RunDirectory directory;
        Differences differences;
        try (ConsoleWatcher watcher = new ConsoleWatcher(asked.batchSize())) {
            Differences.Plan plan = new Differences.Plan(
                    main.commandLineText(),
                    asked.on(Datasets.open(asked.dataset(), runOptions.offline(), watcher)),
                    name,
                    seeds,
                    parallel,
                    studyOptions.margin(),
                    maxMinutes == null ? null : Duration.ofSeconds(Math.round(60 * maxMinutes)),
                    WorkerProcess.SILENCE);
            directory = RunDirectory.createOrGoOn(runOptions.out(), spec.name(), plan.recipe());
            directory.add(Instant.now(), main.arguments());
            differences = Differences.run(plan, workers, directory, watcher, main.stop());
        }
        return DifferencesReport.print(differences, directory, main.stop());
    }

    private Recipe recipe() {
        check("--seeds", seeds);
        check("--epochs", epochs);
        if (maxMinutes != null && !(maxMinutes > 0 && Double.isFinite(maxMinutes))) {
            throw new ParameterException(
                    spec.commandLine(), "--max-minutes is %s; it must be greater than 0".formatted(maxMinutes));
        }
        Map<String, Integer> changes = new LinkedHashMap<>(Map.of("epochs", epochs));
        if (trainLimit != null) {
            check("--train-limit", trainLimit);
            changes.put("trainLimit", trainLimit);
        }
        if (testLimit != null) {
            check("--test-limit", testLimit);
            changes.put("testLimit", testLimit);
        }
        return Recipe.PRESETS.get("harmonized").with(changes);
    }

    private void check(String option, int value) {
        if (value < 1) {
            throw new ParameterException(
                    spec.commandLine(), "%s is %d; it must be at least 1".formatted(option, value));
        }
    }
}
