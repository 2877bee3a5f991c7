package tandem.lab.parity;

import java.util.ArrayList;
import java.util.List;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Images;
import tandem.core.engine.Batch;
import tandem.core.engine.Batches;
import tandem.core.engine.Engine;
import tandem.core.random.InitialParameters;
import tandem.engine.reference.DecidedImages;
import tandem.engine.reference.Pass;
import tandem.engine.reference.ReferenceEngine;
import tandem.engine.reference.ReferenceTensors;
import tandem.worker.protocol.StepOutcome;
import tandem.worker.protocol.StepStart;

/**
 * The proof that an engine computes what the reference computes: one step from the same parameters, accumulators and
 * batch, compared tensor by tensor. The batch is the first images of the recipe's order whose choices are decided
 * ({@link DecidedImages}); the reference takes its step once, and any number of engines are compared with it.
 *
 * <p>A proof is of a single step, because training is chaotic: one rounding grows a thousandfold in tens of steps, and
 * after those no tensor tells a wrong engine from a right one.
 */
public final class StepProof {
    private final Network network;
    private final StepStart start;
    private final DecidedImages images;
    private final Limits limits;
    private final Pass pass;
    private final Expected reference;

    /** What a step is compared with, in float64. */
    private record Expected(
            double[] logits,
            double[] prediction,
            double loss,
            ReferenceTensors gradients,
            ReferenceTensors squareAverage,
            ReferenceTensors accumulatedDelta,
            ReferenceTensors parameters) {}

    /**
     * Lets the reference take the step.
     *
     * @param train training images
     * @param step global step, from 0: decides masks, order and learning rate
     * @param parameters parameters before the step
     * @param state accumulators before the step
     * @param threads how many threads the reference may use; its results do not depend on it
     */
    public StepProof(Recipe recipe, Images train, long step, Parameters parameters, OptimizerState state, int threads) {
        this(recipe, train, step, parameters, state, threads, Integer.MAX_VALUE);
    }

    /** The same with fewer images, as the last batch of an epoch may have fewer. */
    StepProof(
            Recipe recipe,
            Images train,
            long step,
            Parameters parameters,
            OptimizerState state,
            int threads,
            int size) {
        network = recipe.network();
        Batches batches = new Batches(recipe, train);
        try (ReferenceEngine engine = new ReferenceEngine(recipe, parameters, state, threads)) {
            Batch batch = batches.allocate();
            images = DecidedImages.choose(engine, batches, step, Math.min(size, batch.capacity()));
            batches.fill(batch, step, images.positions());
            start = new StepStart(parameters, state, batch, (float) recipe.learningRate(batches.epoch(step), step));
            double[] prediction = engine.logits64(start.images(), 0, batch.size());
            pass = engine.pass(batch);
            limits = new Limits(network, batch.size(), pass);
            engine.update(pass.gradients(), start.learningRate());
            reference = new Expected(
                    pass.logits(),
                    prediction,
                    pass.loss(),
                    pass.gradients(),
                    engine.squareAverage64(),
                    engine.accumulatedDelta64(),
                    engine.parameters64());
        }
    }

    /** The first step of a run: initial parameters by the recipe, accumulators of zero. */
    public static StepProof fresh(Recipe recipe, Images train, int threads) {
        return new StepProof(
                recipe, train, 0, InitialParameters.of(recipe), OptimizerState.zeros(recipe.network()), threads);
    }

    /** What every engine starts from. */
    public StepStart start() {
        return start;
    }

    /** Which images the step is taken on. */
    public DecidedImages images() {
        return images;
    }

    /** The reference's loss. */
    public double loss() {
        return reference.loss;
    }

    /** Lets an engine take the step and compares. The engine's parameters and accumulators are replaced. */
    public StepVerdict of(Engine engine) {
        return of(StepOutcome.of(engine, start));
    }

    /** Compares what an engine made of {@link #start()}. */
    public StepVerdict of(StepOutcome outcome) {
        return compare(outcome, reference, 1);
    }

    /** Compares what two engines made of {@link #start()}; both round, so limits are twice as wide. */
    public StepVerdict between(StepOutcome outcome, StepOutcome other) {
        Expected expected = new Expected(
                widen(other.gradients().logits()),
                widen(other.prediction()),
                other.loss(),
                ReferenceTensors.widen(network, other.gradients().gradients()),
                ReferenceTensors.widen(network, other.state().squareAverage()),
                ReferenceTensors.widen(network, other.state().accumulatedDelta()),
                ReferenceTensors.widen(network, other.parameters()));
        return compare(outcome, expected, 2);
    }

    private static double[] widen(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    /** Compares; one or both sides are rounded to float32. */
    private StepVerdict compare(StepOutcome outcome, Expected expected, int rounded) {
        List<Check> checks = new ArrayList<>();
        double forward = rounded * Limits.FORWARD;
        double logits = Errors.largest(outcome.gradients().logits(), expected.logits);
        checks.add(new Check(Quantity.LOGITS, "logits", logits, forward));
        double prediction = Errors.largest(outcome.prediction(), expected.prediction);
        checks.add(new Check(Quantity.PREDICTION, "prediction", prediction, forward));
        double step = Math.abs(outcome.loss() - expected.loss);
        double gradients = Math.abs(outcome.gradients().loss() - expected.loss);
        double loss = Math.max(step, gradients) / Math.max(1, expected.loss);
        checks.add(new Check(Quantity.LOSS, "loss", loss, forward));
        OptimizerState state = outcome.state();
        for (String tensor : backwardOrder(network.parameters())) {
            double gradient = Errors.relative(
                    Errors.norm(outcome.gradients().gradients().get(tensor), expected.gradients.get(tensor)),
                    pass.imageNorm(tensor));
            checks.add(new Check(Quantity.GRADIENT, tensor, gradient, rounded * limits.gradient(tensor)));
            double limit = rounded * limits.update(tensor);
            double average = Errors.relative(state.squareAverage().get(tensor), expected.squareAverage.get(tensor));
            checks.add(new Check(Quantity.SQUARE_AVERAGE, tensor, average, limit));
            double delta = Errors.relative(state.accumulatedDelta().get(tensor), expected.accumulatedDelta.get(tensor));
            checks.add(new Check(Quantity.ACCUMULATED_DELTA, tensor, delta, limit));
            double update = Errors.update(
                    start.parameters().get(tensor),
                    outcome.parameters().get(tensor),
                    expected.parameters.get(tensor),
                    rounded);
            checks.add(new Check(Quantity.UPDATE, tensor, update, limit));
        }
        return new StepVerdict(List.copyOf(checks), images);
    }

    /** Layers from last to first, of each the weight before the bias. */
    static List<String> backwardOrder(List<Shape> shapes) {
        List<String> names = new ArrayList<>();
        for (int weight = shapes.size() - 2; weight >= 0; weight -= 2) {
            names.add(shapes.get(weight).name());
            names.add(shapes.get(weight + 1).name());
        }
        return names;
    }
}
