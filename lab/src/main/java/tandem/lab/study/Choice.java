package tandem.lab.study;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import tandem.core.Recipe;

/** The six choices in which the published notebooks differ. */
public enum Choice {
    /** One softmax or two. */
    LOSS("loss", recipe -> Map.of("loss", recipe.loss())),
    /** Learning rate by epochs, or by batches. */
    SCHEDULE("schedule", recipe -> Map.of("schedule", recipe.schedule())),
    /** Adadelta's constants. */
    ADADELTA("rho and epsilon", recipe -> inOrder("rho", recipe.rho(), "epsilon", recipe.epsilon())),
    /** Distribution of initial weights. */
    WEIGHTS("initial weights", recipe -> Map.of("weightInitialiser", recipe.weightInitialiser())),
    /** Distribution of initial biases. */
    BIASES("initial biases", recipe -> Map.of("biasInitialiser", recipe.biasInitialiser())),
    /** A new order every epoch, or file order. */
    SHUFFLING("shuffling", recipe -> Map.of("shuffle", recipe.shuffle()));

    private final String title;
    private final Function<Recipe, Map<String, Object>> fields;

    Choice(String title, Function<Recipe, Map<String, Object>> fields) {
        this.title = title;
        this.fields = fields;
    }

    /** Two fields in the order of a recipe's file, in every JVM. */
    private static Map<String, Object> inOrder(String first, Object its, String second, Object others) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(first, its);
        fields.put(second, others);
        return fields;
    }

    /** A recipe's values of this choice, by field. */
    public Map<String, Object> of(Recipe recipe) {
        return fields.apply(recipe);
    }

    /** A recipe with this choice as another one makes it. */
    public Recipe swap(Recipe recipe, Recipe other) {
        return recipe.with(of(other));
    }

    /** The name in tables and JSON. */
    @JsonValue
    @Override
    public String toString() {
        return title;
    }
}
