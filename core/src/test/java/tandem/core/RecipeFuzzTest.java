package tandem.core;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Recipes of any bytes. What is read is written the same way again. */
final class RecipeFuzzTest {
    private static final String NAME = "recipe.json";

    @TempDir
    static Path folder;

    @FuzzTest(maxDuration = "10m")
    void recipe(byte[] bytes) throws IOException {
        Path file = folder.resolve(NAME);
        Files.write(file, bytes);
        Hostile.read(NAME, 64L * bytes.length, () -> {
            Recipe recipe = Recipe.read(file);
            if (recipe.network().parameterCount() < 1
                    || !Json.parse(recipe.toJson(), Recipe.class).equals(recipe)) {
                throw new IllegalStateException(recipe.toJson());
            }
        });
    }
}
