package tandem.core;

/**
 * Adadelta's two accumulators for every parameter, in canonical names and layouts.
 *
 * @param squareAverage running average of squared gradients (PyTorch: {@code square_avg})
 * @param accumulatedDelta running average of squared updates (PyTorch: {@code acc_delta})
 */
public record OptimizerState(Parameters squareAverage, Parameters accumulatedDelta) {

    /** The state before the first step: all zeros. */
    public static OptimizerState zeros(Network network) {
        return new OptimizerState(Parameters.zeros(network), Parameters.zeros(network));
    }
}
