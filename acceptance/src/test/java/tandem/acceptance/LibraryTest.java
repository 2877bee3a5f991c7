package tandem.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The program in the README, as printed there. */
final class LibraryTest {
    private static final Path ROOT = Tandem.LAUNCHER.getParent();
    private static final Pattern PROGRAM = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern COMMAND =
            Pattern.compile("```\\njava (--add-modules \\S+) -cp '(\\S+)' Mnist\\.java\\n```");

    @TempDir
    Path folder;

    @Test
    void theProgramInTheReadmeTrainsTheSameNetworkAsTheCommand() throws Exception {
        String readme = Files.readString(ROOT.resolve("README.md"));
        Matcher program = PROGRAM.matcher(readme);
        Matcher command = COMMAND.matcher(readme);
        assertTrue(program.find() && command.find(), "README.md has lost the program");
        Files.writeString(folder.resolve("Mnist.java"), program.group(1));
        String classPath = command.group(2).replace("target/", ROOT.resolve("target") + "/");
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        command.group(1).split(" ")[0],
                        command.group(1).split(" ")[1],
                        "-cp",
                        classPath,
                        "Mnist.java")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertTrue(process.waitFor(120, TimeUnit.SECONDS));
        String printed = Files.readString(out);
        assertEquals(0, process.exitValue(), printed);

        Runs.Run trained = Runs.epoch();
        JsonNode result = trained.json("comparison.json").get("engines").get(0);
        String expected = String.format(
                Locale.ROOT,
                "test accuracy %.2f%%, image 0 is a 7",
                100 * result.get("testAccuracy").asDouble());
        assertTrue(printed.contains(expected), printed);
        assertArrayEquals(
                tensors(trained.path().resolve("java/model.safetensors")),
                tensors(folder.resolve("model.safetensors")));
    }

    /** The values in a file, without what it says of its training. */
    private static byte[] tensors(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        return Arrays.copyOfRange(bytes.array(), (int) (Long.BYTES + bytes.getLong()), bytes.capacity());
    }
}
