package tandem.lab.parity;

import java.util.ArrayList;
import java.util.List;
import tandem.core.Batch;
import tandem.core.Batches;
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
    private final StepStart start;
    private final DecidedImages images;
    private final double[] prediction;
    private final Pass pass;
    private final Limits limits;
    private final ReferenceTensors parameters;
    private final ReferenceTensors squareAverage;
    private final ReferenceTensors accumulatedDelta;

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
        Batches batches = new Batches(recipe, train);
        try (ReferenceEngine reference = new ReferenceEngine(recipe, parameters, state, threads)) {
            Batch batch = batches.allocate();
            images = DecidedImages.choose(reference, batches, step, batch.capacity());
            batches.fill(batch, step, images.positions());
            start = new StepStart(parameters, state, batch, (float) recipe.learningRate(batches.epoch(step), step));
            prediction = reference.logits64(StepOutcome.images(batch), 0, batch.size());
            pass = reference.pass(batch);
            limits = new Limits(recipe.network(), batch.size(), pass);
            reference.update(pass.gradients(), start.learningRate());
            this.parameters = reference.parameters64();
            squareAverage = reference.squareAverage64();
            accumulatedDelta = reference.accumulatedDelta64();
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

    /** The reference's loss. */
    public double loss() {
        return pass.loss();
    }

    /** Lets an engine take the step and compares. The engine's parameters and accumulators are replaced. */
    public Verdict of(Engine engine) {
        return of(StepOutcome.of(engine, start));
    }

    /** Compares what an engine made of {@link #start()}. */
    public Verdict of(StepOutcome outcome) {
        List<Check> checks = new ArrayList<>();
        checks.add(new Check(
                Quantity.LOGITS,
                "logits",
                Errors.largest(outcome.gradients().logits(), pass.logits()),
                Limits.FORWARD));
        checks.add(new Check(
                Quantity.PREDICTION, "prediction", Errors.largest(outcome.prediction(), prediction), Limits.FORWARD));
        double lossError = Math.max(
                Math.abs(outcome.loss() - pass.loss()),
                Math.abs(outcome.gradients().loss() - pass.loss()));
        checks.add(new Check(Quantity.LOSS, "loss", lossError / Math.max(1, pass.loss()), Limits.FORWARD));
        for (String tensor : backwardOrder(outcome.parameters().shapes())) {
            addTensor(tensor, outcome, checks);
        }
        return new Verdict(List.copyOf(checks), images);
    }

    private void addTensor(String tensor, StepOutcome outcome, List<Check> checks) {
        double gradient = Errors.norm(
                outcome.gradients().gradients().get(tensor), pass.gradients().get(tensor));
        checks.add(new Check(
                Quantity.GRADIENT,
                tensor,
                Errors.relative(gradient, pass.imageNorms().get(tensor)),
                limits.gradient(tensor)));
        checks.add(new Check(
                Quantity.SQUARE_AVERAGE,
                tensor,
                Errors.relative(outcome.state().squareAverage().get(tensor), squareAverage.get(tensor)),
                limits.update(tensor)));
        checks.add(new Check(
                Quantity.ACCUMULATED_DELTA,
                tensor,
                Errors.relative(outcome.state().accumulatedDelta().get(tensor), accumulatedDelta.get(tensor)),
                limits.update(tensor)));
        checks.add(new Check(
                Quantity.UPDATE,
                tensor,
                Errors.update(
                        start.parameters().get(tensor), outcome.parameters().get(tensor), parameters.get(tensor)),
                limits.update(tensor)));
    }

    /** Layers from last to first, of each the weight before the bias. */
    private static List<String> backwardOrder(List<Shape> shapes) {
        List<String> names = new ArrayList<>();
        for (int weight = shapes.size() - 2; weight >= 0; weight -= 2) {
            names.add(shapes.get(weight).name());
            names.add(shapes.get(weight + 1).name());
        }
        return names;
    }
}
