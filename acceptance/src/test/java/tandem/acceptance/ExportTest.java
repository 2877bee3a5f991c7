package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files for other programs, by the public command; what is in them is tested where their readers are. */
final class ExportTest {
    /** Bytes of the parameters: no file that holds them all is smaller. */
    private static final long PARAMETERS = 4 * 1_199_882;

    @TempDir
    static Path folder;

    @BeforeAll
    static void prepare() throws Exception {
        Path run = Runs.copy(Runs.comparison().path(), folder.resolve("run"));
        Files.copy(run.resolve("java/model.safetensors"), folder.resolve("model.safetensors"));
    }

    private static Tandem export(String... arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of("export"));
        words.addAll(List.of(arguments));
        return Tandem.run(folder, words.toArray(String[]::new));
    }

    private static void refused(int exitCode, String sentence, String... arguments) throws Exception {
        Tandem tandem = export(arguments);
        assertEquals(exitCode, tandem.exitCode(), tandem.err());
        assertTrue(tandem.err().startsWith("tandem: ") && tandem.err().contains(sentence), tandem.err());
        assertFalse(tandem.err().contains("\tat "), tandem.err());
    }

    @Test
    void onnxIsWrittenAndReplaced() throws Exception {
        Files.writeString(folder.resolve("model.onnx"), "an older one");
        Tandem first = export("model.safetensors", "--onnx", "model.onnx");
        assertEquals(0, first.exitCode(), first.err());
        assertEquals("model.onnx\n", first.out());
        assertEquals("", first.err());
        byte[] plain = Files.readAllBytes(folder.resolve("model.onnx"));
        assertTrue(plain.length > PARAMETERS, plain.length + " bytes");

        assertEquals(0, export("model.safetensors", "--onnx", "again.onnx").exitCode());
        assertArrayEquals(plain, Files.readAllBytes(folder.resolve("again.onnx")), "equal models give equal bytes");

        assertEquals(
                0,
                export("model.safetensors", "--onnx", "raw/raw.onnx", "--raw-pixels")
                        .exitCode());
        assertTrue(Files.size(folder.resolve("raw/raw.onnx")) > plain.length, "it has more nodes");
    }

    @Test
    void savedModelIsWrittenByTheTensorflowEngine() throws Exception {
        Tandem tandem = export("model.safetensors", "--saved-model", "saved");
        assertEquals(0, tandem.exitCode(), tandem.err());
        assertEquals("saved\n", tandem.out());
        try (Stream<Path> files = Files.list(folder.resolve("saved"))) {
            assertEquals(List.of(folder.resolve("saved/saved_model.pb")), files.toList());
        }
        assertTrue(Files.size(folder.resolve("saved/saved_model.pb")) > PARAMETERS);
        assertEquals(0, export("model.safetensors", "--saved-model", "saved").exitCode(), "it is replaced");

        Files.createDirectories(folder.resolve("other/variables"));
        refused(1, "other: holds other files, such as variables", "model.safetensors", "--saved-model", "other");
        refused(1, "model.safetensors: is not a folder", "model.safetensors", "--saved-model", "model.safetensors");
    }

    @Test
    void whatCannotBeExportedIsASentence() throws Exception {
        Files.writeString(folder.resolve("text.safetensors"), "this is no model at all");
        refused(1, "text.safetensors: not a safetensors file", "text.safetensors", "--onnx", "x.onnx");
        refused(1, "absent.safetensors: there is no such file", "absent.safetensors", "--onnx", "x.onnx");
        refused(1, "holds no tensor conv1.weight", "run/java/predictions.safetensors", "--onnx", "x.onnx");
        refused(1, "model.safetensors: is the model itself", "model.safetensors", "--onnx", "model.safetensors");
        refused(1, "run: is a folder; name a file", "model.safetensors", "--onnx", "run");
        refused(1, "dataset 'digits' is neither", "model.safetensors", "--onnx", "x.onnx", "--dataset", "digits");
        refused(2, "no format is named; give --onnx or --saved-model", "model.safetensors");
        assertFalse(Files.exists(folder.resolve("x.onnx")));
    }
}
