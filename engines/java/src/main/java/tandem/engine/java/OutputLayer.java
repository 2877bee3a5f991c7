package tandem.engine.java;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What is left behind the hidden layer's sums: its ReLU and dropout, and fc2.
 *
 * <pre>
 * hidden[j]    = scale z[j] where z[j] > 0 and dropout keeps j, else 0
 * logits[k]    = bias[k] + sum over j of weight[k][j] hidden[j]
 *
 * dz[j]        = scale sum over k of weight[k][j] dLogits[k]        where hidden[j] is not 0, else 0
 * dWeight[k][j] += dLogits[k] hidden[j]
 * dBias[k]     += dLogits[k]
 * dBias1[j]    += dz[j]                                             the gradient of fc1's bias
 * </pre>
 */
interface OutputLayer {

    /**
     * Computes hidden units and logits of an image.
     *
     * @param keep the mask of dropout2
     * @param keepAt index of the image's first word in the mask
     * @param scale what a kept unit is multiplied by
     * @param logits receives [classes] at {@code logitsAt}
     */
    void forward(int image, long[] keep, int keepAt, float scale, float[] logits, int logitsAt);

    /**
     * Computes the gradient of the hidden layer's sums of an image, and adds to those of fc2 and of fc1's bias.
     *
     * @param dLogits gradient of the logits: [classes]
     * @param partial index of the small gradients to add to
     */
    void backward(int image, float[] dLogits, float scale, int partial);

    /** As the definition says. */
    record Plain(Layout layout, float[] memory) implements OutputLayer {
        @Override
        public void forward(int image, long[] keep, int keepAt, float scale, float[] logits, int logitsAt) {
            int hidden = layout.hidden(image);
            for (int j = 0; j < layout.hiddenPadded; j++) {
                float z = memory[layout.preactivation(image) + j];
                boolean kept = (keep[keepAt + j / Layout.WORD] >>> j & 1) != 0;
                memory[hidden + j] = !(z <= 0) && kept ? scale * z : 0;
            }
            for (int k = 0; k < layout.classes; k++) {
                int weights = layout.small + layout.fc2Weight + k * layout.hiddenPadded;
                float sum = 0;
                for (int j = 0; j < layout.hiddenPadded; j++) {
                    sum += memory[weights + j] * memory[hidden + j];
                }
                logits[logitsAt + k] = sum + memory[layout.small + layout.fc2Bias + k];
            }
        }

        @Override
        public void backward(int image, float[] dLogits, float scale, int partial) {
            int hidden = layout.hidden(image);
            for (int k = 0; k < layout.classes; k++) {
                memory[partial + layout.fc2Bias + k] += dLogits[k];
            }
            for (int j = 0; j < layout.hiddenPadded; j++) {
                float sum = 0;
                for (int k = 0; k < layout.classes; k++) {
                    int at = layout.fc2Weight + k * layout.hiddenPadded + j;
                    sum += memory[layout.small + at] * dLogits[k];
                    memory[partial + at] += dLogits[k] * memory[hidden + j];
                }
                float d = memory[hidden + j] == 0 ? 0 : scale * sum;
                memory[layout.hiddenGradient(image) + j] = d;
                memory[partial + layout.fc1Bias + j] += d;
            }
        }
    }

    /** On vectors of hidden units. */
    record Vectors(Layout layout, float[] memory) implements OutputLayer {
        private static final VectorSpecies<Float> S = Lanes.SPECIES;
        private static final int L = Lanes.COUNT;

        @Override
        public void forward(int image, long[] keep, int keepAt, float scale, float[] logits, int logitsAt) {
            float[] m = memory;
            int hidden = layout.hidden(image);
            int preactivation = layout.preactivation(image);
            for (int j = 0; j < layout.hiddenPadded; j += L) {
                FloatVector z = FloatVector.fromArray(S, m, preactivation + j);
                long dead = z.compare(VectorOperators.LE, 0).toLong();
                VectorMask<Float> on = VectorMask.fromLong(S, ~dead & keep[keepAt + j / Layout.WORD] >>> j);
                FloatVector.zero(S).blend(z.mul(scale), on).intoArray(m, hidden + j);
            }
            for (int k = 0; k < layout.classes; k++) {
                int weights = layout.small + layout.fc2Weight + k * layout.hiddenPadded;
                FloatVector sum = FloatVector.zero(S);
                for (int j = 0; j < layout.hiddenPadded; j += L) {
                    sum = FloatVector.fromArray(S, m, hidden + j).fma(FloatVector.fromArray(S, m, weights + j), sum);
                }
                logits[logitsAt + k] = Lanes.sum(sum) + m[layout.small + layout.fc2Bias + k];
            }
        }

        @Override
        public void backward(int image, float[] dLogits, float scale, int partial) {
            float[] m = memory;
            int hidden = layout.hidden(image);
            int gradient = layout.hiddenGradient(image);
            for (int k = 0; k < layout.classes; k++) {
                m[partial + layout.fc2Bias + k] += dLogits[k];
            }
            for (int j = 0; j < layout.hiddenPadded; j += L) {
                FloatVector h = FloatVector.fromArray(S, m, hidden + j);
                FloatVector sum = FloatVector.zero(S);
                for (int k = 0; k < layout.classes; k++) {
                    int at = layout.fc2Weight + k * layout.hiddenPadded + j;
                    FloatVector d = FloatVector.broadcast(S, dLogits[k]);
                    sum = FloatVector.fromArray(S, m, layout.small + at).fma(d, sum);
                    h.fma(d, FloatVector.fromArray(S, m, partial + at)).intoArray(m, partial + at);
                }
                VectorMask<Float> on = h.compare(VectorOperators.NE, 0);
                FloatVector d = FloatVector.zero(S).blend(sum.mul(scale), on);
                d.intoArray(m, gradient + j);
                int bias = partial + layout.fc1Bias + j;
                FloatVector.fromArray(S, m, bias).add(d).intoArray(m, bias);
            }
        }
    }
}
