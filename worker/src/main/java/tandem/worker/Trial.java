package tandem.worker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.ProcessLock;
import tandem.core.Recipe;
import tandem.core.Safetensors;
import tandem.core.Shape;
import tandem.core.data.Dataset;
import tandem.core.data.Images;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Evaluation;
import tandem.core.engine.Training;
import tandem.core.model.ModelFile;
import tandem.core.random.InitialParameters;
import tandem.worker.protocol.Checkpoint;
import tandem.worker.protocol.Checkpoint.Position;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.EventLog;
import tandem.worker.protocol.Identity;
import tandem.worker.protocol.Request;

/** One engine on one recipe: the training loop that every engine goes through. */
final class Trial {
    /** How long to wait for the worker of a lab that was killed. */
    private static final Duration ALONE = Duration.ofSeconds(5);

    private final Request.Train request;
    private final Recipe recipe;
    private final Dataset data;
    private final Consumer<Event> events;
    private final BooleanSupplier stopped;
    private final Training training;
    private final long steps;
    private final @Nullable Path folder;

    private @Nullable EventLog log;
    private @Nullable Identity identity;
    private long savedNanos;
    private long savedStep = -1;
    private int evaluatedEpochs;
    private double lossSum;
    private double epochSeconds;

    /** Leaves the loop when the lab asks to stop. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /**
     * A trial.
     *
     * @param data the recipe's dataset, within its limits
     * @param events receives what happens, in order
     * @param stopped asked after every step
     */
    Trial(Request.Train request, Dataset data, Consumer<Event> events, BooleanSupplier stopped) {
        this.request = request;
        this.recipe = request.recipe();
        this.data = data;
        this.events = events;
        this.stopped = stopped;
        training = new Training(recipe, data.train());
        steps = Math.multiplyExact((long) training.perEpoch(), recipe.epochs());
        folder = request.files() == null ? null : Path.of(request.files().folder());
    }

    /**
     * Trains to the end, or until stopped.
     *
     * @param startupSeconds asked when the engine is ready
     * @throws Failure if a file cannot be read or written, or the loss is no longer a number
     */
    void run(EngineProvider provider, DoubleSupplier startupSeconds) {
        EngineSetup setup = setup();
        try (Engine engine = provider.create(setup)) {
            if (identity == null) {
                identity = Identity.of(recipe, data, engine.parameters().fingerprint());
            }
            events.accept(new Event.Ready(
                    engine.library(),
                    startupSeconds.getAsDouble(),
                    steps,
                    data.train().count(),
                    training.next(),
                    identity));
            if (folder == null) {
                work(engine);
                return;
            }
            try (ProcessLock _ = alone(folder)) {
                EventLog.Content kept = request.checkpoint() == null
                        ? EventLog.empty()
                        : EventLog.read(folder).before(position());
                try (EventLog opened = EventLog.open(folder, kept)) {
                    log = opened;
                    if (request.checkpoint() != null) {
                        // Where it goes on is a checkpoint of its own, also if it was another engine's.
                        save(engine);
                    }
                    savedNanos = System.nanoTime();
                    work(engine);
                }
            }
        }
    }

    /**
     * A worker whose lab was killed ends within moments, but one that was stopped by a signal stays, and would write
     * when it is continued.
     */
    private static ProcessLock alone(Path folder) {
        long start = System.nanoTime();
        return ProcessLock.acquire(folder.resolve("lock"), holder -> {
            if (System.nanoTime() - start > ALONE.toNanos()) {
                String who = holder.isPresent() ? "process " + holder.getAsLong() : "another process";
                throw new Failure("%s: %s still writes into it; end it (kill -9), and go on with --resume"
                        .formatted(folder, who));
            }
        });
    }

    private void work(Engine engine) {
        try {
            finish(engine, train(engine));
        } catch (Stopped e) {
            save(engine);
            events.accept(new Event.Interrupted(training.next()));
        }
    }

    /** What happens is in the log before anybody hears of it. */
    private void tell(Event event) {
        if (log != null) {
            log.add(event);
        }
        events.accept(event);
    }

    private EngineSetup setup() {
        Parameters parameters;
        OptimizerState state;
        if (request.checkpoint() != null) {
            Path from = Path.of(request.checkpoint());
            Checkpoint checkpoint = Checkpoint.read(from, recipe.network());
            checkpoint.position().isOf(recipe, training.perEpoch(), from);
            goOnFrom(checkpoint.position(), from);
            parameters = checkpoint.parameters();
            state = checkpoint.state();
        } else {
            parameters = request.initialParameters() == null
                    ? InitialParameters.of(recipe)
                    : Parameters.read(Path.of(request.initialParameters()), recipe.network());
            state = OptimizerState.zeros(recipe.network());
        }
        return new EngineSetup(recipe, parameters, state, request.threads(), request.variant());
    }

