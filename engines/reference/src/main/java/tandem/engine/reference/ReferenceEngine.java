package tandem.engine.reference;

import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Images;
import tandem.core.engine.Batch;
import tandem.core.engine.Engine;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;
import tandem.core.engine.PredictorSetup;

/**
 * The oracle: the network in float64. What every engine is proved against, never a competitor.
 *
 * <p>At the interface of {@link Engine} values are rounded to float32; {@link #step}, {@link #logits64}, {@link #pass},
 * {@link #update}, {@link #parameters64}, {@link #squareAverage64}, {@link #accumulatedDelta64} and {@link #restore64}
 * give and take them in float64. Results do not depend on the number of threads.
 */
public final class ReferenceEngine implements Engine {
    private final Recipe recipe;
    private final ReferencePredictor predictor;
    private final ReferenceNetwork model;
    private final ReferenceAdadelta adadelta;

    /**
     * A network in training.
     *
     * @param recipe network, loss and optimizer constants
     * @param parameters initial parameters, copied
     * @param state initial accumulators, copied
     * @param threads how many threads compute, at least 1
     */
    public ReferenceEngine(Recipe recipe, Parameters parameters, OptimizerState state, int threads) {
        this.recipe = recipe;
        predictor = new ReferencePredictor(new PredictorSetup(recipe.network(), parameters, threads, ""));
        model = predictor.model();
        adadelta = new ReferenceAdadelta(recipe);
        adadelta.set(
                ReferenceTensors.widen(recipe.network(), state.squareAverage()),
                ReferenceTensors.widen(recipe.network(), state.accumulatedDelta()));
    }

    @Override
    public Library library() {
        return predictor.library();
    }

    /** The network, for what measures it. */
    ReferenceNetwork model() {
        return model;
    }

    // ---- train step

    @Override
    public float trainStep(Batch batch, float learningRate) {
        return (float) step(batch, learningRate);
    }

    /** As {@link #trainStep}, in float64. */
    public double step(Batch batch, double learningRate) {
        Pass pass = pass(batch);
        update(pass.gradients(), learningRate);
        return pass.loss();
    }

    /** The second half of a train step: one Adadelta update with given gradients. */
    public void update(ReferenceTensors gradients, double learningRate) {
        adadelta.update(model.parameters(), gradients, learningRate, model.threads);
        model.load(model.parameters());
    }

    // ---- predict

    @Override
    public void logits(Images images, int from, int count, float[] out) {
        predictor.logits(images, from, count, out);
    }

    /** As {@link #logits}, in float64: [count, classes]. */
    public double[] logits64(Images images, int from, int count) {
        return predictor.logits64(images, from, count);
    }

    // ---- gradients

    @Override
    public Gradients gradients(Batch batch) {
        Pass pass = pass(batch);
        return new Gradients(
                (float) pass.loss(), round(pass.logits()), pass.gradients().round());
    }

    private static float[] round(double[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = (float) values[i];
        }
        return rounded;
    }

    /** As {@link #gradients}, in float64. */
    public Pass pass(Batch batch) {
        return model.pass(batch, recipe.loss());
    }

    // ---- parameters in and out

    @Override
    public Parameters parameters() {
        return model.parameters().round();
    }

    @Override
    public OptimizerState optimizerState() {
        return adadelta.state();
    }

    @Override
    public void restore(Parameters parameters, OptimizerState state) {
        restore64(
                ReferenceTensors.widen(recipe.network(), parameters),
                ReferenceTensors.widen(recipe.network(), state.squareAverage()),
                ReferenceTensors.widen(recipe.network(), state.accumulatedDelta()));
    }

    /** A copy of the parameters in float64. */
    public ReferenceTensors parameters64() {
        return model.parameters().copy();
    }

    /** A copy of the running average of squared gradients in float64. */
    public ReferenceTensors squareAverage64() {
        return adadelta.squareAverage().copy();
    }

    /** A copy of the running average of squared updates in float64. */
    public ReferenceTensors accumulatedDelta64() {
        return adadelta.accumulatedDelta().copy();
    }

    /** As {@link #restore}, in float64; copies. */
    public void restore64(
            ReferenceTensors parameters, ReferenceTensors squareAverage, ReferenceTensors accumulatedDelta) {
        model.load(parameters.copy());
        adadelta.set(squareAverage, accumulatedDelta);
    }

    // ---- closing

    @Override
    public void close() {
        predictor.close();
    }
}
