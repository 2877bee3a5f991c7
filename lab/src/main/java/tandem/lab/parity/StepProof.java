package tandem.lab.parity;

import java.util.ArrayList;
import java.util.List;
import tandem.core.Batch;
import tandem.core.Batches;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Images;
import tandem.core.engine.Engine;
import tandem.core.random.InitialParameters;
import tandem.engine.reference.DecidedImages;
import tandem.engine.reference.Pass;
import tandem.engine.reference.ReferenceEngine;
import tandem.engine.reference.ReferenceTensors;

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

    /**
     * Lets the reference take a step on fewer images than a batch has room for, as the last one of an epoch may.
     *
     * @param size at most so many images
     */
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
    public Verdict of(Engine engine) {
        return of(StepOutcome.of(engine, start));
    }

    /** Compares what an engine made of {@link #start()}. */
    public Verdict of(StepOutcome outcome) {
        return compare(outcome, reference, 1);
    }

    /** Compares what two engines made of {@link #start()}; both round, so limits are twice as wide. */
    public Verdict between(StepOutcome outcome, StepOutcome other) {
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

    /**
     * Compares.
     *
     * @param rounded how many of the two sides are rounded to float32
     */
    private Verdict compare(StepOutcome outcome, Expected expected, int rounded) {
        List<Check> checks = new ArrayList<>();
        double forward = rounded * Limits.FORWARD;
        checks.add(new Check(
                Quantity.LOGITS, "logits", Errors.largest(outcome.gradients().logits(), expected.logits), forward));
        checks.add(new Check(
                Quantity.PREDICTION, "prediction", Errors.largest(outcome.prediction(), expected.prediction), forward));
        double lossError = Math.max(
                Math.abs(outcome.loss() - expected.loss),
                Math.abs(outcome.gradients().loss() - expected.loss));
        checks.add(new Check(Quantity.LOSS, "loss", lossError / Math.max(1, expected.loss), forward));
        for (String tensor : backwardOrder(network.parameters())) {
            double gradient = Errors.norm(outcome.gradients().gradients().get(tensor), expected.gradients.get(tensor));
            checks.add(new Check(
                    Quantity.GRADIENT,
                    tensor,
                    Errors.relative(gradient, pass.imageNorms().get(tensor)),
                    rounded * limits.gradient(tensor)));
            double update = rounded * limits.update(tensor);
            checks.add(new Check(
                    Quantity.SQUARE_AVERAGE,
                    tensor,
                    Errors.relative(outcome.state().squareAverage().get(tensor), expected.squareAverage.get(tensor)),
                    update));
            checks.add(new Check(
                    Quantity.ACCUMULATED_DELTA,
                    tensor,
                    Errors.relative(
                            outcome.state().accumulatedDelta().get(tensor), expected.accumulatedDelta.get(tensor)),
                    update));
            checks.add(new Check(
                    Quantity.UPDATE,
                    tensor,
                    Errors.update(
                            start.parameters().get(tensor),
                            outcome.parameters().get(tensor),
                            expected.parameters.get(tensor),
                            rounded),
                    update));
        }
        return new Verdict(List.copyOf(checks), images);
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
