package tandem.engine.java;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import tandem.core.Recipe;

/**
 * Adadelta as in torch/optim/adadelta.py, fused into one pass over memory:
 *
 * <pre>
 * squareAverage    = rho squareAverage + (1 - rho) g^2
 * delta            = sqrt((accumulatedDelta + epsilon) / (squareAverage + epsilon)) g
 * accumulatedDelta = rho accumulatedDelta + (1 - rho) delta^2
 * parameter        = parameter - learningRate delta
 * </pre>
 *
 * <p>One division and one root instead of one and two. An accumulator below the smallest normal number becomes 0:
 * otherwise those of weights whose gradient stays 0 end in denormal numbers, on which processors are a hundred times
 * slower (3 ms a step after a thousand steps).
 *
 * <p>Where the gradient is 0 the parameter stays and both accumulators are multiplied by rho. A third of all features
 * of a batch is alive in no image; their rows are left alone, and {@link #decay} makes up for the steps they missed
 * when they are next needed, by the same multiplications one by one, so that no bit depends on when it is done.
 */
interface JavaAdadelta {

    /**
     * Updates so many parameters.
     *
     * @param gradient index of the gradients, as all others
     * @param count a multiple of the lanes
     */
    void update(int gradient, int parameter, int square, int delta, int count, float learningRate);

    /** What so many updates with gradient 0 do to the accumulators. */
    void decay(int square, int delta, int count, int updates);

    /** Sums the groups' gradients of some small parameters, group by group: the order is always the same. */
    void reduce(int from, int to, int groups);

    /** As the definition says. */
    record Plain(Layout layout, float[] memory, float rho, float oneMinusRho, float epsilon) implements JavaAdadelta {
        Plain(Layout layout, float[] memory, Recipe recipe) {
            this(layout, memory, (float) recipe.rho(), (float) (1 - recipe.rho()), (float) recipe.epsilon());
        }

        @Override
        public void update(int gradient, int parameter, int square, int delta, int count, float learningRate) {
            for (int i = 0; i < count; i++) {
                float g = memory[gradient + i];
                float s = normal(rho * memory[square + i] + oneMinusRho * (g * g));
                float d = memory[delta + i];
                float change = (float) Math.sqrt((d + epsilon) / (s + epsilon)) * g;
                memory[square + i] = s;
                memory[delta + i] = normal(rho * d + oneMinusRho * (change * change));
                memory[parameter + i] -= learningRate * change;
            }
        }

        private static float normal(float value) {
            return value < Float.MIN_NORMAL ? 0 : value;
        }

        @Override
        public void decay(int square, int delta, int count, int updates) {
            for (int i = 0; i < count; i++) {
                memory[square + i] = decayed(memory[square + i], updates);
                memory[delta + i] = decayed(memory[delta + i], updates);
            }
        }

        private float decayed(float value, int updates) {
            float decayed = value;
            for (int n = 0; n < updates && decayed != 0; n++) {
                decayed = normal(rho * decayed);
            }
            return decayed;
        }

        @Override
        public void reduce(int from, int to, int groups) {
            for (int i = from; i < to; i++) {
                float sum = memory[layout.partial(0) + i];
                for (int group = 1; group < groups; group++) {
                    sum += memory[layout.partial(group) + i];
                }
                memory[layout.smallGradient + i] = sum;
            }
        }
    }

    /** On vectors. */
    record Vectors(Layout layout, float[] memory, float rho, float oneMinusRho, float epsilon) implements JavaAdadelta {
        private static final VectorSpecies<Float> S = Lanes.SPECIES;
        private static final int L = Lanes.COUNT;

        Vectors(Layout layout, float[] memory, Recipe recipe) {
            this(layout, memory, (float) recipe.rho(), (float) (1 - recipe.rho()), (float) recipe.epsilon());
        }

        @Override
        public void update(int gradient, int parameter, int square, int delta, int count, float learningRate) {
            float[] m = memory;
            for (int i = 0; i < count; i += L) {
                FloatVector g = FloatVector.fromArray(S, m, gradient + i);
                FloatVector s = FloatVector.fromArray(S, m, square + i)
                        .mul(rho)
                        .add(g.mul(g).mul(oneMinusRho));
                s = s.blend(0, s.compare(VectorOperators.LT, Float.MIN_NORMAL));
                FloatVector d = FloatVector.fromArray(S, m, delta + i);
                FloatVector change = d.add(epsilon)
                        .div(s.add(epsilon))
                        .lanewise(VectorOperators.SQRT)
                        .mul(g);
                d = d.mul(rho).add(change.mul(change).mul(oneMinusRho));
                d = d.blend(0, d.compare(VectorOperators.LT, Float.MIN_NORMAL));
                s.intoArray(m, square + i);
                d.intoArray(m, delta + i);
                FloatVector.fromArray(S, m, parameter + i)
                        .sub(change.mul(learningRate))
                        .intoArray(m, parameter + i);
            }
        }

        @Override
        public void decay(int square, int delta, int count, int updates) {
            float[] m = memory;
            for (int i = 0; i < count; i += L) {
                FloatVector s = FloatVector.fromArray(S, m, square + i);
                FloatVector d = FloatVector.fromArray(S, m, delta + i);
                for (int n = 0; n < updates; n++) {
                    s = s.mul(rho);
                    d = d.mul(rho);
                    s = s.blend(0, s.compare(VectorOperators.LT, Float.MIN_NORMAL));
                    d = d.blend(0, d.compare(VectorOperators.LT, Float.MIN_NORMAL));
                }
                s.intoArray(m, square + i);
                d.intoArray(m, delta + i);
            }
        }

        @Override
        public void reduce(int from, int to, int groups) {
            float[] m = memory;
            int stride = layout.partial(1) - layout.partial(0);
            for (int i = from; i < to; i += L) {
                int at = layout.partial(0) + i;
                FloatVector sum = FloatVector.fromArray(S, m, at);
                for (int group = 1; group < groups; group++) {
                    at += stride;
                    sum = sum.add(FloatVector.fromArray(S, m, at));
                }
                sum.intoArray(m, layout.smallGradient + i);
            }
        }
    }
}
