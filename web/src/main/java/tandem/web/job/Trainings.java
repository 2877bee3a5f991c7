package tandem.web.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.data.Datasets;
import tandem.lab.engines.EngineName;
import tandem.worker.protocol.CheckpointEvery;

/** Makes trainings of what people ask for. */
public final class Trainings {
    /** A day of the slowest engine. */
    private static final int MOST_EPOCHS = 100;

    private static final int MOST_ARMS = 4;

    /** By then java has taken some 270 steps on two cores, and reads 97 of 100 digits. A checkpoint costs 40 ms. */
    private static final CheckpointEvery SOON = new CheckpointEvery(0, 3);

    private final Jobs jobs;
    private final WorkersOf workers;

    /** @param workers how engines' workers are started */
    public Trainings(Jobs jobs, WorkersOf workers) {
        this.jobs = jobs;
        this.workers = workers;
    }

    /**
     * What is asked for: engines that learn one after the other by one recipe, or arms that learn side by side.
     *
     * @param engines in the order in which they train, or null if there are arms
     * @param recipe what differs from the preset, by the recipe's names; {@code preset} names another one
     * @param arms each an engine and a recipe of its own, or null
     * @param epochs passes over the training images (default: 1)
     * @param trainLimit number of training images, from the first on, or null
     * @param testLimit number of test images, from the first on, or null
     */
    public record Asked(
            @Nullable List<String> engines,
            @Nullable Map<String, Object> recipe,
            @Nullable List<Arm> arms,
            @Nullable Integer epochs,
            @Nullable Integer trainLimit,
            @Nullable Integer testLimit) {}

    /** An engine, and what differs from the preset. */
    public record Arm(String engine, @Nullable Map<String, Object> recipe) {}

    /**
     * Puts a training into the queue.
     *
     * @throws Failure if it makes no sense
     */
    public Job add(Asked asked) {
        return jobs.add(new TrainingWork(workers, parts(asked), CheckpointEvery.DEFAULT));
    }

    /** Puts a training of the java engine into the queue that soon has a checkpoint to answer by. */
    public Job addFirst() {
        Asked asked = new Asked(List.of("java"), null, null, 1, null, null);
        return jobs.add(new TrainingWork(workers, parts(asked), SOON));
    }

    private List<TrainingWork.Part> parts(Asked asked) {
        if (asked.arms != null && asked.engines == null) {
            return arms(asked.arms, asked);
        }
        if (asked.engines == null || asked.arms != null) {
            throw new Failure("give 'engines', or 'arms', and not both");
        }
        if (asked.engines.isEmpty()) {
            throw new Failure("give at least one engine");
        }
        Map<String, Object> changes = asked.recipe == null ? Map.of() : asked.recipe;
        List<Row> rows = EngineChoice.training(asked.engines, workers.engines()).stream()
                .map(name -> new Row(name.toString(), name.toString(), changes))
                .toList();
        return List.of(part(changes, asked, rows));
    }

    private List<TrainingWork.Part> arms(List<Arm> arms, Asked asked) {
        if (arms.isEmpty() || arms.size() > MOST_ARMS) {
            throw new Failure("give one to %s arms".formatted(MOST_ARMS));
        }
        List<TrainingWork.Part> parts = new ArrayList<>();
        for (Arm arm : arms) {
            Map<String, Object> changes = arm.recipe == null ? Map.of() : arm.recipe;
            String row = String.valueOf((char) ('A' + parts.size()));
            EngineName name = EngineChoice.training(List.of(arm.engine), workers.engines())
                    .getFirst();
            parts.add(part(changes, asked, List.of(new Row(row, name.toString(), changes))));
        }
        return parts;
    }

    private static TrainingWork.Part part(Map<String, Object> changes, Asked asked, List<Row> rows) {
        Map<String, Object> all = new LinkedHashMap<>(changes);
        Object preset = all.remove("preset");
        Recipe base = Recipe.PRESETS.get(preset == null ? "harmonized" : String.valueOf(preset));
        if (base == null) {
            throw new Failure("there is no recipe '%s'; valid are %s".formatted(preset, Recipe.PRESETS.keySet()));
        }
        for (String name : List.of("dataset", "network", "epochs", "trainLimit", "testLimit")) {
            if (all.containsKey(name)) {
                throw new Failure("'%s' is not a choice of a recipe here".formatted(name));
            }
        }
        int epochs = asked.epochs == null ? 1 : asked.epochs;
        if (epochs > MOST_EPOCHS) {
            throw new Failure("epochs is %s; it must be at most %s".formatted(epochs, MOST_EPOCHS));
        }
        all.put("epochs", epochs);
        all.put("trainLimit", limit("trainLimit", asked.trainLimit));
        all.put("testLimit", limit("testLimit", asked.testLimit));
        Dataset data = Datasets.open(base.dataset());
        Recipe recipe = data.fit(base.with(all));
        int images = data.limit(recipe.trainLimit(), recipe.testLimit()).train().count();
        return new TrainingWork.Part(recipe, images, rows);
    }

    private static int limit(String name, @Nullable Integer limit) {
        if (limit != null && limit < 1) {
            throw new Failure("%s is %s; it must be at least 1".formatted(name, limit));
        }
        return limit == null ? 0 : limit;
    }
}
