package tandem.engine.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.nn.Parameter;
import ai.djl.training.optimizer.Optimizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;

/**
 * Adadelta; DJL's own has no update on PyTorch and throws. The formula is PyTorch's ({@code torch/optim/adadelta.py}):
 *
 * <pre>
 * squareAverage    = rho squareAverage + (1 - rho) g^2
 * delta            = sqrt((accumulatedDelta + epsilon) / (squareAverage + epsilon)) g
 * accumulatedDelta = rho accumulatedDelta + (1 - rho) delta^2
 * parameter        = parameter - learningRate delta
 * </pre>
 */
final class DjlAdadelta extends Optimizer {
    private final SequencedMap<String, NDArray> squareAverage = new LinkedHashMap<>();
    private final SequencedMap<String, NDArray> accumulatedDelta = new LinkedHashMap<>();

    // Arrays of one number: from a float, DJL makes a new one for every operation.
    private final NDArray rho;
    private final NDArray oneMinusRho;
    private final NDArray epsilon;
    private @Nullable NDArray learningRate;

    /**
     * An optimizer.
     *
     * @param manager frees the accumulators
     * @param parameters in canonical order
     * @param state copied
     */
    DjlAdadelta(NDManager manager, Recipe recipe, List<Parameter> parameters, OptimizerState state) {
        super(new Builder());
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            String name = recipe.network().parameters().get(i).name();
            squareAverage.put(parameter.getId(), copy(manager, parameter, state.squareAverage(), name));
            accumulatedDelta.put(parameter.getId(), copy(manager, parameter, state.accumulatedDelta(), name));
        }
        rho = manager.create((float) recipe.rho());
        oneMinusRho = manager.create((float) (1 - recipe.rho()));
        epsilon = manager.create((float) recipe.epsilon());
    }

    private static NDArray copy(NDManager manager, Parameter parameter, Parameters values, String name) {
        return DjlTensors.of(manager, parameter.getShape(), values.get(name));
    }

    /** One update of all parameters; gradients in the parameters' order. */
    void update(List<Parameter> parameters, List<NDArray> gradients, float rate) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            learningRate = gradients.getFirst().getManager().create(rate);
            for (int i = 0; i < parameters.size(); i++) {
                update(parameters.get(i).getId(), parameters.get(i).getArray(), gradients.get(i));
            }
        }
    }

    @Override
    public void update(String parameterId, NDArray parameter, NDArray gradient) {
        NDArray square = Objects.requireNonNull(squareAverage.get(parameterId));
        NDArray accumulated = Objects.requireNonNull(accumulatedDelta.get(parameterId));
        NDArray rate = Objects.requireNonNull(learningRate, "set by the update of all parameters");
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            square.muli(rho).addi(gradient.square().muli(oneMinusRho));
            NDArray delta =
                    accumulated.add(epsilon).divi(square.add(epsilon)).sqrt().muli(gradient);
            accumulated.muli(rho).addi(delta.square().muli(oneMinusRho));
            parameter.subi(delta.muli(rate));
        }
    }

    OptimizerState state(Network network) {
        return new OptimizerState(
                DjlTensors.values(network, List.copyOf(squareAverage.values())),
                DjlTensors.values(network, List.copyOf(accumulatedDelta.values())));
    }

    void set(OptimizerState state) {
        set(squareAverage, state.squareAverage());
        set(accumulatedDelta, state.accumulatedDelta());
    }

    private static void set(SequencedMap<String, NDArray> arrays, Parameters values) {
        DjlTensors.set(List.copyOf(arrays.values()), values);
    }

    /** What {@link Optimizer} wants to be made from. */
    private static final class Builder extends OptimizerBuilder<Builder> {
        @Override
        protected Builder self() {
            return this;
        }
    }
}
