package tandem.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Recipes as JSON: strict, every field named, none unknown. */
final class RecipeJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private RecipeJson() {}

    static String write(Recipe recipe) {
        return MAPPER.writeValueAsString(recipe) + "\n";
    }

    static Recipe read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new Failure("recipe %s: cannot be read (%s)".formatted(file, e.getMessage()), e);
        }
        try {
            return MAPPER.readValue(text, Recipe.class);
        } catch (JacksonException e) {
            throw new Failure(
                    "recipe %s: %s; 'tandem train --help' names the presets to start from, and every run directory holds a recipe.json"
                            .formatted(file, reason(e)),
                    e);
        }
    }

    private static String reason(JacksonException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof Failure failure) {
                return failure.getMessage();
            }
        }
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "field '%s' is unknown; valid are %s"
                    .formatted(unknown.getPropertyName(), unknown.getKnownPropertyIds());
        }
        String where = e instanceof DatabindException && !e.getPath().isEmpty()
                ? "field '%s': "
                        .formatted(
                                Objects.requireNonNullElse(e.getPath().getLast().getPropertyName(), "?"))
                : "";
        String line = e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
        // The parser names the place of an opening bracket too, but not in terms of this file.
        return where + e.getOriginalMessage().replaceAll(" \\(start marker at .*\\)", "") + line;
    }

    static Recipe with(Recipe recipe, Map<String, ?> changes) {
        ObjectNode node = MAPPER.valueToTree(recipe);
        changes.forEach((field, value) -> node.set(field, MAPPER.valueToTree(value)));
        try {
            return MAPPER.treeToValue(node, Recipe.class);
        } catch (JacksonException e) {
            throw new Failure(reason(e), e);
        }
    }
}
