package tandem.app;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;
import tandem.lab.run.RunDirectory;
import tandem.lab.statistics.PairedDifference;
import tandem.lab.study.Differences;
import tandem.lab.study.StudyTables;
import tandem.worker.protocol.Identity;

/** {@code tandem differences}. */
@Command(
        name = "differences",
        header = "Which choice of the two published notebooks costs accuracy?",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Shows how much accuracy each of the six differences between the published notebooks costs:"
                + " it takes the recipe of one notebook and swaps one choice for the other's. To continue a"
                + " run, give --resume, or the same --out again.",
        footer = {
            "",
            "Examples:",
            "  tandem differences",
            "  tandem differences --epochs 2 --seeds 2 --train-limit 12000",
            "  tandem differences --seeds 5 --max-minutes 240 --parallel 2 --out runs/two"
        })
final class DifferencesCommand extends LabCommand {
    private static final int SEEDS = 5;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description = "The engine that trains (default: java, or the run's).")
    private @Nullable String engine;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "Trials of each of the 15 recipes, each with its own seed (default: 5, or the run's).")
    private @Nullable Integer seeds;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training images (default: 10, or the run's).")
    private @Nullable Integer epochs;

    @Option(
            names = "--max-minutes",
            paramLabel = "M",
            description = "Minutes to spend: if all seeds are done earlier, add seeds where the effect of a choice is"
                    + " not decided yet (default: add none).")
    private @Nullable Double maxMinutes;

    @Option(names = "--train-limit", paramLabel = "N", description = "Train on the first N images only.")
    private @Nullable Integer trainLimit;

    @Option(names = "--test-limit", paramLabel = "N", description = "Test on the first N images only.")
    private @Nullable Integer testLimit;

    @Mixin
    private StudyOptions studyOptions;

    @Mixin
    private SparkOptions sparkOptions;

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
        Path resume = resumeOption.folder(runOptions);
        RunDirectory before = resume == null ? null : RunDirectory.open(resume);
        Optional<Differences> run = before == null ? Optional.empty() : Differences.read(before);
        boolean known = run.isPresent() || engine != null && seeds != null;
        ResumeOption.requireKnown(before, Differences.FILE, known, "--engine and --seeds");
        String own = run.map(differences -> differences.engine().toString()).orElse("java");
        EngineName name = deviceOptions
                .choose(List.of(engine == null ? own : engine), true, engines)
                .getFirst();
        Recipe asked = recipe(before == null ? Recipe.HARMONIZED : before.recipe());
        int count = seeds != null
                ? seeds
                : run.map(differences -> differences.seeds().size()).orElse(SEEDS);
        runOptions.check(List.of(name));
        int parallel = studyOptions.parallel(runOptions.threads(), sparkOptions.used());
        return runOptions.anywhere(
                this,
                engines,
                sparkOptions.conf(),
                () -> outputOptions.watched(asked.batchSize(), progress -> {
                    Dataset data = open(asked, null, runOptions.offline(), progress);
                    Differences.Plan plan = new Differences.Plan(
                            main.commandLineText(),
                            data.fit(asked),
                            Identity.images(data.limit(asked.trainLimit(), asked.testLimit())),
                            name,
                            count,
                            parallel,
                            studyOptions.margin(run.map(Differences::pairs).orElse(List.of())),
                            maxMinutes == null ? null : Duration.ofSeconds(Math.round(60 * maxMinutes)));
                    try (RunDirectory directory =
                            begun(resumeOption.directory(runOptions, Differences.FILE), progress)) {
                        Differences differences = Differences.run(
                                plan,
                                sparkOptions.workers(this, runOptions, engines, parallel, progress),
                                directory,
                                sparkOptions.site(runOptions.threadsOfTrial(), data, studyOptions.keepModels()));
                        return () -> end(differences, directory);
                    }
                }));
    }

    private Recipe recipe(Recipe base) {
        requireAtLeastOne("--seeds", seeds);
        requireAtLeastOne("--epochs", epochs);
        require(
                maxMinutes == null || maxMinutes > 0 && Double.isFinite(maxMinutes),
                "--max-minutes is %s; it must be greater than 0",
                maxMinutes);
        requireAtLeastOne("--train-limit", trainLimit);
        requireAtLeastOne("--test-limit", testLimit);
        Map<String, Object> changes = new LinkedHashMap<>();
        if (epochs != null) {
            changes.put("epochs", epochs);
        }
        if (trainLimit != null) {
            changes.put("trainLimit", trainLimit);
        }
        if (testLimit != null) {
            changes.put("testLimit", testLimit);
        }
        return base.with(changes);
    }

    private int end(Differences differences, RunDirectory directory) {
        if (!outputOptions.printed(differences)) {
            print(differences, directory);
            StudyOptions.printMissing(differences.recipes(), differences.seeds().size(), spec.name(), directory);
        }
        outputOptions.printFolder(directory);
        return exitCode(differences.complete());
    }

    private static void print(Differences differences, RunDirectory directory) {
        print(StudyTables.recipes(differences));
        print(StudyTables.pairs(differences.pairs()));
        print(StudyTables.swaps(differences.swaps()));
        System.out.println();
        say("A swap makes one choice as the other notebook makes it; its effect is test accuracy with the"
                + " swap minus without, in points, on the same seeds; ± is half of the 95% interval.");
        int swaps = differences.swaps().size();
        say(
                "Of %d swaps without any effect, %.1f would be called different by chance.",
                swaps, PairedDifference.ALPHA * swaps);
        if (differences.undecided() > 0) {
            say(
                    "%d of %d swaps are not decided; run again with --resume %s and more --seeds, or with --max-minutes.",
                    differences.undecided(), swaps, directory.path());
        }
    }
}
