package tandem.worker;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.engine.Batch;
import tandem.core.engine.Batches;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Training;
import tandem.core.random.InitialParameters;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Identity;
import tandem.worker.protocol.Received;
import tandem.worker.protocol.Request;
import tandem.worker.protocol.StepOutcome;
import tandem.worker.protocol.StepStart;
import tandem.worker.protocol.TensorFiles;

/** The engine's part of a proof: it takes the steps it is told to take. The lab judges them. */
final class ProofRun {
    private final Request.Prove request;
    private final Recipe recipe;
    private final Dataset data;
    private final Consumer<Event> events;
    private final BooleanSupplier stopped;

    /**
     * The steps of a proof.
     *
     * @param data the recipe's dataset, within its limits
     * @param events receives what happens, in order
     * @param stopped asked after every step
     */
    ProofRun(Request.Prove request, Dataset data, Consumer<Event> events, BooleanSupplier stopped) {
        this.request = request;
        this.recipe = request.recipe();
        this.data = data;
        this.events = events;
        this.stopped = stopped;
    }

    /** Takes all steps, or those before it is stopped. */
    void run(EngineProvider provider, DoubleSupplier startupSeconds) {
        Parameters initial = request.initialParameters() == null
                ? InitialParameters.of(recipe)
                : Parameters.read(Path.of(request.initialParameters()), recipe.network());
        OptimizerState zeros = OptimizerState.zeros(recipe.network());
        try (Engine engine =
                provider.create(new EngineSetup(recipe, initial, zeros, request.threads(), request.variant()))) {
            events.accept(new Event.Ready(
                    engine.library(),
                    startupSeconds.getAsDouble(),
                    request.steps(),
                    data.train().count(),
                    0,
                    Identity.of(recipe, data, engine.parameters().fingerprint())));
            for (Request.ProofStart start : request.starts()) {
                if (!stopped.getAsBoolean()) {
                    prove(engine, start);
                }
            }
            engine.restore(initial, zeros);
            train(engine);
        }
    }

    private void prove(Engine engine, Request.ProofStart asked) {
        Batches batches = new Batches(recipe, data.train());
        Batch batch = batches.allocate();
        batches.fill(batch, asked.step(), asked.positions());
        TensorFiles files = new TensorFiles(Path.of(asked.start()));
        StepStart start =
                new StepStart(files.parameters(recipe.network()), files.state(recipe.network()), batch, (float)
                        recipe.learningRate(batches.epoch(asked.step()), asked.step()));
        engine.restore(start.parameters(), start.state());
        Received received = Received.of(engine, start);
        StepOutcome outcome = StepOutcome.of(engine, start);
        TensorFiles results = new TensorFiles(Path.of(asked.outcome()));
        results.write(outcome.parameters(), outcome.state());
        results.writeGradients(outcome.gradients().gradients());
        events.accept(new Event.Proved(
                received,
                outcome.loss(),
                outcome.gradients().loss(),
                outcome.gradients().logits(),
                outcome.prediction()));
    }

    private void train(Engine engine) {
        String initial = engine.parameters().fingerprint();
        Training training = new Training(recipe, data.train());
        while (training.next() < request.steps() && !stopped.getAsBoolean()) {
            events.accept(Event.Step.of(training.step(engine)));
        }
        engine.parameters().write(Path.of(request.model()));
        events.accept(new Event.Trained(initial, HexFormat.of().toHexDigits(training.fingerprint())));
    }
}
