package tandem.engine.java;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.core.Loss;

final class LossGradientTest {
    /** The loss by the core's definition, the gradient by central differences of that definition. */
    @ParameterizedTest
    @EnumSource(Loss.class)
    void lossAndGradientAreTheDefinitions(Loss loss) {
        float[] logits = {9, 0.5f, -1.25f, 2, 0.75f};
        float[] gradient = new float[4];
        double value = new LossGradient(loss, 4).of(logits, 1, 2, 3, gradient);
        assertEquals(loss.of(logits, 1, 4, 2), value, 1e-12);
        for (int k = 0; k < 4; k++) {
            float h = 1f / 256;
            float[] up = logits.clone();
            up[1 + k] += h;
            float[] down = logits.clone();
            down[1 + k] -= h;
            double difference = (loss.of(up, 1, 4, 2) - loss.of(down, 1, 4, 2)) / (2 * h);
            assertEquals(difference / 3, gradient[k], 1e-5, "logit " + k);
        }
    }
}
