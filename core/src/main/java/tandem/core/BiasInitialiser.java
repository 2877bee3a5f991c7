package tandem.core;

import java.util.Locale;

/** From which distribution initial biases are drawn. */
public enum BiasInitialiser {
    /** Uniform within 1 / sqrt(fan-in of the layer's weight): PyTorch's default. */
    FAN_IN {
        @Override
        public double bound(Shape weight) {
            return 1 / Math.sqrt(weight.fanIn());
        }
    },

    /** Zero: Keras' default. */
    ZERO {
        @Override
        public double bound(Shape weight) {
            return 0;
        }
    };

    /** Biases are uniform in [-bound, bound), given the weight tensor of their layer. */
    public abstract double bound(Shape weight);

    /** The name in recipes and options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
