package tandem.lab.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import tandem.core.Loss;
import tandem.core.Recipe;

/** The six choices are all that the published recipes differ in. */
final class ChoiceTest {
    private static final Recipe PYTORCH = Recipe.PRESETS.get("published-pytorch");
    private static final Recipe TENSORFLOW = Recipe.PRESETS.get("published-tensorflow");

    @Test
    void allSixTogetherTurnOneRecipeIntoTheOther() {
        Recipe there = PYTORCH;
        Recipe back = TENSORFLOW;
        for (Choice choice : Choice.values()) {
            assertNotEquals(choice.of(PYTORCH), choice.of(TENSORFLOW), choice.toString());
            assertNotEquals(there, choice.swap(there, TENSORFLOW));
            there = choice.swap(there, TENSORFLOW);
            back = choice.swap(back, PYTORCH);
        }
        assertEquals(TENSORFLOW, there);
        assertEquals(PYTORCH, back);
    }

    @Test
    void oneChoiceChangesNothingElse() {
        assertEquals(PYTORCH.with(Map.of("loss", Loss.CROSS_ENTROPY)), Choice.LOSS.swap(PYTORCH, TENSORFLOW));
        assertEquals(TENSORFLOW.with(Map.of("rho", 0.9, "epsilon", 1e-6)), Choice.ADADELTA.swap(TENSORFLOW, PYTORCH));
    }
}
