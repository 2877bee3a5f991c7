package tandem.engine.pytorch;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Recipe;

/**
 * Adadelta, which PyTorch has in Python only ({@code torch/optim/adadelta.py}, {@code _single_tensor_adadelta}), of the
 * same operations in the same order, in place:
 *
 * <pre>
 * squareAverage    = rho squareAverage + (1 - rho) g^2
 * delta            = sqrt(accumulatedDelta + epsilon) / sqrt(squareAverage + epsilon) g
 * accumulatedDelta = rho accumulatedDelta + (1 - rho) delta^2
 * parameter        = parameter - learningRate delta
 * </pre>
 */
final class PyTorchAdadelta implements AutoCloseable {
    private final PyTorchTensors squareAverage;
    private final PyTorchTensors accumulatedDelta;
    private final Scalar rho;
    private final Scalar oneMinusRho;
    private final Scalar epsilon;
    private final Scalar one;

    PyTorchAdadelta(Recipe recipe, OptimizerState state, Device device) {
        squareAverage = new PyTorchTensors(state.squareAverage(), device);
        accumulatedDelta = new PyTorchTensors(state.accumulatedDelta(), device);
        rho = kept(new Scalar(recipe.rho()));
        oneMinusRho = kept(new Scalar(1 - recipe.rho()));
        epsilon = kept(new Scalar(recipe.epsilon()));
        one = kept(new Scalar(1.0));
    }

    private static <P extends Pointer> P kept(P pointer) {
        pointer.retainReference();
        return pointer;
    }

    /**
     * One update of all parameters.
     *
     * @param parameters all values of all parameters
     * @param gradient the loss's derivatives by them, in the same order
     */
    void update(Tensor parameters, Tensor gradient, float learningRate) {
        Scalar minusRate = new Scalar(-learningRate);
        try (NoGradGuard _ = new NoGradGuard()) {
            Tensor square = squareAverage.flat().mul_(rho).addcmul_(gradient, gradient, oneMinusRho);
            Tensor root = square.add(epsilon, one).sqrt_();
            Tensor accumulated = accumulatedDelta.flat();
            Tensor delta = accumulated.add(epsilon, one).sqrt_().div_(root).mul_(gradient);
            accumulated.mul_(rho).addcmul_(delta, delta, oneMinusRho);
            parameters.add_(delta, minusRate);
        }
    }

    OptimizerState state(Network network) {
        return new OptimizerState(
                PyTorchTensors.values(network, squareAverage.all()),
                PyTorchTensors.values(network, accumulatedDelta.all()));
    }

    void set(OptimizerState state) {
        squareAverage.set(state.squareAverage());
        accumulatedDelta.set(state.accumulatedDelta());
    }

    @Override
    public void close() {
        squareAverage.close();
        accumulatedDelta.close();
        rho.close();
        oneMinusRho.close();
        epsilon.close();
        one.close();
    }
}
