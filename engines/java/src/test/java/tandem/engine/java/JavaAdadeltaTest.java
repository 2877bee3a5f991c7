package tandem.engine.java;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tandem.core.Network;
import tandem.core.Recipe;

final class JavaAdadeltaTest {
    private Layout layout;
    private float[] memory;
    private JavaAdadelta adadelta;

    @BeforeEach
    void create() {
        Recipe recipe = Recipe.PRESETS
                .get("harmonized")
                .with(Map.of("network", new Network(8, 8, 2, 1, 1, 1, 0, 0), "rho", 0.5, "epsilon", 0.25));
        layout = Stages.layout(recipe.network(), 1, true, 1);
        memory = new float[layout.floats];
        adadelta = Stages.adadelta(layout, memory, recipe);
    }

    /**
     * By hand, rho 1/2, epsilon 1/4, g = 2, s = 4, d = 1: s' = 2 + 2 = 4; change = sqrt((1 + 1/4) / (4 + 1/4)) 2 =
     * 1.084652; d' = 1/2 + 1/2 1.084652^2 = 1.088235; with learning rate 1/2 the parameter falls by 0.542326.
     */
    @Test
    void oneUpdateByHand() {
        memory[layout.smallGradient] = 2;
        memory[layout.smallSquare] = 4;
        memory[layout.smallDelta] = 1;
        memory[layout.small] = 3;
        update();
        assertEquals(4, memory[layout.smallSquare]);
        assertEquals(1.088235, memory[layout.smallDelta], 1e-6);
        assertEquals(3 - 0.542326, memory[layout.small], 1e-6);
    }

    private void update() {
        adadelta.update(layout.smallGradient, layout.small, layout.smallSquare, layout.smallDelta, layout.lanes, 0.5f);
    }

    /** Each update with gradient 0 multiplies both by rho and leaves the parameter; decay must not differ in a bit. */
    @Test
    void decayIsWhatUpdatesWithoutGradientDo() {
        float[] expected = new float[2 * layout.lanes];
        for (int i = 0; i < layout.lanes; i++) {
            memory[layout.smallSquare + i] = (i + 1) / 3f;
            memory[layout.smallDelta + i] = (i + 1) * 1e-37f;
            memory[layout.small + i] = i;
        }
        float[] before = memory.clone();
        for (int n = 0; n < 7; n++) {
            update();
        }
        System.arraycopy(memory, layout.smallSquare, expected, 0, layout.lanes);
        System.arraycopy(memory, layout.smallDelta, expected, layout.lanes, layout.lanes);
        for (int i = 0; i < layout.lanes; i++) {
            assertEquals(i, memory[layout.small + i]);
        }
        System.arraycopy(before, 0, memory, 0, memory.length);
        adadelta.decay(layout.smallSquare, layout.smallDelta, layout.lanes, 3);
        adadelta.decay(layout.smallSquare, layout.smallDelta, layout.lanes, 4);
        for (int i = 0; i < layout.lanes; i++) {
            assertEquals(expected[i], memory[layout.smallSquare + i]);
            assertEquals(expected[layout.lanes + i], memory[layout.smallDelta + i]);
        }
    }

    /** 2^-126 is the smallest normal number; half of it would be a denormal one. */
    @Test
    void accumulatorsThatAreNoNormalNumbersAreZero() {
        memory[layout.smallSquare] = Float.MIN_NORMAL;
        memory[layout.smallSquare + 1] = 2 * Float.MIN_NORMAL;
        memory[layout.smallDelta] = Float.MIN_NORMAL;
        update();
        assertEquals(0, memory[layout.smallSquare]);
        assertEquals(Float.MIN_NORMAL, memory[layout.smallSquare + 1]);
        assertEquals(0, memory[layout.smallDelta]);
        memory[layout.smallSquare] = 3 * Float.MIN_NORMAL;
        adadelta.decay(layout.smallSquare, layout.smallDelta, layout.lanes, 1);
        assertEquals(1.5f * Float.MIN_NORMAL, memory[layout.smallSquare]);
        adadelta.decay(layout.smallSquare, layout.smallDelta, layout.lanes, 1000);
        assertEquals(0, memory[layout.smallSquare]);
    }
}
