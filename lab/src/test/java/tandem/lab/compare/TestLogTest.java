package tandem.lab.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;
import tandem.worker.protocol.Event.Tested;

/** What is kept of the tests of an engine that learns, also if it goes on from an earlier step. */
final class TestLogTest {
    @TempDir
    Path folder;

    @Test
    void aRunThatGoesOnKeepsWhatWasBefore() throws IOException {
        TestLog.add(folder, 0, List.of());
        assertFalse(Files.exists(folder.resolve("tests.jsonl")), "no test, no file");
        TestLog.add(folder, 0, List.of(new Tested(100, 0.5, 1000), new Tested(200, 0.75, 1000)));
        assertEquals(
                "{\"event\":\"tested\",\"step\":100,\"testAccuracy\":0.5,\"images\":1000}\n"
                        + "{\"event\":\"tested\",\"step\":200,\"testAccuracy\":0.75,\"images\":1000}\n",
                Files.readString(folder.resolve("tests.jsonl")));
        // From step 150 on, steps were taken again.
        TestLog.add(folder, 150, List.of(new Tested(300, 0.9, 1000)));
        assertEquals(List.of(new Tested(100, 0.5, 1000), new Tested(300, 0.9, 1000)), TestLog.read(folder));
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        Files.writeString(folder.resolve("tests.jsonl"), "{\"event\":\"tested\",\"step\":0}\n");
        String message = assertThrows(Failure.class, () -> TestLog.read(folder)).getMessage();
        assertTrue(message.contains("tests.jsonl: ") && message.endsWith("; delete the file"), message);
    }
}
