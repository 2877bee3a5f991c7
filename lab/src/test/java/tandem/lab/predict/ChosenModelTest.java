package tandem.lab.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Model;
import tandem.core.Recipe;
import tandem.core.data.Normalisation;
import tandem.core.model.ModelFile;
import tandem.core.random.InitialParameters;
import tandem.lab.engines.EngineName;

/** By which models engines answer, as a note says it. */
final class ChosenModelTest {
    private static final EngineName JAVA = new EngineName("java");
    private static final EngineName PYTORCH = new EngineName("pytorch");

    @TempDir
    private Path run;

    @Test
    void enginesWithoutAModelAreSaidToAnswerByTheFirst() {
        Path file = run.resolve("java/model.safetensors");
        SequencedMap<EngineName, Path> own = new LinkedHashMap<>();
        own.put(JAVA, file);
        own.put(PYTORCH, run.resolve("pytorch/model.safetensors"));
        ChosenModel model = chosen(file, own);
        EngineName djl = new EngineName("djl");
        assertEquals(file, model.of(djl));
        String each = "the 2 models of the run " + run + ", each engine by its own";
        assertEquals(each, model.words(List.of(PYTORCH)));
        assertEquals(each + ", the others by that of java", model.words(List.of(JAVA, PYTORCH, djl)));
        assertEquals(file.toString(), chosen(file, new LinkedHashMap<>()).words(List.of(JAVA, djl)));
    }

    private static ChosenModel chosen(Path file, SequencedMap<EngineName, Path> own) {
        Recipe recipe = Recipe.HARMONIZED;
        Normalisation normalisation = new Normalisation(0.1307, 0.3081);
        Model model = new Model(recipe.network(), InitialParameters.of(recipe));
        ModelFile read = new ModelFile(model, normalisation, false, List.of(), null, null, List.of());
        return new ChosenModel(read, file, own, normalisation);
    }
}
