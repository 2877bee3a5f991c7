package tandem.lab.study;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Recipe;
import tandem.core.Require;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Status;
import tandem.lab.run.Machine;
import tandem.lab.run.RunDirectory;
import tandem.lab.study.TrialQueue.Planned;
import tandem.worker.protocol.Identity;

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
 * @param pairs each two engines that have trials; each two engines as long as fewer than two have any
 */
public record Study(
        String command,
        StudyState state,
        Recipe recipe,
        Machine machine,
        int parallel,
        List<Long> seeds,
        double target,
        @Nullable Boolean sameInputs,
        List<ArmResult> engines,
        List<ArmPair> pairs) {
    /** @throws Failure if a value is out of its range */
    public Study {
        Require.atLeast(1, "parallel", parallel);
        Require.share("target", target);
        ArmPair.check(pairs, engines);
    }

    /** Name of the file in a run directory. */
    public static final String FILE = "study.json";

    /**
     * What to study.
     *
     * @param command as it was called
     * @param recipe its network already has the dataset's sizes; its seed is the first one
     * @param images fingerprint of its images, see {@link tandem.worker.protocol.Identity#images}
     * @param names engines, in the order of tables
     * @param seeds how many, at least 1
     * @param parallel trials at a time, at least 1
     * @param margin differences smaller than so many points do not matter
     */
    public record Plan(
            String command,
            Recipe recipe,
            String images,
            List<EngineName> names,
            int seeds,
            int parallel,
            double margin) {}

    /** What a run directory holds; nothing if it cannot be read. */
    public static Optional<Study> read(RunDirectory directory) {
        try {
            return Optional.of(Json.read(directory.path().resolve(FILE), Study.class));
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    /**
     * Runs the trials that are not done yet, seed by seed, and writes study.json after each.
     *
     * @param workers with the threads that each trial may use
     * @param directory of this study, new or to go on with
     * @throws tandem.core.Failure if a file cannot be read or written
     */
    public static Study run(Plan plan, Workers workers, RunDirectory directory) {
        return run(plan, workers, directory, Site.HERE);
    }

    /**
     * The same.
     *
     * @param site where trials run
     * @throws tandem.core.Failure if a file cannot be read or written, or the cluster cannot be used
     */
    public static Study run(Plan plan, Workers workers, RunDirectory directory, Site site) {
        List<Arm> arms = plan.names.stream()
                .map(name -> new Arm(name.toString(), name.folder(), name, plan.recipe))
                .toList();
        List<Long> seeds = Arm.seeds(plan.recipe, plan.seeds);
        Machine machine = Machine.current(workers, plan.names);
        directory.goesOnWith(plan.recipe, false);
        TrialStore store = TrialStore.of(directory, arms, plan.images);
        return TrialQueue.run(
                workers,
                store,
                TrialRunner.of(site, workers, store, directory.path().resolve("workers"), plan.parallel),
                directory,
                FILE,
                trials -> of(plan, machine, arms, seeds, trials),
                () -> directory.begin(plan.recipe, machine),
                trials -> trials.run(Planned.all(arms, seeds)));
    }

    /** What the trials that are done say. */
    private static Study of(Plan plan, Machine machine, List<Arm> arms, List<Long> seeds, TrialQueue trials) {
        List<ArmResult> engines =
                arms.stream().map(arm -> trials.result(arm, seeds)).toList();
        List<ArmResult> begun =
                engines.stream().filter(engine -> engine.seeds() > 0).toList();
        return new Study(
                plan.command,
                trials.state(engines),
                plan.recipe,
                machine,
                plan.parallel,
                seeds,
                ArmResult.TARGET,
                sameInputs(arms, seeds, trials.store()),
                engines,
                // Before two have begun there is nothing to compare, but the margin is kept in case the study is
                // killed.
                ArmPair.all(begun.size() < 2 ? engines : begun, plan.margin));
    }

    private static @Nullable Boolean sameInputs(List<Arm> arms, List<Long> seeds, TrialStore store) {
        Boolean same = null;
        for (long seed : seeds) {
            List<List<Object>> inputs = arms.stream()
                    .map(arm -> store.of(arm).get(seed))
                    .filter(Objects::nonNull)
                    // Only trials that are done are kept, and these know both.
                    .map(trial -> {
                        // The recipe is the arms' own.
                        Identity identity = Objects.requireNonNull(trial.identity());
                        return List.<Object>of(
                                identity.images(), identity.parameters(), Objects.requireNonNull(trial.batches()));
                    })
                    .toList();
            if (inputs.size() > 1) {
                same = Set.copyOf(inputs).size() == 1 && !Boolean.FALSE.equals(same);
            }
        }
        return same;
    }

    /** Whether every engine that was asked for is done. */
    public boolean complete() {
        return engines.stream().allMatch(engine -> engine.status() == Status.DONE);
    }
}
