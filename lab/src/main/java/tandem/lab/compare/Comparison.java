package tandem.lab.compare;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.OptBoolean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Recipe;
import tandem.core.Require;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.FoundEngine;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.run.Load;
import tandem.lab.run.Machine;
import tandem.lab.run.RunDirectory;
import tandem.lab.statistics.Speed;
import tandem.worker.protocol.Checkpoint;
import tandem.worker.protocol.CheckpointEvery;
import tandem.worker.protocol.EventLog;
import tandem.worker.protocol.Request;

/**
 * Several engines trained on one recipe, one after the other; the content of comparison.json. It is written before the
 * first engine trains and after each, so a run that was killed says which engines are missing.
 *
 * @param recipe what they were trained on
 * @param machine what they were trained with
 * @param engines how each one did, in the order asked for
 * @param agreement how alike they are
 * @param loadAverage how many threads of other programs wanted a processor in the minute before; null where the system
 *     does not tell
 */
public record Comparison(
        Recipe recipe,
        Machine machine,
        List<EngineResult> engines,
        Agreement agreement,
        // Runs of older builds have none.
        @JacksonInject(value = "loadAverage", optional = OptBoolean.TRUE) @Nullable
        Double loadAverage) {
    /** Steps of an engine that are mostly warm-up: the JIT compiler's, and the library's. */
    static final int WARM_UP_STEPS = 100;

    /** Steps after the warm-up without which no engine is called faster than another. */
    static final int MEASURED_STEPS = 200;

    /** @throws Failure if a value is out of its range */
    public Comparison {
        Require.atLeast(0.0, "loadAverage", loadAverage);
        Require.that(!engines.isEmpty(), "engines", engines, "at least one");
        Require.that(
                engines.stream().map(EngineResult::engine).distinct().count() == engines.size(),
                "engines",
                engines.stream().map(EngineResult::engine).toList(),
                "different ones");
        int classes = recipe.network().classes();
        for (EngineResult engine : engines) {
            int[][] confusion = engine.confusion();
            Require.that(
                    confusion == null || confusion.length == classes,
                    "confusion of " + engine.engine(),
                    confusion == null ? null : "a matrix of " + confusion.length + " rows",
                    "one of " + classes + ", the network's classes");
        }
    }

    /** Name of the file in a run directory. */
    public static final String FILE = "comparison.json";

    /**
     * What to compare.
     *
     * @param recipe its network already has the dataset's sizes
     * @param names engines in the order in which they train
     * @param every when checkpoints are written, besides at the ends of epochs and on a stop
     * @param tests of the networks while they learn, besides those at the ends of epochs; null for none
     * @param other folder of another engine's checkpoints to go on from; null for each engine's own
     */
    public record Plan(
            Recipe recipe,
            List<EngineName> names,
            CheckpointEvery every,
            Request.@Nullable Tests tests,
            @Nullable Path other) {}

    /**
     * Trains every engine of a plan. An engine that fails does not keep the others from training. In a run that goes
     * on, an engine that is done is left as it is, and one that has a checkpoint goes on from it.
     *
     * @param directory of this run, new or to go on with
     * @throws Failure if it cannot be written, or belongs to another recipe
     */
    public static Comparison run(Plan plan, Workers workers, RunDirectory directory) {
        // Before anything of the run is written over.
        directory.goesOnWith(plan.recipe, true);
        SequencedMap<EngineName, EngineResult> results = new LinkedHashMap<>();
        before(directory, workers).forEach(result -> results.put(result.engine(), result));
        SequencedMap<EngineName, Checkpoint.Found> starts = new LinkedHashMap<>();
        for (EngineName name : plan.names) {
            starts.put(name, start(name, plan, workers, directory));
            results.putIfAbsent(
                    name, EngineResult.interrupted(name, workers.engines().get(name), "interrupted before it began"));
        }
        Machine machine = Machine.current(workers, List.copyOf(results.keySet()));
        Double load = Load.average();
        write(plan, machine, load, results, directory);
        directory.begin(plan.recipe, machine);
        starts.forEach((name, start) -> {
            EngineResult result = results.get(name);
            boolean done = result != null && result.hasEpochs(plan.recipe.epochs()) && holdsModel(directory, name);
            if (!done || plan.other != null) {
                FoundEngine engine = workers.engines().get(name);
                results.put(name, EngineResult.interrupted(name, engine, "interrupted while it trained"));
                write(plan, machine, load, results, directory);
                results.put(name, train(name, start, plan, workers, directory));
                write(plan, machine, load, results, directory);
            }
        });
        return write(plan, machine, load, results, directory);
    }

    /** What the run did before; a file that is damaged is told, and all of it is found again. */
    private static List<EngineResult> before(RunDirectory directory, Workers workers) {
        Path file = directory.path().resolve(FILE);
        if (!directory.begun() || !Files.exists(file) || directory.changed().contains(file)) {
            return List.of();
        }
        try {
            return Json.read(file, Comparison.class).engines;
        } catch (Failure e) {
            workers.progress().accept(new Progress.Notice(e.getMessage() + "; it is made anew"));
            return List.of();
        }
    }

    private static boolean holdsModel(RunDirectory directory, EngineName name) {
        Path folder = directory.engine(name);
        return Stream.of(EngineTraining.MODEL, EngineTraining.PREDICTIONS)
                .map(folder::resolve)
                .allMatch(file -> Files.exists(file) && !directory.changed().contains(file));
    }

    /** Where an engine starts, and what is told of it. */
    private static Checkpoint.Found start(EngineName name, Plan plan, Workers workers, RunDirectory directory) {
        Path folder = directory.engine(name);
        Checkpoint.Found found = Checkpoint.find(plan.other == null ? folder.resolve("checkpoint") : plan.other);
        for (String damaged : found.damaged()) {
            workers.progress()
                    .accept(new Progress.Notice("%s; %s goes on from %s"
                            .formatted(
                                    damaged,
                                    name,
                                    found.position() == null
                                            ? "the beginning"
                                            : "step " + found.position().step())));
        }
        if (found.newest() != null && found.position() != null) {
            found.position().identity().goesOnWith(plan.recipe, found.newest());
            if (found.position().evaluatedEpochs() > plan.recipe.epochs()) {
                throw new Failure("%s: has done %s epochs already; ask for more --epochs"
                        .formatted(found.newest(), found.position().evaluatedEpochs()));
            }
            List<String> lacks = EventLog.read(folder).before(found.position()).lacks();
            if (!lacks.isEmpty()) {
                workers.progress()
                        .accept(new Progress.Notice(
                                "%s: the log does not have %s, which another engine did or which was lost; curves and medians leave them out"
                                        .formatted(folder, String.join(", ", lacks))));
            }
        }
        return found;
    }

    private static EngineResult train(
            EngineName name, Checkpoint.Found start, Plan plan, Workers workers, RunDirectory directory) {
        Path folder = directory.engine(name).toAbsolutePath();
        Request.Train request = new Request.Train(
                plan.recipe,
                workers.threads(),
                name.variant(),
                text(directory.initial()),
                text(start.newest()),
                new Request.TrialFiles(folder.toString(), plan.every, true),
                plan.tests);
        return new EngineTraining(name, workers.engines().get(name), folder, workers.progress()).run(workers, request);
    }

    private static @Nullable String text(@Nullable Path path) {
        return path == null ? null : path.toAbsolutePath().toString();
    }

    private static Comparison write(
            Plan plan,
            Machine machine,
            @Nullable Double load,
            SequencedMap<EngineName, EngineResult> results,
            RunDirectory directory) {
        List<EngineResult> engines = List.copyOf(results.values());
        Comparison comparison =
                new Comparison(plan.recipe, machine, engines, Agreement.of(plan.recipe, engines, directory), load);
        directory.write(FILE, comparison);
        return comparison;
    }

    /**
     * How many times faster an engine takes a step than the fastest other one, which counts with its best variant. Only
     * engines that took {@link #MEASURED_STEPS} steps after {@link #WARM_UP_STEPS} of warm-up, in epochs that are done,
     * are compared.
     *
     * @return null if there is nothing to compare
     */
    public @Nullable Double ratioToFastestOther(EngineResult result) {
        return speed(result)
                .ratioToFastestOther(engines.stream().map(this::speed).toList());
    }

    private Speed speed(EngineResult result) {
        return new Speed(result.engine().engine(), measured(result) ? result.millisPerStepMedian() : null);
    }

    private boolean measured(EngineResult result) {
        return result.images() >= (double) (WARM_UP_STEPS + MEASURED_STEPS) * recipe.batchSize();
    }

    /** What may have disturbed the speeds, and why there is no ratio: a sentence each. */
    public List<String> notes() {
        List<String> sentences = new ArrayList<>();
        List<String> few = engines.stream()
                .filter(result -> result.millisPerStepMedian() != null && !measured(result))
                .map(result -> result.engine().toString())
                .toList();
        if (engines.size() > 1 && !few.isEmpty()) {
            sentences.add(
                    "No ratio for %s: too few steps. A ratio needs %s in whole epochs, as about %s are warm-up; 'tandem bench' measures speed alone."
                            .formatted(
                                    few.size() == engines.size() ? "any engine" : String.join(", ", few),
                                    WARM_UP_STEPS + MEASURED_STEPS,
                                    WARM_UP_STEPS));
        }
        if (engines.size() > 1) {
            Load.warning(loadAverage, machine.cores()).ifPresent(sentences::add);
        }
        return sentences;
    }

    /** The engines that a run was to train; none if that is not known. */
    public static List<EngineName> engines(RunDirectory directory) {
        try {
            return Json.read(directory.path().resolve(FILE), Comparison.class).engines.stream()
                    .map(EngineResult::engine)
                    .toList();
        } catch (Failure e) {
            return List.of();
        }
    }

    /** How an engine did that takes part. */
    public EngineResult of(EngineName name) {
        return engines.stream()
                .filter(result -> result.engine().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Whether every engine that was asked for is done. */
    @JsonIgnore
    public boolean complete() {
        return engines.stream().allMatch(engine -> engine.status() == Status.DONE);
    }
}
