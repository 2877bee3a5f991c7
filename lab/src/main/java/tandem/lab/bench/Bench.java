package tandem.lab.bench;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Workers;
import tandem.lab.run.Machine;
import tandem.lab.run.RunDirectory;

/**
 * How fast engines are, measured in rounds: every engine has a process that lives through all of them, and only one
 * computes at a time, so that whatever else the machine does at some moment meets all alike. The content of bench.json.
 *
 * @param command what was asked for
 * @param recipe what they trained on
 * @param machine what they ran on
 * @param threads how many threads each could compute with
 * @param rounds turns of each row
 * @param steps train steps of a turn
 * @param loadAverage how many threads of other programs wanted a processor in the minute before; null where the system
 *     does not tell
 * @param sameInputs whether all engines had the same recipe, images and initial parameters; null if fewer than two ran
 * @param engines engines and variants in the order asked for, then peers
 * @param toAccuracy how long until an accuracy is reached, or null if nobody asked
 */
public record Bench(
        String command,
        Recipe recipe,
        Machine machine,
        int threads,
        int rounds,
        int steps,
        @Nullable Double loadAverage,
        @Nullable Boolean sameInputs,
        List<BenchRow> engines,
        @Nullable ToAccuracy toAccuracy) {

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
     * @param inference a measurement of inference takes at least so long
     * @param warmUp when an engine counts as warm
     * @param goal an accuracy to train to, or null
     */
    public record Plan(
            String command,
            Recipe recipe,
            List<EngineName> names,
            @Nullable Peer peer,
            int rounds,
            int steps,
            Duration inference,
            WarmUpRule warmUp,
            ToAccuracy.@Nullable Goal goal) {

        private Stream<EngineName> allNames() {
            return goal == null ? names.stream() : Stream.concat(names.stream(), goal.names().stream());
        }
    }

    /**
     * Measures what a plan asks for. An engine that fails does not keep the others from being measured.
     *
     * @param data the recipe's dataset
     * @throws Failure if the run directory cannot be written
     */
    public static Bench run(Plan plan, Workers workers, Dataset data, RunDirectory directory) {
        Machine machine = Machine.current(workers, plan.allNames().toList());
        Double loadAverage = currentLoad();
        directory.begin(plan.recipe, machine);
        Rounds.Result speed = plan.names.isEmpty() ? Rounds.Result.NONE : Rounds.run(plan, workers, data, directory);
        Bench bench = new Bench(
                plan.command,
                plan.recipe,
                machine,
                workers.threads(),
                plan.rounds,
                plan.steps,
                loadAverage,
                speed.sameInputs(),
                speed.rows(),
                null);
        bench.write(directory);
        if (plan.goal != null) {
            bench = bench.with(ToAccuracy.measure(plan, plan.goal, workers, directory));
            bench.write(directory);
        }
        return bench;
    }

    private static @Nullable Double currentLoad() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        return load < 0 ? null : load;
    }

    private Bench with(ToAccuracy measured) {
        return new Bench(command, recipe, machine, threads, rounds, steps, loadAverage, sameInputs, engines, measured);
    }

    private void write(RunDirectory directory) {
        Json.write(directory.path().resolve(FILE), this);
    }
}
