package tandem.lab.study;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
import tandem.lab.statistics.PairedDifference;
import tandem.lab.statistics.Verdict;
import tandem.lab.study.TrialQueue.Planned;

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
        StudyState state,
        Recipe recipe,
        Machine machine,
        int parallel,
        List<Long> seeds,
        List<ArmResult> recipes,
        List<ArmPair> pairs,
        List<Swap> swaps) {
    /** @throws Failure if a value is out of its range */
    public Differences {
        Require.atLeast(1, "parallel", parallel);
        ArmPair.check(pairs, recipes);
        List<String> names = recipes.stream().map(ArmResult::name).toList();
        for (Swap swap : swaps) {
            Require.that(
                    names.contains(swap.recipe) && names.contains(swap.swapped),
                    "a swap",
                    swap.recipe + " to " + swap.swapped,
                    "of two of " + names);
        }
    }

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
            PairedDifference difference)
            implements Compared {
        /** @throws Failure if a value is out of its range */
        public Swap {
            Stream.of(from, to)
                    .flatMap(fields -> fields.values().stream())
                    .forEach(value -> Require.that(
                            value instanceof String
                                    || value instanceof Number
                                    || value instanceof Boolean
                                    || value instanceof Enum<?>,
                            "a swap's value",
                            value,
                            "a text, a number, or true or false"));
        }

        /** Whether the test accuracy is another one with the change. */
        public boolean different() {
            Verdict verdict = difference.verdict();
            return verdict == Verdict.DIFFERENT || verdict == Verdict.DIFFERENT_WITHIN_MARGIN;
        }

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

    /** Name of the file in a run directory. */
    public static final String FILE = "differences.json";

    /**
     * What to run.
     *
     * @param command as it was called
     * @param recipe the harmonized one, on its dataset, with the limits, epochs and first seed that all get
     * @param images fingerprint of its images, see {@link tandem.worker.protocol.Identity#images}
     * @param engine that trains
     * @param seeds how many, at least 1
     * @param parallel trials at a time, at least 1
     * @param margin differences smaller than so many points do not matter
     * @param adding seeds are added to swaps that are not settled, as long as this is not over; null adds none
     */
    public record Plan(
            String command,
            Recipe recipe,
            String images,
            EngineName engine,
            int seeds,
            int parallel,
            double margin,
            @Nullable Duration adding) {}

    /** What a run directory holds; nothing if it cannot be read. */
    public static Optional<Differences> read(RunDirectory directory) {
        try {
            return Optional.of(Json.read(directory.path().resolve(FILE), Differences.class));
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    /**
     * Runs the trials that are not done yet and writes differences.json after each.
     *
     * @param workers with the threads that each trial may use
     * @param directory of this run, new or to go on with
     * @throws tandem.core.Failure if a file cannot be read or written
     */
    public static Differences run(Plan plan, Workers workers, RunDirectory directory) {
        return run(plan, workers, directory, Site.HERE);
    }

    /**
     * The same.
     *
     * @param site where trials run
     * @throws tandem.core.Failure if a file cannot be read or written, or the cluster cannot be used
     */
    public static Differences run(Plan plan, Workers workers, RunDirectory directory, Site site) {
        long start = System.nanoTime();
        Map<String, Arm> arms = arms(plan);
        Machine machine = Machine.current(workers, List.of(plan.engine));
        directory.goesOnWith(plan.recipe, false);
        TrialStore store = TrialStore.of(directory, arms.values(), plan.images);
        return TrialQueue.run(
                workers,
                store,
                TrialRunner.of(site, workers, store, directory.path().resolve("workers"), plan.parallel),
                directory,
                FILE,
                trials -> of(plan, machine, arms, trials),
                () -> directory.begin(plan.recipe, machine),
                trials -> {
                    trials.run(Planned.all(arms.values(), Arm.seeds(plan.recipe, plan.seeds)));
                    // One seed after the other for every swap that is not settled.
                    while (plan.adding != null && !workers.stop().raised()) {
                        List<Planned> more = more(arms, of(plan, machine, arms, trials), trials);
                        double seconds = more.size() * meanSeconds(arms, store) / plan.parallel;
                        double left = plan.adding.toMillis() / 1e3 - (System.nanoTime() - start) / 1e9;
                        if (more.isEmpty() || seconds > left) {
                            return;
                        }
                        trials.run(more);
                    }
                });
    }

    private static Arm arm(Map<String, Arm> arms, String name) {
        return Objects.requireNonNull(arms.get(name), name);
    }

    /** The next seed of every swap that is not settled. */
    private static List<Planned> more(Map<String, Arm> arms, Differences soFar, TrialQueue trials) {
        TrialStore store = trials.store();
        Set<Planned> more = new LinkedHashSet<>();
        for (Swap swap : soFar.swaps) {
            Arm before = arm(arms, swap.recipe);
            Arm after = arm(arms, swap.swapped);
            if (!swap.difference.settled() && trials.lack(before) == null && trials.lack(after) == null) {
                long seed = soFar.recipe.seed();
                while (store.holds(before, seed) && store.holds(after, seed)) {
                    seed++;
                }
                more.add(new Planned(before, seed));
                more.add(new Planned(after, seed));
            }
        }
        more.removeIf(trial -> store.holds(trial.arm(), trial.seed()));
        return List.copyOf(more);
    }

    private static double meanSeconds(Map<String, Arm> arms, TrialStore store) {
        return arms.values().stream()
                .flatMap(arm -> store.of(arm).values().stream())
                .mapToDouble(TrialResult::seconds)
                .average()
                .orElse(0);
    }

    /** What the trials that are done say. */
    private static Differences of(Plan plan, Machine machine, Map<String, Arm> arms, TrialQueue trials) {
        List<Long> asked = Arm.seeds(plan.recipe, plan.seeds);
        Map<String, ArmResult> results = new LinkedHashMap<>();
        arms.forEach((name, arm) -> {
            SortedSet<Long> seeds = new TreeSet<>(asked);
            seeds.addAll(trials.store().of(arm).keySet());
            results.put(name, trials.result(arm, seeds));
        });
        List<Swap> swaps = new ArrayList<>();
        for (String name : NAMED.subList(1, 3)) {
            Recipe from = arm(arms, name).recipe();
            Recipe to = arm(arms, other(name)).recipe();
            for (Choice choice : Choice.values()) {
                String swapped = swapped(name, choice);
                PairedDifference difference = ArmPair.difference(
                        Objects.requireNonNull(results.get(swapped), swapped),
                        Objects.requireNonNull(results.get(name), name),
                        plan.margin);
                swaps.add(new Swap(name, choice, choice.of(from), choice.of(to), swapped, difference));
            }
        }
        List<ArmResult> recipes = List.copyOf(results.values());
        return new Differences(
                plan.command,
                trials.state(recipes),
                plan.recipe,
                machine,
                plan.parallel,
                asked,
                recipes,
                ArmPair.all(NAMED.stream().map(results::get).toList(), plan.margin),
                swaps);
    }

    /** The recipes by name: the three named ones first. */
    private static Map<String, Arm> arms(Plan plan) {
        Map<String, Arm> arms = new LinkedHashMap<>();
        for (String name : NAMED) {
            add(arms, plan, name, named(name, plan.recipe));
        }
        for (String name : NAMED.subList(1, 3)) {
            for (Choice choice : Choice.values()) {
                Recipe recipe = choice.swap(named(name, plan.recipe), named(other(name), plan.recipe));
                add(arms, plan, swapped(name, choice), recipe);
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
        return Objects.requireNonNull(Recipe.PRESETS.get(name), name)
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

    /** The harmonized and the two published recipes. */
    public List<ArmResult> named() {
        return recipes.stream().filter(recipe -> NAMED.contains(recipe.name())).toList();
    }

    /** The engine that trained. */
    @JsonIgnore
    public EngineName engine() {
        return recipes.getFirst().engine();
    }

    /** How many swaps are undecided. */
    public long undecided() {
        return swaps.stream()
                .filter(swap -> swap.difference.verdict() == Verdict.UNDECIDED)
                .count();
    }

    /** Whether every trial is done. */
    public boolean complete() {
        return recipes.stream().allMatch(recipe -> recipe.status() == Status.DONE);
    }
}
