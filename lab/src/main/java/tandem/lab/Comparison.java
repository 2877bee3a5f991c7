package tandem.lab;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.lab.EngineResult.Status;
import tandem.lab.worker.Checkpoint;
import tandem.lab.worker.Request;

/**
 * Trials of several engines on one recipe, one after the other; the content of comparison.json.
 *
 * @param recipe what they were trained on
 * @param machine what they were trained with
 * @param engines how each one did, in the order asked for
 * @param agreement how alike they are
 */
public record Comparison(Recipe recipe, Machine machine, List<EngineResult> engines, Agreement agreement) {

    /**
     * What to compare.
     *
     * @param recipe its network already has the dataset's sizes
     * @param names engines in the order in which they train
     * @param threads how many threads each may compute with
     * @param initialParameters safetensors file to start from, or null to draw them
     * @param checkpoint checkpoint folder to go on from, or null; only with one engine
     * @param jvmOptions further options of an engine's JVM, by the engine's name
     * @param offline never touch the network
     * @param silence how long a worker may say nothing
     */
    public record Plan(
            Recipe recipe,
            List<EngineName> names,
            int threads,
            Path initialParameters,
            Path checkpoint,
            Map<String, List<String>> jvmOptions,
            boolean offline,
            Duration silence) {

        /** A plan whose workers may be silent as long as usual. */
        public Plan(
                Recipe recipe,
                List<EngineName> names,
                int threads,
                Path initialParameters,
                Path checkpoint,
                Map<String, List<String>> jvmOptions,
                boolean offline) {
            this(recipe, names, threads, initialParameters, checkpoint, jvmOptions, offline, WorkerProcess.SILENCE);
        }
    }

    /**
     * Trains every engine of a plan. An engine that fails does not keep the others from training.
     *
     * @param caches folder of the engines' caches
     * @throws Failure if the run directory cannot be written, or the checkpoint belongs to another recipe
     */
    public static Comparison run(
            Plan plan, Engines engines, Path caches, RunDirectory directory, Watcher watcher, StopSignal stop) {
        List<Engines.Engine> taking =
                plan.names.stream().map(engines::get).distinct().toList();
        Machine machine = Machine.current(plan.threads, taking);
        if (plan.checkpoint != null) {
            // Before anything of the run is written over.
            Checkpoint.position(plan.checkpoint).identity().goesOnWith(plan.recipe, plan.checkpoint);
        }
        directory.begin(plan.recipe, machine);
        Workers workers = new Workers(engines, caches, plan.threads, plan.jvmOptions, plan.offline);
        List<TrialRun.Outcome> outcomes = new ArrayList<>();
        for (EngineName name : plan.names) {
            TrialRun.Outcome outcome = stop.raised()
                    ? without(name, engines.get(name), Status.INTERRUPTED, "interrupted before it began")
                    : train(name, plan, workers, directory, watcher, stop);
            watcher.ended(outcome.result());
            outcomes.add(outcome);
        }
        Comparison comparison = new Comparison(
                plan.recipe,
                machine,
                outcomes.stream().map(TrialRun.Outcome::result).toList(),
                Agreement.of(
                        outcomes,
                        name -> Parameters.read(
                                directory.engine(name).resolve("model.safetensors"), plan.recipe.network())));
        if (plan.checkpoint != null) {
            comparison = comparison.into(directory);
        }
        Json.write(directory.path().resolve("comparison.json"), comparison);
        return comparison;
    }

    /** A run that goes on replaces its own engine's entry, or adds it, and leaves the other engines as they are. */
    private Comparison into(RunDirectory directory) {
        Path file = directory.path().resolve("comparison.json");
        if (!Files.exists(file)) {
            return this;
        }
        Comparison before = Json.read(file, Comparison.class);
        List<EngineResult> all = new ArrayList<>(before.engines);
        for (EngineResult result : engines) {
            if (all.stream().anyMatch(old -> old.engine().equals(result.engine()))) {
                all.replaceAll(old -> old.engine().equals(result.engine()) ? result : old);
            } else {
                all.add(result);
            }
        }
        return new Comparison(recipe, machine, all, all.size() == 1 ? agreement : before.agreement);
    }

    private static TrialRun.Outcome train(
            EngineName name, Plan plan, Workers workers, RunDirectory directory, Watcher watcher, StopSignal stop) {
        return switch (workers.ready(name, watcher, stop)) {
            case Workers.Readiness.Absent(Status status, String reason) ->
                without(name, workers.engines().get(name), status, reason);
            case Workers.Readiness.Ready(WorkerProcess.Command command) -> {
                Path folder = directory.engine(name).toAbsolutePath();
                Engines.Source network = workers.engines().get(name).networkSource();
                if (network != null) {
                    AtomicFile.write(folder.resolve(network.name()), network.text());
                }
                Request.Train request = new Request.Train(
                        plan.recipe,
                        plan.threads,
                        name.variant(),
                        text(plan.initialParameters),
                        text(plan.checkpoint),
                        folder.toString());
                yield TrialRun.run(name, command, request, folder, watcher, stop, plan.silence);
            }
        };
    }

    private static String text(Path path) {
        return path == null ? null : path.toAbsolutePath().toString();
    }

    private static TrialRun.Outcome without(EngineName name, Engines.Engine engine, Status status, String reason) {
        return new TrialRun.Outcome(
                EngineResult.without(
                        name,
                        status,
                        reason,
                        engine.provider().library(),
                        engine.provider().version()),
                null,
                null,
                null);
    }

    /**
     * How many times faster an engine takes a step than the fastest other one, which counts with its best variant.
     *
     * @return null if there is nothing to compare
     */
    public Double ratioToFastestOther(EngineResult result) {
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