    private void goOnFrom(Position position, Path checkpoint) {
        position.identity().goesOnWith(recipe, checkpoint);
        position.identity().goesOnWith(data, checkpoint);
        identity = Identity.of(recipe, data, position.identity().parameters());
        evaluatedEpochs = position.evaluatedEpochs();
        lossSum = position.lossSum();
        epochSeconds = position.epochSeconds();
        training.goOnFrom(position.step(), position.batches());
    }

    /** Trains and evaluates what is left; the last evaluation, or null if nothing was left. */
    private @Nullable Evaluation train(Engine engine) {
        Evaluation last = null;
        while (true) {
            long step = training.next();
            if (step > (long) evaluatedEpochs * training.perEpoch() && step % training.perEpoch() == 0) {
                if (results() || due()) {
                    save(engine);
                }
                last = endEpoch(engine);
            } else if (step < steps) {
                trainStep(engine);
                test(engine);
                if (stopped.getAsBoolean()) {
                    throw new Stopped();
                }
                if (due() && training.next() % training.perEpoch() != 0) {
                    save(engine);
                }
            } else {
                return last;
            }
        }
    }

    private void trainStep(Engine engine) {
        long start = System.nanoTime();
        Training.Step step = training.step(engine);
        tell(Event.Step.of(step));
        lossSum += step.loss();
        epochSeconds += (System.nanoTime() - start) / 1e9;
    }

    private void test(Engine engine) {
        Request.Tests tests = request.tests();
        long done = training.next();
        if (tests != null && done % tests.everySteps() == 0 && done % training.perEpoch() != 0) {
            Images images = data.test();
            int count = Math.min(tests.images(), images.count());
            Evaluation evaluation = Evaluation.of(engine, recipe, images.first(count), _ -> {});
            events.accept(new Event.Tested(done, evaluation.accuracy(), count));
        }
    }

    private Evaluation endEpoch(Engine engine) {
        Evaluation evaluation = evaluate(engine);
        evaluatedEpochs++;
        tell(new Event.Epoch(
                evaluatedEpochs,
                lossSum / training.perEpoch(),
                evaluation.loss(),
                evaluation.accuracy(),
                epochSeconds,
                data.train().count() / epochSeconds));
        lossSum = 0;
        epochSeconds = 0;
        if (folder != null && log != null && savedStep == training.next()) {
            log.force();
            Checkpoint.evaluated(checkpoint(folder), position());
        }
        return evaluation;
    }

    private Evaluation evaluate(Engine engine) {
        return Evaluation.of(engine, recipe, data.test(), done -> {
            events.accept(new Event.Evaluating(done, data.test().count()));
            if (stopped.getAsBoolean()) {
                throw new Stopped();
            }
        });
    }

    private void finish(Engine engine, @Nullable Evaluation last) {
        Evaluation evaluation = last == null ? evaluate(engine) : last;
        Parameters parameters = engine.parameters();
        if (folder != null && results()) {
            ModelFile.trained(
                            new Model(recipe.network(), parameters),
                            data,
                            // Known before the first step.
                            Objects.requireNonNull(identity).recipe(),
                            identity.images())
                    .write(folder.resolve("model.safetensors"));
            Shape shape =
                    new Shape("logits", data.test().count(), recipe.network().classes());
            Safetensors.of(List.of(new Safetensors.Tensor(shape, evaluation.logits())))
                    .write(folder.resolve("predictions.safetensors"));
        }
        events.accept(new Event.Done(
                data.test().count() / evaluation.seconds(),
                PeakMemory.mebibytes(),
                evaluation.confusion(),
                HexFormat.of().toHexDigits(training.fingerprint()),
                parameters.fingerprint()));
    }

    private boolean results() {
        return request.files() != null && request.files().results();
    }

    private boolean due() {
        return request.files() != null
                && request.files().every().due(training.next(), (System.nanoTime() - savedNanos) / 1e9);
    }

    private void save(Engine engine) {
        if (folder != null && log != null) {
            if (!Files.isDirectory(folder)) {
                throw new Failure("%s: was deleted while the training wrote into it".formatted(folder));
            }
            // Every step that the checkpoint counts is on the disk before it.
            log.force();
            new Checkpoint(position(), engine.parameters(), engine.optimizerState()).write(checkpoint(folder));
            savedNanos = System.nanoTime();
            savedStep = training.next();
        }
    }

    private static Path checkpoint(Path folder) {
        return folder.resolve("checkpoint");
    }

    private Position position() {
        return new Position(
                training.next(),
                evaluatedEpochs,
                lossSum,
                epochSeconds,
                training.fingerprint(),
                // Known before the first step.
                Objects.requireNonNull(identity));
    }
}
