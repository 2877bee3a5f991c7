package tandem.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;
import tandem.lab.page.Numbers;
import tandem.lab.run.RunDirectory;
import tandem.lab.study.ArmResult;
import tandem.lab.study.Study;
import tandem.lab.study.StudyTables;
import tandem.worker.protocol.Identity;

/** {@code tandem study}. */
@Command(
        name = "study",
        header = "Train with many seeds: are the engines equally accurate?",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains every engine with many seeds and says where they differ, where they are equivalent,"
                + " and where that is not decided. To continue a run, give --resume, or the same --out again;"
                + " --seeds and --engines may then ask for more.",
        footer = {
            "",
            "Examples:",
            "  tandem study --engines java,pytorch --seeds 10",
            "  tandem study --engines java --epochs 10 --parallel 2 --out runs/java",
            "  tandem study --resume runs/java --seeds 20",
            "  tandem study --recipe published-pytorch --epochs 10 --margin 0.2"
        })
final class StudyCommand extends LabCommand {
    private static final int SEEDS = 30;

    @Option(
            names = "--engines",
            paramLabel = "A,B",
            split = ",",
            description = "Engines to train; 'name:variant' for a variant (default: all that run here).")
    private @Nullable List<String> names;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "Trials of every engine, each with a seed of its own: --seed and those after it (default:"
                    + " 30, or the run's).")
    private @Nullable Integer seeds;

    @Mixin
    private StudyOptions studyOptions;

    @Mixin
    private SparkOptions sparkOptions;

    @Mixin
    private RecipeOptions recipeOptions;

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
        Optional<Study> study = before == null ? Optional.empty() : Study.read(before);
        boolean known = study.isPresent() || names != null && seeds != null;
        ResumeOption.requireKnown(before, Study.FILE, known, "--engines and --seeds");
        List<EngineName> own = study.map(
                        run -> run.engines().stream().map(ArmResult::engine).toList())
                .orElse(List.of());
        List<EngineName> chosen = names != null || own.isEmpty() ? deviceOptions.choose(names, true, engines) : own;
        requireAtLeastOne("--seeds", seeds);
        int count = seeds != null ? seeds : study.map(run -> run.seeds().size()).orElse(SEEDS);
        Recipe asked = before == null ? recipeOptions.recipe() : recipeOptions.recipe(before.recipe());
        recipeOptions.refuseInitialFile();
        runOptions.check(chosen);
        int parallel = studyOptions.parallel(runOptions.threads(), sparkOptions.used());
        return runOptions.anywhere(
                this,
                engines,
                sparkOptions.conf(),
                () -> outputOptions.watched(asked.batchSize(), progress -> {
                    Dataset data = open(
                            asked,
                            recipeOptions.classes(before == null ? null : asked),
                            runOptions.offline(),
                            progress);
                    Study.Plan plan = new Study.Plan(
                            main.commandLineText(),
                            data.fit(asked),
                            Identity.images(data.limit(asked.trainLimit(), asked.testLimit())),
                            chosen,
                            count,
                            parallel,
                            studyOptions.margin(study.map(Study::pairs).orElse(List.of())));
                    try (RunDirectory directory = begun(resumeOption.directory(runOptions, Study.FILE), progress)) {
                        Study end = Study.run(
                                plan,
                                sparkOptions.workers(this, runOptions, engines, parallel, progress),
                                directory,
                                sparkOptions.site(runOptions.threadsOfTrial(), data, studyOptions.keepModels()));
                        return () -> end(end, directory);
                    }
                }));
    }

    private int end(Study study, RunDirectory directory) {
        if (!outputOptions.printed(study)) {
            print(study);
            StudyOptions.printMissing(study.engines(), study.seeds().size(), spec.name(), directory);
        }
        outputOptions.printFolder(directory);
        return exitCode(study.engines().stream().map(ArmResult::status), names == null);
    }

    private static void print(Study study) {
        print(StudyTables.engines(study));
        System.out.println();
        say(
                "%s, %s each. %s",
                Numbers.of(study.seeds().size(), "seed"),
                Numbers.of(study.recipe().epochs(), "epoch"),
                StudyTables.note(study.parallel()));
        if (!study.pairs().isEmpty()) {
            print(StudyTables.pairs(study.pairs()));
            System.out.println();
            say("Differences are of test accuracy, first minus second, in points, on the same seeds; ±"
                    + " is half of the 95% interval.");
        }
        if (Boolean.FALSE.equals(study.sameInputs())) {
            say("Inputs: NOT identical for all engines; the figures do not compare.");
        }
    }
}
