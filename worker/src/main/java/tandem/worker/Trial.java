package tandem.worker;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Safetensors;
import tandem.core.Shape;
import tandem.core.data.Dataset;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Evaluation;
import tandem.core.engine.Training;
import tandem.core.random.InitialParameters;
import tandem.worker.protocol.Checkpoint;
import tandem.worker.protocol.Checkpoint.Position;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Identity;
import tandem.worker.protocol.Request;

/** One engine on one recipe: the training loop that every engine goes through. */
final class Trial {
    private final Request.Train request;
    private final Recipe recipe;
    private final Dataset data;
    private final Consumer<Event> events;
    private final BooleanSupplier stopped;
    private final Training training;
    private final long steps;
    private final @Nullable Path folder;

    private @Nullable Identity identity;
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
        folder = request.folder() == null ? null : Path.of(request.folder());
    }

    /**
     * Trains to the end, or until stopped.
     *
     * @param startupSeconds asked when the engine is ready
     * @throws Failure if a file cannot be read or written, or the loss is no longer a number
     */
    void run(EngineProvider provider, DoubleSupplier startupSeconds) {
        try (Engine engine = provider.create(setup())) {
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
            try {
                finish(engine, train(engine));
            } catch (Stopped e) {
                save(engine);
                events.accept(new Event.Interrupted(training.next()));
            }
        }
    }

    private EngineSetup setup() {
        Parameters parameters;
        OptimizerState state;
        if (request.checkpoint() != null) {
            Path from = Path.of(request.checkpoint());
            Checkpoint checkpoint = Checkpoint.read(from, recipe.network());
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
        identity = position.identity();
        identity.goesOnWith(recipe, checkpoint);
        identity.goesOnWith(data, checkpoint);
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
                save(engine);
                last = endEpoch(engine);
            } else if (step < steps) {
                trainStep(engine);
                if (stopped.getAsBoolean()) {
                    throw new Stopped();
                }
            } else {
                return last;
            }
        }
    }

    private void trainStep(Engine engine) {
        long start = System.nanoTime();
        Training.Step step = training.step(engine);
        events.accept(Event.Step.of(step));
        lossSum += step.loss();
        epochSeconds += (System.nanoTime() - start) / 1e9;
    }

    private Evaluation endEpoch(Engine engine) {
        Evaluation evaluation = evaluate(engine);
        evaluatedEpochs++;
        events.accept(new Event.Epoch(
                evaluatedEpochs,
                lossSum / training.perEpoch(),
                evaluation.loss(),
                evaluation.accuracy(),
                epochSeconds,
                data.train().count() / epochSeconds));
        lossSum = 0;
        epochSeconds = 0;
        if (folder != null) {
            Checkpoint.write(checkpoint(folder), position());
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
        if (folder != null) {
            engine.parameters().write(folder.resolve("model.safetensors"));
            Shape shape =
                    new Shape("logits", data.test().count(), recipe.network().classes());
            Safetensors.of(List.of(new Safetensors.Tensor(shape, evaluation.logits())))
                    .write(folder.resolve("predictions.safetensors"));
        }
        events.accept(new Event.Done(
                data.test().count() / evaluation.seconds(),
                PeakMemory.mebibytes(),
                evaluation.confusion(),
                evaluation.predictions(),
                "%016x".formatted(training.fingerprint())));
    }

    private void save(Engine engine) {
        if (folder != null) {
            new Checkpoint(position(), engine.parameters(), engine.optimizerState()).write(checkpoint(folder));
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
