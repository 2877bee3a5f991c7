package tandem.core;

import java.util.Locale;

/** How the learning rate falls. */
public enum Schedule {
    /** Times gamma after every epoch (PyTorch's StepLR with step size 1). */
    EPOCH {
        @Override
        double factor(double gamma, int epoch, long step) {
            return StrictMath.pow(gamma, epoch - 1);
        }
    },

    /**
     * {@code gamma ^ (step / 60000)}, continuous and counted in batches: what the published TensorFlow notebook does
     * (Keras' ExponentialDecay with decay_steps = the 60,000 training images, though it is asked once a batch).
     */
    BATCH {
        @Override
        double factor(double gamma, int epoch, long step) {
            return StrictMath.pow(gamma, step / 60_000.0);
        }
    },

    /** Constant. */
    CONSTANT {
        @Override
        double factor(double gamma, int epoch, long step) {
            return 1;
        }
    };

    /**
     * What the initial learning rate is multiplied by.
     *
     * @param epoch from 1
     * @param step from 0 over the whole run
     */
    abstract double factor(double gamma, int epoch, long step);

    /** The name in recipes and options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
