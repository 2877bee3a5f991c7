package tandem.lab.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;
import tandem.core.Recipe;
import tandem.lab.engines.EngineName;

/** An engine goes on from its own checkpoint, from a named one, or from the only one. */
final class ResumptionTest {
    private static final EngineName JAVA = new EngineName("java");

    @TempDir
    Path run;

    @BeforeEach
    void aRun() throws IOException {
        Files.writeString(run.resolve("recipe.json"), Recipe.HARMONIZED.toJson());
        Files.createDirectory(run.resolve("tensorflow"));
    }

    private Path checkpoint(String engine) throws IOException {
        Path checkpoint = Files.createDirectories(run.resolve(engine).resolve("checkpoint"));
        Files.createFile(checkpoint.resolve("position-7.json"));
        return checkpoint;
    }

    private Resumption of(Path folder) {
        return Resumption.of(folder, JAVA, _ -> false);
    }

    private String failure(Path folder) {
        return assertThrows(Failure.class, () -> of(folder)).getMessage();
    }

    @Test
    void fromItsOwnCheckpointThoughThereAreOthers() throws IOException {
        checkpoint("djl");
        checkpoint("java");
        assertEquals(new Resumption(run, null), of(run));
        assertEquals(new Resumption(run, null), of(run.resolve("java")));
    }

    @Test
    void fromAnotherEnginesFolderIfThatIsNamed() throws IOException {
        checkpoint("java");
        Path other = checkpoint("djl");
        assertEquals(new Resumption(run, other), of(run.resolve("java/../djl")));
    }

    @Test
    void fromTheOnlyCheckpointOrFromTheBeginning() throws IOException {
        assertEquals(new Resumption(run, null), of(run));
        Path only = checkpoint("djl");
        assertEquals(new Resumption(run, only), of(run));
        assertEquals(new Resumption(run, null), Resumption.of(run, JAVA, _ -> true), "its run was to train it itself");
        checkpoint("pytorch");
        assertEquals(
                "%s: holds no checkpoint of java but several of others; name one of --resume %s, --resume %s"
                        .formatted(run, run.resolve("djl"), run.resolve("pytorch")),
                failure(run));
    }

    @Test
    void aFolderThatIsNoRunIsRefused() {
        String end = ": holds no run (no recipe.json); give the folder that a command printed last";
        Path folder = run.resolve("tensorflow");
        assertEquals(folder + end, failure(folder));
        assertEquals("/" + end, failure(Path.of("/")));
    }
}
