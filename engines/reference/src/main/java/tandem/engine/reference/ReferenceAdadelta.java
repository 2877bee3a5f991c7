package tandem.engine.reference;

import java.util.List;
import tandem.core.OptimizerState;
import tandem.core.Recipe;
import tandem.core.Shape;

/**
 * Adadelta: Zeiler 2012, arXiv:1212.5701, algorithm 1, with a learning rate as in torch/optim/adadelta.py. For each
 * element with gradient {@code g}:
 *
 * <pre>
 * squareAverage    = rho squareAverage + (1 - rho) g^2
 * delta            = sqrt(accumulatedDelta + epsilon) / sqrt(squareAverage + epsilon) g
 * accumulatedDelta = rho accumulatedDelta + (1 - rho) delta^2
 * parameter        = parameter - learningRate delta
 * </pre>
 */
final class ReferenceAdadelta {
    private final Recipe recipe;
    private ReferenceTensors squareAverage;
    private ReferenceTensors accumulatedDelta;

    /** With accumulators of zero. */
    ReferenceAdadelta(Recipe recipe) {
        this.recipe = recipe;
        squareAverage = new ReferenceTensors(recipe.network());
        accumulatedDelta = new ReferenceTensors(recipe.network());
    }

    /** One update of all parameters. */
    void update(ReferenceTensors parameters, ReferenceTensors gradients, double learningRate, Threads threads) {
        List<Shape> shapes = recipe.network().parameters();
        threads.forEach(shapes.size(), (tensor, thread) -> {
            String name = shapes.get(tensor).name();
            update(
                    parameters.get(name),
                    gradients.get(name),
                    squareAverage.get(name),
                    accumulatedDelta.get(name),
                    learningRate);
        });
    }

    private void update(double[] p, double[] g, double[] square, double[] accumulated, double learningRate) {
        double rho = recipe.rho();
        double epsilon = recipe.epsilon();
        for (int i = 0; i < p.length; i++) {
            square[i] = rho * square[i] + (1 - rho) * g[i] * g[i];
            double delta = Math.sqrt(accumulated[i] + epsilon) / Math.sqrt(square[i] + epsilon) * g[i];
            accumulated[i] = rho * accumulated[i] + (1 - rho) * delta * delta;
            p[i] -= learningRate * delta;
        }
    }

    /** Running average of squared gradients. */
    ReferenceTensors squareAverage() {
        return squareAverage;
    }

    /** Running average of squared updates. */
    ReferenceTensors accumulatedDelta() {
        return accumulatedDelta;
    }

    /** Both accumulators, rounded to float32. */
    OptimizerState state() {
        return new OptimizerState(squareAverage.round(), accumulatedDelta.round());
    }

    /** Replaces both accumulators by copies. */
    void set(ReferenceTensors squareAverage, ReferenceTensors accumulatedDelta) {
        this.squareAverage = squareAverage.copy();
        this.accumulatedDelta = accumulatedDelta.copy();
    }
}
