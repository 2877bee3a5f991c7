package tandem.engine.tensorflow;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;
import tandem.core.OptimizerState;
import tandem.core.Recipe;

/**
 * Adadelta, of which TensorFlow has a kernel that updates a parameter and its accumulators in one pass
 * ({@code tensorflow/core/kernels/training_ops.cc}, {@code ApplyAdadelta}):
 *
 * <pre>
 * squareAverage    = rho squareAverage + (1 - rho) g^2
 * delta            = sqrt(accumulatedDelta + epsilon) / sqrt(squareAverage + epsilon) g
 * accumulatedDelta = rho accumulatedDelta + (1 - rho) delta^2
 * parameter        = parameter - learningRate delta
 * </pre>
 */
final class TensorFlowAdadelta {
    private final Ops tf;
    private final float rho;
    private final float epsilon;
    private final TensorFlowTensors squareAverage;
    private final TensorFlowTensors accumulatedDelta;

    TensorFlowAdadelta(Ops tf, Recipe recipe) {
        this.tf = tf;
        rho = (float) recipe.rho();
        epsilon = (float) recipe.epsilon();
        squareAverage = new TensorFlowTensors(tf, recipe.network(), "squareAverage/");
        accumulatedDelta = new TensorFlowTensors(tf, recipe.network(), "accumulatedDelta/");
    }

    /** One update of all parameters; everything in canonical order. */
    Op update(List<VarHandleOp> parameters, List<Operand<TFloat32>> gradients, Operand<TFloat32> learningRate) {
        List<Op> updates = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            updates.add(tf.train.resourceApplyAdadelta(
                    parameters.get(i),
                    squareAverage.handles().get(i),
                    accumulatedDelta.handles().get(i),
                    learningRate,
                    tf.constant(rho),
                    tf.constant(epsilon),
                    gradients.get(i)));
        }
        return tf.withControlDependencies(updates).noOp();
    }

    void set(Session session, OptimizerState state) {
        squareAverage.set(session, state.squareAverage());
        accumulatedDelta.set(session, state.accumulatedDelta());
    }

    OptimizerState state(Session session) {
        return new OptimizerState(squareAverage.values(session), accumulatedDelta.values(session));
    }
}
