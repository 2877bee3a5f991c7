package tandem.lab.parity;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Images;
import tandem.core.engine.Batch;
import tandem.core.engine.Engine;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;
import tandem.core.random.InitialParameters;
import tandem.engine.reference.ReferenceEngine;

/** An engine in float32 whose reading of parameters, gradients or update can be made wrong. */
final class WrongEngine implements Engine {
    private final Recipe recipe;
    private final Consumer<Parameters> tamper;
    private final Delta delta;
    private final ReferenceEngine right;
    private UnaryOperator<Parameters> reading = UnaryOperator.identity();
    private boolean alsoPredicts;
    private boolean lazy;

    /** Adadelta's update of one element before the learning rate. */
    interface Delta {
        double of(double squareAverage, double accumulatedDelta, double gradient);
    }

    /** An engine that changes its gradients, and updates by them. */
    WrongEngine(Recipe recipe, Consumer<Parameters> tamper) {
        this(recipe, tamper, (s, d, g) -> Math.sqrt(d + recipe.epsilon()) / Math.sqrt(s + recipe.epsilon()) * g);
    }

    /** An engine that also has its own Adadelta. */
    WrongEngine(Recipe recipe, Consumer<Parameters> tamper, Delta delta) {
        this.recipe = recipe;
        this.tamper = tamper;
        this.delta = delta;
        right = new ReferenceEngine(recipe, InitialParameters.of(recipe), OptimizerState.zeros(recipe.network()), 1);
    }

    /**
     * Lets the network compute with other parameters than it is given.
     *
     * @param reading what becomes of a copy of the parameters before a forward and backward pass
     * @param alsoPredicts whether it also does so without dropout
     */
    WrongEngine reading(UnaryOperator<Parameters> reading, boolean alsoPredicts) {
        this.reading = reading;
        this.alsoPredicts = alsoPredicts;
        return this;
    }

    /** Loses the decay of accumulators where a gradient is 0. */
    WrongEngine lazy() {
        lazy = true;
        return this;
    }

    @Override
    public Library library() {
        return right.library();
    }

    @Override
    public float trainStep(Batch batch, float learningRate) {
        Gradients gradients = gradients(batch);
        Parameters parameters = right.parameters();
        OptimizerState state = right.optimizerState();
        for (Shape shape : parameters.shapes()) {
            float[] p = parameters.get(shape.name());
            float[] s = state.squareAverage().get(shape.name());
            float[] d = state.accumulatedDelta().get(shape.name());
            float[] g = gradients.gradients().get(shape.name());
            float rho = (float) recipe.rho();
            for (int i = 0; i < p.length; i++) {
                if (lazy && g[i] == 0) {
                    continue;
                }
                s[i] = rho * s[i] + (1 - rho) * g[i] * g[i];
                float update = (float) delta.of(s[i], d[i], g[i]);
                d[i] = rho * d[i] + (1 - rho) * update * update;
                p[i] -= learningRate * update;
            }
        }
        right.restore(parameters, state);
        return gradients.loss();
    }

    @Override
    public void logits(Images images, int from, int count, float[] out) {
        Parameters given = right.parameters();
        OptimizerState state = right.optimizerState();
        if (alsoPredicts) {
            right.restore(reading.apply(given.copy(recipe.network())), state);
        }
        right.logits(images, from, count, out);
        right.restore(given, state);
    }

    @Override
    public Gradients gradients(Batch batch) {
        Parameters given = right.parameters();
        OptimizerState state = right.optimizerState();
        right.restore(reading.apply(given.copy(recipe.network())), state);
        Gradients gradients = right.gradients(batch);
        right.restore(given, state);
        tamper.accept(gradients.gradients());
        return gradients;
    }

    @Override
    public Parameters parameters() {
        return right.parameters();
    }

    @Override
    public OptimizerState optimizerState() {
        return right.optimizerState();
    }

    @Override
    public void restore(Parameters parameters, OptimizerState state) {
        right.restore(parameters, state);
    }

    @Override
    public void close() {
        right.close();
    }
}
