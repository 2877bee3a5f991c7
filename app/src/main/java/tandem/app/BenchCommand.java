package tandem.app;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.engine.EngineProvider;
import tandem.lab.bench.ActionBenchmark;
import tandem.lab.bench.Bench;
import tandem.lab.bench.BenchRow;
import tandem.lab.bench.BenchTables;
import tandem.lab.bench.Peer;
import tandem.lab.bench.Sweep;
import tandem.lab.bench.ToAccuracy;
import tandem.lab.bench.WarmUpRule;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Engines;
import tandem.lab.progress.Status;
import tandem.lab.run.Machine;
import tandem.lab.run.RunDirectory;

/** {@code tandem bench}. */
@Command(
        name = "bench",
        header = "Measure how fast every engine trains and predicts",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures how fast every engine trains and predicts. The engines take turns, one at a time,"
                + " so that a busy moment of the machine affects all of them alike. If Python has torch"
                + " installed, PyTorch in Python is measured beside them.",
        footer = {
            "",
            "Examples:",
            "  tandem bench",
            "  tandem bench --engines pytorch,tensorflow --no-variants",
            "  tandem bench --engines pytorch:plain,tensorflow --rounds 10 --steps 100",
            "  tandem bench --sweep batch-size=1,4,16,64,256,1024 --sweep threads=1,2",
            "  tandem bench --to-accuracy 99 --seeds 5",
            "  tandem bench --resume runs/20261123-120000-bench",
            "  tandem bench --rounds 0 --engines pytorch --to-accuracy 98"
        })
final class BenchCommand extends LabCommand {
    private static final int STEPS = 40;
    private static final int ROUNDS = 5;

    /** Steps of a turn are counted, however long they take. */
    private static final Duration ANY_TURN = Duration.ofDays(1);

    /** A sweep has many points, whose steps take from a tenth of a millisecond to a second. */
    private static final int SWEEP_STEPS = 500;

    private static final int SWEEP_ROUNDS = 3;
    private static final Duration SWEEP_TURN = Duration.ofMillis(500);

    @Option(
            names = "--engines",
            paramLabel = "A,B",
            split = ",",
            description = "Engines to measure, with their variants; 'name:variant' for one variant alone"
                    + " (default: all that run here).")
    private @Nullable List<String> names;

