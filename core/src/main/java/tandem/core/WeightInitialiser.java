package tandem.core;

import java.util.Locale;

/** From which distribution initial weights are drawn. */
public enum WeightInitialiser {
    /**
     * Uniform within 1 / sqrt(fan-in): PyTorch's default for convolutions and dense layers
     * ({@code kaiming_uniform_(a=sqrt(5))} in torch/nn/modules/conv.py and linear.py).
     */
    FAN_IN {
        @Override
        public double bound(Shape weight) {
            return 1 / Math.sqrt(weight.fanIn());
        }
    },

    /**
     * Uniform within sqrt(6 / (fan-in + fan-out)): Keras' default, Glorot and Bengio 2010, equation 16. Convolutions
     * count both fans with the receptive field.
     */
    GLOROT {
        @Override
        public double bound(Shape weight) {
            return Math.sqrt(6.0 / (weight.fanIn() + weight.fanOut()));
        }
    };

    /** Weights are uniform in [-bound, bound). */
    public abstract double bound(Shape weight);

    /** The name in recipes and options. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
