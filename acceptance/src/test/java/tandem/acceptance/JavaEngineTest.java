package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only the java engine promises, through the public command. */
final class JavaEngineTest {
    @TempDir
    Path folder;

    private Tandem train(String out, String... more) throws Exception {
        List<String> words =
                new ArrayList<>(List.of("train", "java", "--train-limit", "320", "--test-limit", "200", "--out", out));
        words.addAll(List.of(more));
        return Tandem.run(folder, words.toArray(String[]::new));
    }

    private byte[] model(String run) throws Exception {
        return Files.readAllBytes(folder.resolve(run).resolve("java/model.safetensors"));
    }

    @Test
    void theSameRunGivesTheSameBitsWithAnyNumberOfThreads() throws Exception {
        for (int threads : List.of(1, 3)) {
            Tandem tandem = train("run" + threads, "--threads", String.valueOf(threads));
            assertEquals(0, tandem.exitCode(), tandem.err());
        }
        assertEquals(0, train("usual").exitCode());
        for (String run : List.of("run3", "usual")) {
            assertArrayEquals(model("run1"), model(run), run);
        }
    }

    @Test
    void vectorsMayBeNarrowerOrAbsent() throws Exception {
        Tandem narrow = train("narrow", "--vector-bits", "128");
        assertEquals(0, narrow.exitCode(), narrow.err());
        assertTrue(narrow.out().contains("(128-bit vectors)"), narrow.out());
        Tandem plain = train("plain", "--vector-bits", "0");
        assertEquals(0, plain.exitCode(), plain.err());
        assertTrue(plain.out().contains("(plain Java)"), plain.out());
    }

    @Test
    void whatIsNoWidthIsRefused() throws Exception {
        Tandem odd = train("odd", "--vector-bits", "300");
        assertEquals(2, odd.exitCode());
        assertTrue(odd.err().contains("--vector-bits"), odd.err());
    }

    @Test
    void plainJavaHasNoVariants() throws Exception {
        Tandem tandem =
                Tandem.run(folder, "compare", "--engines", "java:no-shortcut", "--vector-bits", "0", "--out", "run");
        assertEquals(1, tandem.exitCode());
        assertTrue(
                (tandem.out() + tandem.err())
                        .contains("java (no shortcut) is a variant of the engine on vectors, and this is plain Java"),
                tandem.out() + tandem.err());
    }
}