    @Option(names = "--no-variants", description = "Only the engines at their best.")
    private boolean withoutVariants;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Train steps of a turn (default: 40; in a sweep 500, or as many as take half a second).")
    private @Nullable Integer steps;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Turns of each engine; with 0 only --to-accuracy is measured (default: 5, in a sweep 3).")
    private @Nullable Integer rounds;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Images of a train step (default: 64, or the run's).")
    private @Nullable Integer batchSize;

    @Option(
            names = "--growth",
            description =
                    "Also measure by how much a worker's memory grows, in MiB a thousand steps: resident after 300 and"
                            + " after 3,000 train steps, in another process, after the rounds. Takes 10 s to some minutes an"
                            + " engine.")
    private boolean growth;

    @Option(
            names = "--sweep",
            paramLabel = "SIZE=V1,V2",
            description =
                    "How the cost of a train step grows with a size, instead of the usual measurement: batch-size,"
                            + " threads, hidden (units of the dense layer), conv1 (channels; conv2's in proportion) or side (pixels of"
                            + " an image, drawn larger or smaller). May be given for several sizes. Variants are left out unless they"
                            + " are named.")
    private List<String> sweeps = List.of();

    @ArgGroup(exclusive = false)
    private @Nullable Goal goal;

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
                description = "Trials to the accuracy, each with its own seed (default: ${DEFAULT-VALUE}).")
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
            description = "The Python whose torch is measured beside the engines (default: ${DEFAULT-VALUE}).")
    private String python = "python3";

    @Option(
            names = "--action-benchmark",
            paramLabel = "FILE",
            description = "Also write the figures as github-action-benchmark reads them (customSmallerIsBetter).")
    private @Nullable Path actionBenchmark;

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
        Optional<Bench> run = before == null ? Optional.empty() : Bench.read(before);
        boolean known = run.isPresent() || names != null;
        ResumeOption.requireKnown(before, Bench.FILE, known, "--engines and what else was given");
        boolean sweeping = !sweeps.isEmpty()
                || names == null
                        && run.filter(bench -> !bench.sweeps().isEmpty()).isPresent();
        int turns = rounds != null ? rounds : run.map(Bench::rounds).orElse(sweeping ? SWEEP_ROUNDS : ROUNDS);
        int stride = steps != null ? steps : run.map(Bench::steps).orElse(sweeping ? SWEEP_STEPS : STEPS);
        require(turns >= 0, "--rounds is %d; it must be at least 0", turns);
        requireAtLeastOne("--steps", stride);
        Recipe recipe = recipe(before == null ? Recipe.HARMONIZED : before.recipe());
        List<EngineName> asked = deviceOptions.choose(names, sweeping, engines);
        List<EngineName> rows = names == null && run.isPresent()
                ? run.get().names()
                : turns == 0 || sweeping ? List.of() : rows(asked, engines);
        ToAccuracy.Goal accuracy = goal(
                asked.stream()
                        .filter(name -> engines.get(name).provider().trains())
                        .toList(),
                run);
        require(turns > 0 || accuracy != null, "--rounds 0 leaves nothing to measure; give --to-accuracy");
        require(turns > 0 || !sweeping, "--rounds 0 leaves nothing of a sweep to measure");
        List<Sweep.Asked> swept = sweeps(recipe, asked, run);
        require(
                !growth || !sweeping,
                "--growth cannot be combined with --sweep: the memory of its points is their peak");
        require(
                actionBenchmark == null || !sweeping,
                "--action-benchmark cannot be combined with --sweep: it takes the figures of the usual measurement");
        runOptions.check(asked);
        return outputOptions.watched(recipe.batchSize(), progress -> {
            Dataset data = open(recipe, null, runOptions.offline(), progress);
            Bench.Plan plan = new Bench.Plan(
                    main.commandLineText(),
                    data.fit(recipe),
                    rows,
                    peer(),
                    turns,
                    stride,
                    sweeping ? SWEEP_TURN : ANY_TURN,
                    Bench.INFERENCE,
                    sweeping ? WarmUpRule.SHORT : WarmUpRule.USUAL,
                    growth || run.filter(Bench::growth).isPresent(),
                    accuracy,
                    swept);
            try (RunDirectory directory = begun(
                    before == null
                            ? RunDirectory.create(runOptions.out(), spec.name())
                            : RunDirectory.goOn(before.path(), Bench.FILE),
                    progress)) {
                Bench bench = Bench.run(plan, runOptions.workers(this, engines, 1, progress), data, directory);
                return () -> end(bench, directory);
            }
        });
    }

    private int end(Bench bench, RunDirectory directory) {
        if (actionBenchmark != null) {
            Json.write(actionBenchmark, ActionBenchmark.of(bench));
        }
        if (!outputOptions.printed(bench)) {
            print(bench);
        }
        List<Status> ends = new ArrayList<>();
        // A peer is welcome but no engine: the bench does not fail with it.
        bench.engines().stream()
                .filter(row -> !row.peer())
                .map(BenchRow::status)
                .forEach(ends::add);
        for (Sweep sweep : bench.sweeps()) {
            sweep.points().forEach(point -> point.engines().forEach(row -> ends.add(row.status())));
        }
        if (bench.toAccuracy() != null) {
            bench.toAccuracy().engines().forEach(times -> ends.add(times.status()));
        }
        outputOptions.printFolder(directory);
        return exitCode(ends.stream(), names == null);
    }

    private static void print(Bench bench) {
        if (!bench.engines().isEmpty()) {
            print(BenchTables.speed(bench));
            System.out.println();
        }
        BenchTables.notes(bench).forEach(LabCommand::say);
        for (Sweep sweep : bench.sweeps()) {
            System.out.println();
            say("By %s, %s:", sweep.size(), sweep.size().words());
            print(BenchTables.sweptSteps(sweep));
            print(BenchTables.sweptImages(sweep));
            print(BenchTables.sweptMemory(sweep));
            System.out.println();
            BenchTables.notes(sweep).forEach(LabCommand::say);
        }
        if (!bench.sweeps().isEmpty()) {
            say(BenchTables.sweptHow(bench));
        }
        if (bench.toAccuracy() != null) {
            print(BenchTables.toAccuracy(bench.toAccuracy()));
        }
    }

    private Recipe recipe(Recipe base) {
        requireAtLeastOne("--batch-size", batchSize);
        try {
            return batchSize == null ? base : base.with(Map.of("batchSize", batchSize));
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
                for (String variant :
                        new TreeSet<>(engines.get(name).provider().variants().keySet())) {
                    if (!variant.equals(EngineProvider.CUDA)) {
                        rows.add(new EngineName(name.engine(), variant));
                    }
                }
            }
        }
        return List.copyOf(rows);
    }

    /** Its program is part of the checkout; null if this was not started from one. */
    private @Nullable Peer peer() {
        String home = System.getProperty(Machine.HOME);
        return home == null ? null : new Peer(python, Path.of(home, "benchmarks", "peers", "pytorch_mnist.py"));
    }

    private List<Sweep.Asked> sweeps(Recipe recipe, List<EngineName> asked, Optional<Bench> run) {
        if (sweeps.isEmpty()) {
            return names == null ? run.map(Bench::asked).orElse(List.of()) : List.of();
        }
        List<Sweep.Asked> all;
        try {
            all = sweeps.stream()
                    .map(text -> Sweep.Asked.parse(text, recipe, asked))
                    .toList();
        } catch (Failure e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        long sizes = all.stream().map(Sweep.Asked::size).distinct().count();
        require(sizes == all.size(), "--sweep is there twice for one size; give its values together");
        return all;
    }

    private ToAccuracy.@Nullable Goal goal(List<EngineName> training, Optional<Bench> run) {
        if (goal == null) {
            return run.flatMap(Bench::goal).orElse(null);
        }
        boolean percentage = goal.percent > 1 && goal.percent <= 100;
        require(percentage, "--to-accuracy is %s; it must be a percentage above 1, such as 99", goal.percent);
        require(!training.isEmpty(), "--to-accuracy needs an engine that trains");
        requireAtLeastOne("--seeds", goal.seeds);
        requireAtLeastOne("--epochs", goal.epochs);
        return new ToAccuracy.Goal(training, goal.percent / 100, goal.seeds, goal.epochs);
    }
}
