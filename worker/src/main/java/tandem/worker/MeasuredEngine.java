package tandem.worker;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Recipe;
import tandem.core.data.Dataset;
import tandem.core.data.Images;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Predictor;
import tandem.core.engine.Training;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Identity;
import tandem.worker.protocol.Request;

/** One engine on one recipe that is kept between requests and measured in turns. */
final class MeasuredEngine implements AutoCloseable {
    private final Recipe recipe;
    private final Dataset data;
    private final Consumer<Event> events;
    private final BooleanSupplier stopped;
    private final Training training;
    private final Predictor predictor;
    /** The same, if it trains; or null. */
    private final @Nullable Engine engine;

    private final String parameters;

    /**
     * Creates the engine.
     *
     * @param data the recipe's dataset, within its limits
     * @param events receives every step
     * @param stopped asked after every step and call
     */
    MeasuredEngine(
            Request.Prepare request,
            EngineProvider provider,
            Dataset data,
            Consumer<Event> events,
            BooleanSupplier stopped) {
        this.recipe = request.recipe();
        this.data = data;
        this.events = events;
        this.stopped = stopped;
        training = new Training(recipe, data.train());
        EngineSetup setup = EngineSetup.fresh(recipe, request.threads(), request.variant());
        if (provider.trains()) {
            Engine trains = provider.create(setup);
            engine = trains;
            predictor = trains;
            parameters = trains.parameters().fingerprint();
        } else {
            engine = null;
            predictor = provider.predictor(setup.forPredictor());
            parameters = setup.parameters().fingerprint();
        }
    }

    /** What it is, and what it was given. */
    Event.Prepared prepared(double startupSeconds) {
        return new Event.Prepared(predictor.library(), startupSeconds, Identity.of(recipe, data, parameters));
    }

    /**
     * Measures; one that is stopped answers with what it did until then.
     *
     * @throws Failure if the loss is no longer a number, or there are too few test images
     */
    Event.Measured measure(Request.Measurement request) {
        return switch (request) {
            case Request.MeasureSteps(int steps) -> train(steps);
            case Request.MeasureInference(int images, double seconds) -> infer(images, seconds);
        };
    }

    private Event.Measured train(int steps) {
        if (engine == null) {
            throw new Failure("%s only predicts".formatted(predictor.library().name()));
        }
        long images = 0;
        int done = 0;
        long start = System.nanoTime();
        do {
            events.accept(Event.Step.of(training.step(engine)));
            images += training.batch().size();
            done++;
        } while (done < steps && !stopped.getAsBoolean());
        return measured(done, images, secondsSince(start));
    }

    /** Each call takes the images after those of the call before, so that no call finds its inputs in the cache. */
    private Event.Measured infer(int count, double seconds) {
        Images test = data.test();
        if (count > test.count()) {
            throw new Failure("%s has %s test images, fewer than a call with %s needs"
                    .formatted(data.name(), test.count(), count));
        }
        float[] logits = new float[count * recipe.network().classes()];
        int calls = 0;
        int from = 0;
        long start = System.nanoTime();
        do {
            predictor.logits(test, from, count, logits);
            calls++;
            from = from + 2 * count <= test.count() ? from + count : 0;
        } while (secondsSince(start) < seconds && !stopped.getAsBoolean());
        return measured(calls, (long) calls * count, secondsSince(start));
    }

    private static Event.Measured measured(int calls, long images, double seconds) {
        return new Event.Measured(calls, images, seconds, PeakMemory.mebibytes(), PeakMemory.residentMebibytes());
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public void close() {
        predictor.close();
    }
}
