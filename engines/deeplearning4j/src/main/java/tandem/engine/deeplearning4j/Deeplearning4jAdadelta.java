package tandem.engine.deeplearning4j;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import tandem.core.Recipe;

/**
 * Adadelta with a learning rate, which Deeplearning4j's own ({@link AdaDelta}) has not: as in the paper that it follows
 * (Zeiler, arXiv:1212.5701), its factor is 1. The library's kernel turns gradients into updates, all parameters of the
 * network in one pass; here they are scaled:
 *
 * <pre>
 * squareAverage    = rho squareAverage + (1 - rho) g^2
 * delta            = sqrt(accumulatedDelta + epsilon) / sqrt(squareAverage + epsilon) g
 * accumulatedDelta = rho accumulatedDelta + (1 - rho) delta^2
 * parameter        = parameter - learningRate delta
 * </pre>
 *
 * The library clones a configuration for every layer, and compares the clones to see what it can update in one pass.
 * Here all are one and the same object, so that a new learning rate reaches every layer.
 */
final class Deeplearning4jAdadelta implements IUpdater {
    private final AdaDelta unscaled;
    private double learningRate = 1;

    Deeplearning4jAdadelta(Recipe recipe) {
        unscaled = new AdaDelta(recipe.rho(), recipe.epsilon());
    }

    /** Sets the learning rate of the steps to come. */
    void learningRate(float rate) {
        learningRate = rate;
    }

    /** Both accumulators. */
    @Override
    public long stateSize(long parameters) {
        return unscaled.stateSize(parameters);
    }

    @Override
    public GradientUpdater<Deeplearning4jAdadelta> instantiate(INDArray state, boolean initialise) {
        return new Scaled(unscaled.instantiate(state, initialise));
    }

    @Override
    public GradientUpdater<Deeplearning4jAdadelta> instantiate(Map<String, INDArray> state, boolean initialise) {
        return new Scaled(unscaled.instantiate(state, initialise));
    }

    /** Returns this very object, see above. */
    @Override
    @SuppressWarnings("MethodDoesntCallSuperMethod")
    public Deeplearning4jAdadelta clone() {
        return this;
    }

    @Override
    public double getLearningRate(int iteration, int epoch) {
        return learningRate;
    }

    @Override
    public boolean hasLearningRate() {
        return true;
    }

    @Override
    public void setLrAndSchedule(double rate, ISchedule schedule) {
        if (schedule != null) {
            throw new IllegalArgumentException("the learning rate is given step by step, not by a schedule");
        }
        learningRate = rate;
    }

    /** The library's updater, whose updates are multiplied by the learning rate. */
    private final class Scaled implements GradientUpdater<Deeplearning4jAdadelta> {
        private final GradientUpdater<?> updater;

        private Scaled(GradientUpdater<?> updater) {
            this.updater = updater;
        }

        @Override
        public Deeplearning4jAdadelta getConfig() {
            return Deeplearning4jAdadelta.this;
        }

        @Override
        public void setState(Map<String, INDArray> state, boolean initialise) {
            updater.setState(state, initialise);
        }

        @Override
        public Map<String, INDArray> getState() {
            return updater.getState();
        }

        @Override
        public void setStateViewArray(INDArray view, long[] shape, char order, boolean initialise) {
            updater.setStateViewArray(view, shape, order, initialise);
        }

        @Override
        public void applyUpdater(INDArray gradient, int iteration, int epoch) {
            updater.applyUpdater(gradient, iteration, epoch);
            if (learningRate != 1) {
                gradient.muli(learningRate);
            }
        }
    }
}
