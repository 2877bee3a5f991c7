package tandem.core;

import java.nio.file.Path;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** Recipes as JSON: every field named, none unknown. */
final class RecipeJson {
    private RecipeJson() {}

    static String write(Recipe recipe) {
        return Json.indented(recipe) + "\n";
    }

    static Recipe read(Path file) {
        String text;
        try {
            text = Json.text(file);
        } catch (Failure e) {
            throw new Failure("recipe " + e.getMessage(), e);
        }
        try {
            return Json.parse(text, Recipe.class);
        } catch (JacksonException e) {
            throw new Failure(
                    "recipe %s: %s; 'tandem train --help' names the presets to start from, and every run directory holds a recipe.json"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    static Recipe with(Recipe recipe, Map<String, ?> changes) {
        ObjectNode node = Json.MAPPER.valueToTree(recipe);
        changes.forEach((field, value) -> node.set(field, Json.MAPPER.valueToTree(value)));
        try {
            return Json.MAPPER.treeToValue(node, Recipe.class);
        } catch (JacksonException e) {
            throw new Failure(Json.reason(e), e);
        }
    }
}
