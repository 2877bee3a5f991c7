package tandem.app;

import java.time.Instant;
import java.util.List;
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
import tandem.lab.study.Study;

/** {@code tandem study}. */
@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains every engine with many seeds and says where they differ, where they are equivalent, and"
                + " where that is not decided. Started again with the same --out it goes on where it was; --seeds and"
                + " --engines may then ask for more.",
        footer = {
            "",
            "Examples:",
            "  tandem study --engines java,pytorch --seeds 10",
            "  tandem study --engines java --epochs 10 --parallel 2 --out runs/java",
            "  tandem study --recipe published-pytorch --epochs 10 --margin 0.2"
        })
final class StudyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Main main;

    @Option(
            names = "--engines",
            paramLabel = "A,B",
            split = ",",
            description = "Engines to train; 'name:variant' for a variant (default: all that run here).")
    private List<String> names;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "30",
            description = "Trials of every engine, each with a seed of its own: --seed and those after it (default:"
                    + " ${DEFAULT-VALUE}).")
    private int seeds;

    @Mixin
    private StudyOptions studyOptions;

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
        if (seeds < 1) {
            throw new ParameterException(spec.commandLine(), "--seeds is %d; it must be at least 1".formatted(seeds));
        }
        Recipe asked = recipeOptions.recipe();
        recipeOptions.refuseInitialFile();
        int parallel = studyOptions.parallel(runOptions.threads());
        Workers workers = new Workers(
                engines,
                CacheFolder.ofUser().resolve("engines"),
                runOptions.threads() / parallel,
                runOptions.jvmOptions(chosen),
                runOptions.offline());
        RunDirectory directory;
        Study study;
        try (ConsoleWatcher watcher = new ConsoleWatcher(asked.batchSize())) {
            Study.Plan plan = new Study.Plan(
                    main.commandLineText(),
                    asked.on(Datasets.open(asked.dataset(), runOptions.offline(), watcher)),
                    chosen,
                    seeds,
                    parallel,
                    studyOptions.margin(),
                    WorkerProcess.SILENCE);
            directory = RunDirectory.createOrGoOn(runOptions.out(), spec.name(), plan.recipe());
            directory.add(Instant.now(), main.arguments());
            study = Study.run(plan, workers, directory, watcher, main.stop());
        }
        return StudyReport.print(study, directory, names == null, main.stop());
    }
}
