package tandem.lab.compare;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Status;
import tandem.lab.run.Machine;
import tandem.lab.run.RunDirectory;
import tandem.lab.statistics.Speed;
import tandem.worker.protocol.Checkpoint;
import tandem.worker.protocol.Request;

/**
 * Several engines trained on one recipe, one after the other; the content of comparison.json.
 *
 * @param recipe what they were trained on
 * @param machine what they were trained with
 * @param engines how each one did, in the order asked for
 * @param agreement how alike they are
 */
public record Comparison(Recipe recipe, Machine machine, List<EngineResult> engines, Agreement agreement) {
    /** Name of the file in a run directory. */
    public static final String FILE = "comparison.json";

    /**
     * What to compare.
     *
     * @param recipe its network already has the dataset's sizes
     * @param names engines in the order in which they train
     * @param initialParameters safetensors file to start from, or null to draw them
     * @param checkpoint checkpoint folder to go on from, or null; only with one engine
     */
    public record Plan(
            Recipe recipe,
            List<EngineName> names,
            @Nullable Path initialParameters,
            @Nullable Path checkpoint) {}

    /**
     * Trains every engine of a plan. An engine that fails does not keep the others from training.
     *
     * @throws Failure if the run directory cannot be written, or the checkpoint belongs to another recipe
     */
    public static Comparison run(Plan plan, Workers workers, RunDirectory directory) {
        Machine machine = Machine.current(workers, plan.names);
        if (plan.checkpoint != null) {
            // Before anything of the run is written over.
            Checkpoint.position(plan.checkpoint).identity().goesOnWith(plan.recipe, plan.checkpoint);
        }
        directory.begin(plan.recipe, machine);
        List<EngineTraining.Trained> trained = plan.names.stream()
                .map(name -> train(name, plan, workers, directory))
                .toList();
        Comparison comparison = new Comparison(
                plan.recipe,
                machine,
                trained.stream().map(EngineTraining.Trained::result).toList(),
                Agreement.of(
                        trained,
                        name -> Parameters.read(
                                directory.engine(name).resolve("model.safetensors"), plan.recipe.network())));
        if (plan.checkpoint != null) {
            comparison = comparison.into(directory);
        }
        Json.write(directory.path().resolve(FILE), comparison);
        return comparison;
    }

    private static EngineTraining.Trained train(EngineName name, Plan plan, Workers workers, RunDirectory directory) {
        Path folder = directory.engine(name).toAbsolutePath();
        Request.Train request = new Request.Train(
                plan.recipe,
                workers.threads(),
                name.variant(),
                text(plan.initialParameters),
                text(plan.checkpoint),
                folder.toString());
        return new EngineTraining(name, workers.engines().get(name), folder, workers.progress()).run(workers, request);
    }

    private static @Nullable String text(@Nullable Path path) {
        return path == null ? null : path.toAbsolutePath().toString();
    }

    /** A run that goes on replaces its own engine's entry, or adds it, and leaves the other engines as they are. */
    private Comparison into(RunDirectory directory) {
        Path file = directory.path().resolve(FILE);
        if (!Files.exists(file)) {
            return this;
        }
        Comparison before = Json.read(file, Comparison.class);
        SequencedMap<EngineName, EngineResult> merged = new LinkedHashMap<>();
        before.engines.forEach(result -> merged.put(result.engine(), result));
        engines.forEach(result -> merged.put(result.engine(), result));
        List<EngineResult> all = List.copyOf(merged.values());
        return new Comparison(recipe, machine, all, all.size() == 1 ? agreement : before.agreement);
    }

    /**
     * How many times faster an engine takes a step than the fastest other one, which counts with its best variant.
     *
     * @return null if there is nothing to compare
     */
    public @Nullable Double ratioToFastestOther(EngineResult result) {
        return speed(result)
                .ratioToFastestOther(engines.stream().map(Comparison::speed).toList());
    }

    private static Speed speed(EngineResult result) {
        return new Speed(result.engine().engine(), result.millisPerStepMedian());
    }

    /** Whether every engine that was asked for is done. */
    @JsonIgnore
    public boolean complete() {
        return engines.stream().allMatch(engine -> engine.status() == Status.DONE);
    }
}
