package tandem.lab.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Recipe;
import tandem.core.Require;
import tandem.core.data.Dataset;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Status;
import tandem.lab.run.Machine;
import tandem.lab.run.RunDirectory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How fast engines are, measured in rounds: every engine has a process that lives through all of them, and only one
 * computes at a time, so that whatever else the machine does at some moment meets all alike. The content of bench.json.
 *
 * @param command what was asked for
 * @param recipe what they trained on
 * @param machine what they ran on
 * @param threads how many threads each could compute with
 * @param rounds turns of each row
 * @param steps train steps of a turn; in a sweep at most this many
 * @param growth whether it was asked how memory grows
 * @param loadAverage how many threads of other programs wanted a processor in the minute before; null where the system
 *     does not tell
 * @param sameInputs whether all engines had the same recipe, images and initial parameters; null if fewer than two ran
 * @param engines engines and variants in the order asked for, then peers
 * @param toAccuracy how long until an accuracy is reached, or null if it was not asked for
 * @param sweeps how the cost grows with sizes; none if they were not asked for
 */
public record Bench(
        String command,
        Recipe recipe,
        Machine machine,
        int threads,
        int rounds,
        int steps,
        boolean growth,
        @Nullable Double loadAverage,
        @Nullable Boolean sameInputs,
        List<BenchRow> engines,
        @Nullable ToAccuracy toAccuracy,
        List<Sweep> sweeps) {
    /** @throws Failure if a value is out of its range */
    public Bench {
        Require.atLeast(1, "threads", threads);
        Require.atLeast(0, "rounds", rounds);
        Require.atLeast(0, "steps", steps);
        Require.atLeast(0.0, "loadAverage", loadAverage);
        Require.that(
                engines.stream().map(BenchRow::engine).distinct().count() == engines.size(),
                "engines",
                engines.stream().map(BenchRow::engine).toList(),
                "different ones");
        Require.that(
                sweeps.stream().map(Sweep::size).distinct().count() == sweeps.size(),
                "sweeps",
                sweeps.stream().map(Sweep::size).toList(),
                "of different sizes");
    }

    /** Name of the file in a run directory. */
    public static final String FILE = "bench.json";

    /** A measurement of inference that is long enough for its figure to be steady. */
    public static final Duration INFERENCE = Duration.ofMillis(250);

    /**
     * What to measure.
     *
     * @param command as the user gave it
     * @param recipe its network already has the dataset's sizes
     * @param names engines and variants, in the order of their turns; empty if no speed is asked for
     * @param peer another program to measure beside them, or null
     * @param rounds turns of each, at least 1 unless no speed is asked for
     * @param steps train steps of a turn, at least 1
     * @param turn the steps of a turn take about so long at most: of a slow engine there are fewer
     * @param inference a measurement of inference takes at least so long; with zero none is made
     * @param warmUp when an engine counts as warm
     * @param growth whether to measure after the rounds how memory grows
     * @param goal an accuracy to train to, or null
     * @param sweeps of different sizes; may be none
     */
    public record Plan(
            String command,
            Recipe recipe,
            List<EngineName> names,
            @Nullable Peer peer,
            int rounds,
            int steps,
            Duration turn,
            Duration inference,
            WarmUpRule warmUp,
            boolean growth,
            ToAccuracy.@Nullable Goal goal,
            List<Sweep.Asked> sweeps) {

        private Stream<EngineName> allNames() {
            return Stream.of(
                            names.stream(),
                            Stream.ofNullable(goal).flatMap(to -> to.names().stream()),
                            sweeps.stream().flatMap(sweep -> sweep.names().stream()))
                    .flatMap(asked -> asked);
        }

        /** One point of a sweep: nothing but train steps. */
        Plan at(Recipe recipe, List<EngineName> names) {
            return new Plan(
                    command, recipe, names, null, rounds, steps, turn, Duration.ZERO, warmUp, false, null, List.of());
        }
    }

    /**
     * Measures what a plan asks for. An engine that fails does not keep the others from being measured. In a run that
     * goes on, rounds that ended are left as they are; others are measured anew, as all rows take turns. Of the trials
     * to an accuracy those are left that ended: a time from nothing cannot be put together from two pieces.
     *
     * @param data the recipe's dataset
     * @param directory of this run, new or to go on with
     * @throws Failure if it cannot be written, or belongs to another recipe
     */
    public static Bench run(Plan plan, Workers workers, Dataset data, RunDirectory directory) {
        directory.goesOnWith(plan.recipe, false);
        boolean whole = directory.begun()
                && !directory.changed().contains(directory.path().resolve(FILE));
        Bench before = whole ? read(directory).orElse(null) : null;
        Machine machine = Machine.current(workers, plan.allNames().distinct().toList());
        Bench bench = new Bench(
                plan.command,
                plan.recipe,
                machine,
                workers.threads(),
                plan.rounds,
                plan.steps,
                plan.growth,
                currentLoad(),
                null,
                plan.names.stream()
                        .map(name -> BenchRow.waiting(
                                name, workers.engines().get(name).provider()))
                        .toList(),
                plan.goal == null ? null : ToAccuracy.begun(plan, plan.goal, before == null ? null : before.toAccuracy),
                plan.sweeps.stream()
                        .map(asked -> Sweep.begun(asked, workers, sweep(before, asked.size())))
                        .toList());
        boolean measured = before != null && before.measured() && before.growth == plan.growth;
        if (before != null && measured) {
            bench = bench.with(before.sameInputs, before.engines);
        }
        bench.write(directory);
        directory.begin(plan.recipe, machine);
        if (!measured && !plan.names.isEmpty()) {
            Rounds.Result speed = Rounds.run(plan, workers, data, directory, "");
            bench = bench.with(speed.sameInputs(), speed.rows());
            bench.write(directory);
        }
        if (plan.goal != null && bench.toAccuracy != null) {
            Bench rounds = bench;
            bench = bench.with(ToAccuracy.measure(
                    plan,
                    plan.goal,
                    bench.toAccuracy,
                    workers,
                    directory,
                    soFar -> rounds.with(soFar).write(directory)));
            bench.write(directory);
        }
        for (int i = 0; i < bench.sweeps.size(); i++) {
            Bench others = bench;
            int place = i;
            Sweep sweep = bench.sweeps
                    .get(i)
                    .measure(
                            plan,
                            workers,
                            data,
                            directory,
                            soFar -> others.with(place, soFar).write(directory));
            bench = bench.with(place, sweep);
            bench.write(directory);
        }
        return bench;
    }

    private static Optional<Sweep> sweep(@Nullable Bench before, Sweep.Size size) {
        return before == null
                ? Optional.empty()
                : before.sweeps.stream().filter(sweep -> sweep.size() == size).findFirst();
    }

    /** What a run directory holds; nothing if it cannot be read. */
    public static Optional<Bench> read(RunDirectory directory) {
        try {
            return Optional.of(read(directory.path().resolve(FILE)));
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    /** @throws Failure if it cannot be read */
    public static Bench read(Path file) {
        return Json.read(file, Bench.class, Bench::upgrade);
    }

    /** Until 2026-11-26 there were no sweeps and no growth of memory. */
    private static void upgrade(ObjectNode bench) {
        if (!bench.has("sweeps") && bench.get("engines") instanceof ArrayNode engines) {
            bench.put("growth", false);
            bench.putArray("sweeps");
            for (JsonNode row : engines) {
                if (row instanceof ObjectNode engine) {
                    engine.putNull("memoryGrowth");
                }
            }
        }
    }

    /** The engines and variants that take turns. */
    public List<EngineName> names() {
        return engines.stream()
                .filter(row -> !row.peer())
                .map(row -> EngineName.parse(row.engine()))
                .toList();
    }

    /** The accuracy to train to; nothing if it was not asked for. */
    public Optional<ToAccuracy.Goal> goal() {
        return Optional.ofNullable(toAccuracy)
                .map(to -> new ToAccuracy.Goal(
                        to.engines().stream().map(ToAccuracy.Times::engine).toList(),
                        to.target(),
                        to.seeds().size(),
                        to.epochs()));
    }

    /** What was asked to be swept. */
    public List<Sweep.Asked> asked() {
        return sweeps.stream().map(Sweep::asked).toList();
    }

    private boolean measured() {
        return !engines.isEmpty() && engines.stream().noneMatch(row -> row.status() == Status.INTERRUPTED);
    }

    private static @Nullable Double currentLoad() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? null : load;
    }

    private Bench with(@Nullable Boolean same, List<BenchRow> rows) {
        return new Bench(
                command, recipe, machine, threads, rounds, steps, growth, loadAverage, same, rows, toAccuracy, sweeps);
    }

    private Bench with(ToAccuracy measured) {
        return new Bench(
                command,
                recipe,
                machine,
                threads,
                rounds,
                steps,
                growth,
                loadAverage,
                sameInputs,
                engines,
                measured,
                sweeps);
    }

    private Bench with(int place, Sweep measured) {
        List<Sweep> all = new ArrayList<>(sweeps);
        all.set(place, measured);
        return new Bench(
                command,
                recipe,
                machine,
                threads,
                rounds,
                steps,
                growth,
                loadAverage,
                sameInputs,
                engines,
                toAccuracy,
                List.copyOf(all));
    }

    private void write(RunDirectory directory) {
        directory.write(FILE, this);
    }
}
