package tandem.worker.protocol;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;
import tandem.core.Hostile;
import tandem.core.Json;
import tandem.core.Network;
import tools.jackson.core.JacksonException;

/** Lines that a worker sends, lines that a worker is sent, and checkpoints, of any bytes. */
final class MessagesFuzzTest {
    private static final Network SMALL = new Network(6, 6, 2, 1, 1, 1, 0, 0);

    @TempDir
    static Path folder;

    /** What is read is written and read again as the same. */
    private static void line(byte[] bytes, Class<?> type) {
        String line = new String(bytes, StandardCharsets.UTF_8);
        Hostile.read("line", 64L * bytes.length, () -> {
            try {
                String written = Json.line(Json.parse(line, type));
                if (!Json.line(Json.parse(written, type)).equals(written)) {
                    throw new IllegalStateException(written);
                }
            } catch (JacksonException e) {
                throw new Failure("line: " + e.getMessage());
            }
        });
    }

    @FuzzTest(maxDuration = "10m")
    void event(byte[] line) {
        line(line, Event.class);
    }

    @FuzzTest(maxDuration = "10m")
    void request(byte[] line) {
        line(line, Request.class);
    }

    /** A position of any bytes, with the tensors of its step beside it. */
    @FuzzTest(maxDuration = "10m")
    void checkpoint(byte[] position) throws Exception {
        Files.write(folder.resolve("position.json"), position);
        Hostile.read(folder.toString(), 64L * position.length, () -> {
            Checkpoint.find(folder);
            Checkpoint.read(folder.resolve("position.json"), SMALL);
        });
    }
}
