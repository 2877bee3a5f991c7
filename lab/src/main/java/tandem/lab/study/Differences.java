package tandem.lab.study;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import tandem.core.Recipe;
import tandem.lab.EngineName;
import tandem.lab.EngineResult.Status;
import tandem.lab.Json;
import tandem.lab.Machine;
import tandem.lab.RunDirectory;
import tandem.lab.StopSignal;
import tandem.lab.Workers;
import tandem.lab.statistics.PairedDifference;
import tandem.lab.statistics.Verdict;
import tandem.lab.study.TrialRunner.Planned;

/**
 * What each choice in which the published notebooks differ does to the test accuracy: from either notebook's recipe,
 * one choice at a time is made as the other notebook makes it; the content of differences.json.
 *
 * @param command what was called last
 * @param state where it stands
 * @param recipe the harmonized one, with the dataset, limits, epochs and first seed that all have
 * @param machine what they were trained with last
 * @param parallel trials at a time
 * @param seeds that every recipe was to be trained with; {@link ArmResult#trials()} may hold more
 * @param recipes the harmonized and the two published ones, then those with a choice swapped
 * @param pairs each two of the first three
 * @param swaps what each choice does
 */
public record Differences(
        String command,
        State state,
        Recipe recipe,
        Machine machine,
        int parallel,
        List<Long> seeds,
        List<ArmResult> recipes,
        List<Pair> pairs,
        List<Swap> swaps) {

    private static final List<String> NAMED = List.of("harmonized", "published-pytorch", "published-tensorflow");

    /**
     * One choice made as the other notebook makes it.
     *
     * @param recipe the notebook's that is changed
     * @param choice what is changed
     * @param from the notebook's own values, by field
     * @param to the other's
     * @param swapped name of the changed recipe
     * @param difference test accuracy with the change, minus without: greater than 0 is a gain
     */
    public record Swap(
            String recipe,
            Choice choice,
            Map<String, Object> from,
            Map<String, Object> to,
            String swapped,
            PairedDifference difference) {

        /** Values alone, the larger field name first: {@code 0.9, 1e-6} for rho and epsilon. */
        public static String words(Map<String, Object> fields) {
            return fields.entrySet().stream()
                    .sorted(Map.Entry.<String, Object>comparingByKey().reversed())
                    .map(field -> word(field.getValue()))
                    .collect(Collectors.joining(", "));
        }

        private static String word(Object value) {
            return switch (value) {
                case Boolean on -> on ? "yes" : "no";
                case Double number -> number.toString().replace(".0E", "e");
                default -> value.toString();
            };
        }
    }

    /**
     * What to run.
     *
     * @param command as it was called
     * @param recipe the harmonized one, on its dataset, with the limits, epochs and first seed that all get
     * @param engine that trains
     * @param seeds how many, at least 1
     * @param parallel trials at a time, at least 1
     * @param margin differences smaller than so many points do not matter
     * @param adding seeds are added to swaps that are not settled, as long as this is not over; null adds none
     * @param silence how long a worker may say nothing
     */
    public record Plan(
            String command,
            Recipe recipe,
            EngineName engine,
            int seeds,
            int parallel,
            double margin,
            Duration adding,
            Duration silence) {}

    /**
     * Runs the trials that are not done yet and writes differences.json after each.
     *
     * @param workers with the threads that each trial may use
     * @param directory of this run, new or to go on with
     * @throws tandem.core.Failure if a file cannot be read or written
     */
    public static Differences run(
            Plan plan, Workers workers, RunDirectory directory, StudyWatcher watcher, StopSignal stop) {
        long start = System.nanoTime();
        Summary summary = new Summary(
                plan,
                Machine.current(workers.threads(), List.of(workers.engines().get(plan.engine))),
                arms(plan),
                new TrialStore(directory.path().resolve("trials")),
                directory.path().resolve("differences.json"));
        // What does not belong here is found before anything is written over.
        summary.arms.values().forEach(summary.store::of);
        directory.begin(plan.recipe, summary.machine);
        try (TrialRunner runner = new TrialRunner(
                workers,
                summary.store,
                directory.path().resolve("workers"),
                plan.parallel,
                plan.silence,
                watcher,
                stop,
                working -> summary.write(working, State.RUNNING))) {
            summary.write(runner, State.RUNNING);
            runner.run(summary.planned());
            if (plan.adding != null) {
                addSeeds(plan, summary, runner, start, stop);
            }
            List<ArmResult> recipes = summary.of(runner, State.RUNNING).recipes;
            return summary.write(runner, State.of(stop.raised(), recipes));
        }
    }

    /** One seed after the other for every swap that is not settled. */
    private static void addSeeds(Plan plan, Summary summary, TrialRunner runner, long start, StopSignal stop) {
        while (!stop.raised()) {
            List<Planned> more = summary.more(runner);
            double seconds = more.size() * summary.meanSeconds() / plan.parallel;
            double left = plan.adding.toMillis() / 1e3 - (System.nanoTime() - start) / 1e9;
            if (more.isEmpty() || seconds > left) {
                return;
            }
            runner.run(more);
        }
    }

    /** The recipes by name: the three named ones first. */
    private static Map<String, Arm> arms(Plan plan) {
        Map<String, Arm> arms = new LinkedHashMap<>();
        for (String name : NAMED) {
            add(arms, plan, name, named(name, plan.recipe));
        }
        for (String name : NAMED.subList(1, 3)) {
            for (Choice choice : Choice.values()) {
                add(
                        arms,
                        plan,
                        swapped(name, choice),
                        choice.swap(named(name, plan.recipe), named(other(name), plan.recipe)));
            }
        }
        return arms;
    }

    private static void add(Map<String, Arm> arms, Plan plan, String name, Recipe recipe) {
        String folder = plan.engine.folder() + "/" + name.replaceAll("[^a-z]+", "-");
        arms.put(name, new Arm(name, folder, plan.engine, recipe));
    }

    /** A preset with what all recipes of a run have in common. */
    private static Recipe named(String name, Recipe common) {
        return Recipe.PRESETS
                .get(name)
                .with(Map.of(
                        "dataset", common.dataset(),
                        "network", common.network(),
                        "trainLimit", common.trainLimit(),
                        "testLimit", common.testLimit(),
                        "epochs", common.epochs(),
                        "seed", common.seed()));
    }

    private static String other(String published) {
        return NAMED.get(3 - NAMED.indexOf(published));
    }

    private static String swapped(String name, Choice choice) {
        return "%s, other %s".formatted(name, choice);
    }

    /** How many swaps are undecided. */
    public long undecided() {
        return swaps.stream()
                .filter(swap -> swap.difference.verdict() == Verdict.UNDECIDED)
                .count();
    }

    /** What the trials that are done say. */
    private record Summary(Plan asked, Machine machine, Map<String, Arm> arms, TrialStore store, Path file) {

        private List<Long> seeds() {
            return LongStream.range(0, asked.seeds)
                    .map(i -> asked.recipe.seed() + i)
                    .boxed()
                    .toList();
        }

        /** Seed by seed, so that recipes can be compared at any time. */
        List<Planned> planned() {
            List<Planned> trials = new ArrayList<>();
            for (long seed : seeds()) {
                arms.values().forEach(arm -> trials.add(new Planned(arm, seed)));
            }
            return trials;
        }

        /** The next seed of every swap that is not settled. */
        List<Planned> more(TrialRunner runner) {
            Set<Planned> trials = new LinkedHashSet<>();
            for (Swap swap : of(runner, State.RUNNING).swaps) {
                Arm before = arms.get(swap.recipe);
                Arm after = arms.get(swap.swapped);
                if (!swap.difference.settled() && runner.lack(before) == null && runner.lack(after) == null) {
                    long seed = asked.recipe.seed();
                    while (store.holds(before, seed) && store.holds(after, seed)) {
                        seed++;
                    }
                    trials.add(new Planned(before, seed));
                    trials.add(new Planned(after, seed));
                }
            }
            trials.removeIf(trial -> store.holds(trial.arm(), trial.seed()));
            return List.copyOf(trials);
        }

        double meanSeconds() {
            return arms.values().stream()
                    .flatMap(arm -> store.of(arm).values().stream())
                    .mapToDouble(TrialResult::seconds)
                    .average()
                    .orElse(0);
        }

        Differences write(TrialRunner runner, State state) {
            Differences differences = of(runner, state);
            Json.write(file, differences);
            return differences;
        }

        private Differences of(TrialRunner runner, State state) {
            Map<String, ArmResult> results = new LinkedHashMap<>();
            arms.forEach((name, arm) -> {
                SortedSet<Long> seeds = new TreeSet<>(seeds());
                seeds.addAll(store.of(arm).keySet());
                results.put(name, ArmResult.of(arm, seeds, store.of(arm), runner.lack(arm)));
            });
            List<Swap> swaps = new ArrayList<>();
            for (String name : NAMED.subList(1, 3)) {
                Recipe from = arms.get(name).recipe();
                Recipe to = arms.get(other(name)).recipe();
                for (Choice choice : Choice.values()) {
                    String swapped = swapped(name, choice);
                    swaps.add(new Swap(
                            name,
                            choice,
                            choice.of(from),
                            choice.of(to),
                            swapped,
                            Pair.difference(results.get(swapped), results.get(name), asked.margin)));
                }
            }
            return new Differences(
                    asked.command,
                    state,
                    asked.recipe,
                    machine,
                    asked.parallel,
                    seeds(),
                    List.copyOf(results.values()),
                    Pair.all(NAMED.stream().map(results::get).toList(), asked.margin),
                    swaps);
        }
    }

    /** Whether every trial is done. */
    public boolean complete() {
        return recipes.stream().allMatch(recipe -> recipe.status() == Status.DONE);
    }
}
