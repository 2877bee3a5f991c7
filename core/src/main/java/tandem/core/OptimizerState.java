package tandem.core;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

    private static final String SQUARE_AVERAGE = ".square_avg";
    private static final String ACCUMULATED_DELTA = ".acc_delta";

    /**
     * Reads the state from a safetensors file; names are the parameter's followed by PyTorch's name of the accumulator,
     * such as {@code conv1.weight.square_avg}.
     *
     * @throws Failure if the file cannot be read or does not hold exactly this network's state
     */
    public static OptimizerState read(Path file, Network network) {
        Safetensors stored = Safetensors.read(file);
        return new OptimizerState(
                Parameters.of(file, network, stored, SQUARE_AVERAGE),
                Parameters.of(file, network, stored, ACCUMULATED_DELTA));
    }

    /**
     * Writes the state to a safetensors file.
     *
     * @return SHA-256 of the file
     * @throws Failure if it cannot be written
     */
    public String write(Path file) {
        List<Safetensors.Tensor> tensors = new ArrayList<>(squareAverage.stored(SQUARE_AVERAGE));
        tensors.addAll(accumulatedDelta.stored(ACCUMULATED_DELTA));
        return Safetensors.of(tensors).write(file);
    }
}
