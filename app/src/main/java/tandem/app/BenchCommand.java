package tandem.app;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tandem.core.CacheFolder;
import tandem.core.Failure;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.core.engine.EngineProvider;
import tandem.lab.EngineName;
import tandem.lab.Engines;
import tandem.lab.Machine;
import tandem.lab.RunDirectory;
import tandem.lab.WorkerProcess;
import tandem.lab.Workers;
import tandem.lab.bench.Bench;
import tandem.lab.bench.Peer;
import tandem.lab.bench.ToAccuracy;
import tandem.lab.bench.WarmUpRule;

/** {@code tandem bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures how fast every engine trains and predicts. All processes live through the whole"
                + " measurement and take turns, one at a time, so that a busy moment of the machine meets all alike."
                + " If the Python at hand has torch, PyTorch in Python is measured beside them.",
        footer = {
            "",
            "Examples:",
            "  tandem bench",
            "  tandem bench --engines pytorch,tensorflow --no-variants",
            "  tandem bench --engines pytorch:plain,tensorflow --rounds 10 --steps 100",
            "  tandem bench --to-accuracy 99 --seeds 5",
            "  tandem bench --rounds 0 --engines pytorch --to-accuracy 98"
        })
final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Main main;

    @Option(
            names = "--engines",
            paramLabel = "A,B",
            split = ",",
            description = "Engines to measure, with their variants; 'name:variant' for one variant alone"
                    + " (default: all that run here).")
    private List<String> names;

    @Option(names = "--no-variants", description = "Only the engines at their best.")
    private boolean withoutVariants;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "40",
            description = "Train steps of a turn (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Turns of each engine; with 0 only --to-accuracy is measured (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "64",
            description = "Images of a train step (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @ArgGroup(exclusive = false)
    private Goal goal;

    /** {@code --to-accuracy} and what goes with it. */
    private static final class Goal {
        @Option(
                names = "--to-accuracy",
                required = true,
                paramLabel = "PERCENT",
                description = "Also measure the time from nothing to this accuracy on the test images, for every engine"
                        + " asked for: start, training and evaluation.")
        private double percent;

        @Option(
                names = "--seeds",
                paramLabel = "N",
                defaultValue = "3",
                description = "Trials to the accuracy, each with a seed of its own (default: ${DEFAULT-VALUE}).")
        private int seeds;

        @Option(
                names = "--epochs",
                paramLabel = "N",
                defaultValue = "10",
                description = "Epochs after which a trial gives up (default: ${DEFAULT-VALUE}).")
        private int epochs;
    }

    @Option(
            names = "--python",
            paramLabel = "PATH",
            defaultValue = "python3",
            description = "The Python whose torch is measured beside the engines (default: ${DEFAULT-VALUE}).")
    private String python;

    @Mixin
    private DeviceOptions deviceOptions;

    @Mixin
    private RunOptions runOptions;

    @Override
    public Integer call() {
        Engines engines = Engines.find();
        List<EngineName> asked = deviceOptions.choose(names, false, engines);
        check(rounds >= 0, "--rounds is %d; it must be at least 0", rounds);
        check(rounds > 0 || goal != null, "--rounds 0 leaves nothing to measure; give --to-accuracy");
        check(steps >= 1, "--steps is %d; it must be at least 1", steps);
        Recipe recipe = recipe();
        ToAccuracy.Goal accuracy = goal(asked.stream()
                .filter(name -> engines.get(name).provider().trains())
                .toList());
        Workers workers = new Workers(
                engines,
                CacheFolder.ofUser().resolve("engines"),
                runOptions.threads(),
                runOptions.jvmOptions(asked),
                runOptions.offline());
        RunDirectory directory;
        Bench bench;
        try (ConsoleWatcher watcher = new ConsoleWatcher(batchSize)) {
            Dataset data = Datasets.open(recipe.dataset(), runOptions.offline(), watcher);
            Bench.Plan plan = new Bench.Plan(
                    main.commandLineText(),
                    recipe.on(data),
                    rounds == 0 ? List.of() : rows(asked, engines),
                    peer(),
                    rounds,
                    steps,
                    Bench.INFERENCE,
                    WarmUpRule.USUAL,
                    accuracy,
                    WorkerProcess.SILENCE);
            directory = RunDirectory.create(runOptions.out(), spec.name());
            directory.add(Instant.now(), main.arguments());
            bench = Bench.run(plan, workers, data, directory, watcher, main.stop());
        }
        return BenchReport.print(bench, directory, names == null, main.stop());
    }

    private Recipe recipe() {
        try {
            return Recipe.PRESETS.get("harmonized").with(Map.of("batchSize", batchSize));
        } catch (Failure e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    /** Engines with their variants behind them, each once. */
    private List<EngineName> rows(List<EngineName> asked, Engines engines) {
        Set<EngineName> rows = new LinkedHashSet<>();
        for (EngineName name : asked) {
            rows.add(name);
            if (name.variant().isEmpty() && !withoutVariants) {
                engines.get(name).provider().variants().keySet().stream()
                        .filter(variant -> !variant.equals(EngineProvider.CUDA))
                        .sorted()
                        .forEach(variant -> rows.add(new EngineName(name.engine(), variant)));
            }
        }
        return new ArrayList<>(rows);
    }

    /** Its program is part of the checkout; null if this was not started from one. */
    private Peer peer() {
        String home = System.getProperty(Machine.HOME);
        return home == null ? null : new Peer(python, Path.of(home, "benchmarks", "peers", "pytorch_mnist.py"));
    }

    private ToAccuracy.Goal goal(List<EngineName> training) {
        if (goal == null) {
            return null;
        }
        check(
                goal.percent > 1 && goal.percent <= 100,
                "--to-accuracy is %s; it must be a percentage above 1, such as 99",
                goal.percent);
        check(!training.isEmpty(), "--to-accuracy needs an engine that trains");
        check(goal.seeds >= 1, "--seeds is %d; it must be at least 1", goal.seeds);
        check(goal.epochs >= 1, "--epochs is %d; it must be at least 1", goal.epochs);
        return new ToAccuracy.Goal(training, goal.percent / 100, goal.seeds, goal.epochs);
    }

    private void check(boolean condition, String sentence, Object... values) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), sentence.formatted(values));
        }
    }
}
