package tandem.lab.study;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import tandem.core.Recipe;
import tandem.lab.EngineName;
import tandem.lab.EngineResult.Status;
import tandem.lab.Json;
import tandem.lab.Machine;
import tandem.lab.RunDirectory;
import tandem.lab.StopSignal;
import tandem.lab.Workers;
import tandem.lab.study.TrialRunner.Planned;

/**
 * Engines on one recipe with many seeds, compared seed by seed; the content of study.json.
 *
 * @param command what was called last
 * @param state where it stands
 * @param recipe what they were trained on; its seed is the first one
 * @param machine what they were trained with last
 * @param parallel trials at a time
 * @param seeds of every engine's trials
 * @param target the test accuracy whose epochs and seconds are counted
 * @param sameInputs whether all engines saw the same on every seed; null if no seed has two engines
 * @param engines how each one did
 * @param pairs each two engines that have trials
 */
public record Study(
        String command,
        State state,
        Recipe recipe,
        Machine machine,
        int parallel,
        List<Long> seeds,
        double target,
        Boolean sameInputs,
        List<ArmResult> engines,
        List<Pair> pairs) {

    /**
     * What to study.
     *
     * @param command as it was called
     * @param recipe its network already has the dataset's sizes; its seed is the first one
     * @param names engines, in the order of tables
     * @param seeds how many, at least 1
     * @param parallel trials at a time, at least 1
     * @param margin differences smaller than so many points do not matter
     * @param silence how long a worker may say nothing
     */
    public record Plan(
            String command,
            Recipe recipe,
            List<EngineName> names,
            int seeds,
            int parallel,
            double margin,
            Duration silence) {}

    /**
     * Runs the trials that are not done yet, seed by seed, and writes study.json after each.
     *
     * @param workers with the threads that each trial may use
     * @param directory of this study, new or to go on with
     * @throws tandem.core.Failure if a file cannot be read or written
     */
    public static Study run(Plan plan, Workers workers, RunDirectory directory, StudyWatcher watcher, StopSignal stop) {
        TrialStore store = new TrialStore(directory.path().resolve("trials"));
        List<Arm> arms = plan.names.stream()
                .map(name -> new Arm(name.toString(), name.folder(), name, plan.recipe))
                .toList();
        // What does not belong here is found before anything is written over.
        arms.forEach(store::of);
        Machine machine = Machine.current(
                workers.threads(),
                plan.names.stream().map(workers.engines()::get).distinct().toList());
        Summary summary =
                new Summary(plan, machine, arms, store, directory.path().resolve("study.json"));
        directory.begin(plan.recipe, machine);
        try (TrialRunner runner = new TrialRunner(
                workers,
                store,
                directory.path().resolve("workers"),
                plan.parallel,
                plan.silence,
                watcher,
                stop,
                working -> summary.write(working, State.RUNNING))) {
            summary.write(runner, State.RUNNING);
            runner.run(summary.plan());
            return summary.write(runner, State.of(stop.raised(), summary.arms(runner)));
        }
    }

    /** Whether every engine that was asked for is done. */
    public boolean complete() {
        return engines.stream().allMatch(engine -> engine.status() == Status.DONE);
    }

    /** What the trials that are done say. */
    private record Summary(Plan asked, Machine machine, List<Arm> planned, TrialStore store, Path file) {

        private List<Long> seeds() {
            return LongStream.range(0, asked.seeds)
                    .map(i -> asked.recipe.seed() + i)
                    .boxed()
                    .toList();
        }

        /** Seed by seed, so that engines can be compared at any time. */
        List<Planned> plan() {
            List<Planned> trials = new ArrayList<>();
            for (long seed : seeds()) {
                planned.forEach(arm -> trials.add(new Planned(arm, seed)));
            }
            return trials;
        }

        List<ArmResult> arms(TrialRunner runner) {
            return planned.stream()
                    .map(arm -> ArmResult.of(arm, seeds(), store.of(arm), runner.lack(arm)))
                    .toList();
        }

        Study write(TrialRunner runner, State state) {
            List<ArmResult> engines = arms(runner);
            Study study = new Study(
                    asked.command,
                    state,
                    asked.recipe,
                    machine,
                    asked.parallel,
                    seeds(),
                    ArmResult.TARGET,
                    sameInputs(),
                    engines,
                    Pair.all(
                            engines.stream()
                                    .filter(engine -> !engine.trials().isEmpty())
                                    .toList(),
                            asked.margin));
            Json.write(file, study);
            return study;
        }

        private Boolean sameInputs() {
            Boolean same = null;
            for (long seed : seeds()) {
                List<TrialResult> trials = planned.stream()
                        .map(arm -> store.of(arm).get(seed))
                        .filter(Objects::nonNull)
                        .toList();
                if (trials.size() > 1) {
                    Set<Object> inputs = new HashSet<>();
                    trials.forEach(trial -> inputs.add(List.of(trial.identity(), trial.batches())));
                    same = inputs.size() == 1 && !Boolean.FALSE.equals(same);
                }
            }
            return same;
        }
    }
}
