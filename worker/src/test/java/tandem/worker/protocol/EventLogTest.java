package tandem.worker.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.worker.protocol.Checkpoint.Position;

final class EventLogTest {
    private static final Event.Step STEP_0 = new Event.Step(1, 0, 2.25, 1, 3.5);
    private static final Event.Step STEP_1 = new Event.Step(1, 1, 2.125, 1, 3.25);
    private static final Event.Epoch EPOCH_1 = new Event.Epoch(1, 2.2, 2.0, 0.25, 1.5, 100);
    private static final Event.Step STEP_2 = new Event.Step(2, 2, 2.0, 0.7, 3.125);
    private static final Event.Step STEP_3 = new Event.Step(2, 3, 1.5, 0.7, 3.125);
    private static final Event.Epoch EPOCH_2 = new Event.Epoch(2, 1.9, 1.8, 0.5, 1.25, 120);
    private static final List<Event> ALL = List.of(STEP_0, STEP_1, EPOCH_1, STEP_2, STEP_3, EPOCH_2);

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("events.jsonl");
    }

    private void writeAll() {
        try (EventLog log = EventLog.open(folder, EventLog.empty())) {
            ALL.forEach(log::add);
        }
    }

    private static Position position(long step, int epochs) {
        return new Position(step, epochs, 0, 0, 0, new Identity("", "", ""));
    }

    @Test
    void eventsAreReadAsTheyWereWritten() throws IOException {
        assertEquals(EventLog.empty(), EventLog.read(folder));
        writeAll();
        assertEquals(
                new EventLog.Content(List.of(STEP_0, STEP_1, STEP_2, STEP_3), List.of(EPOCH_1, EPOCH_2), List.of()),
                EventLog.read(folder));
        assertEquals(
                "{\"event\":\"step\",\"epoch\":1,\"step\":0,\"loss\":2.25,\"learningRate\":1.0,\"millis\":3.5}",
                Files.readAllLines(file()).getFirst());
    }

    /** Nothing waits in this process, which may be killed at any time. */
    @Test
    void everyEventIsInTheFileAtOnce() {
        try (EventLog log = EventLog.open(folder, EventLog.empty())) {
            log.add(STEP_0);
            assertEquals(List.of(STEP_0), EventLog.read(folder).steps());
            log.add(STEP_1);
            assertEquals(List.of(STEP_0, STEP_1), EventLog.read(folder).steps());
            log.force();
        }
    }

    @Test
    void aRunGoesOnFromTheEventsBeforeItsCheckpoint() throws IOException {
        writeAll();
        EventLog.Content all = EventLog.read(folder);
        assertEquals(new EventLog.Content(List.of(STEP_0), List.of(), List.of()), all.before(position(1, 0)));
        // Before and after the evaluation of the first epoch.
        assertEquals(new EventLog.Content(List.of(STEP_0, STEP_1), List.of(), List.of()), all.before(position(2, 0)));
        EventLog.Content kept = all.before(position(3, 1));
        assertEquals(new EventLog.Content(List.of(STEP_0, STEP_1, STEP_2), List.of(EPOCH_1), List.of()), kept);
        EventLog.open(folder, kept).close();
        List<String> lines = List.of(STEP_0, STEP_1, EPOCH_1, STEP_2).stream()
                .map(Json::line)
                .toList();
        assertEquals(lines, Files.readAllLines(file()), "in the order in which they were written");
        EventLog.open(folder, all).close();
        assertEquals(ALL.stream().map(Json::line).toList(), Files.readAllLines(file()));
    }

    /** As a lab leaves it that is killed in the middle of a line. */
    @Test
    void aLastLineThatIsCutOffIsPassedOver() throws IOException {
        writeAll();
        byte[] whole = Files.readAllBytes(file());
        int last = Json.line(EPOCH_2).length();
        for (int cut = 1; cut <= last; cut++) {
            Files.write(file(), java.util.Arrays.copyOf(whole, whole.length - 1 - cut));
            EventLog.Content read = EventLog.read(folder);
            assertEquals(List.of(STEP_0, STEP_1, STEP_2, STEP_3), read.steps());
            assertEquals(List.of(EPOCH_1), read.epochs());
            assertEquals(List.of("epoch 2"), read.before(position(4, 2)).lacks());
            assertEquals(List.of(), read.before(position(4, 1)).lacks());
        }
    }

    @Test
    void whatIsLackingIsSaid() throws IOException {
        List<String> lines = new ArrayList<>(ALL.stream().map(Json::line).toList());
        lines.set(1, "\u0000\u0000");
        lines.set(2, lines.get(2).replace("trainLoss", "trainLess"));
        Files.write(file(), lines);
        assertEquals(List.of("step 1", "epoch 1"), EventLog.read(folder).lacks());
        Files.write(file(), lines.subList(4, 6));
        assertEquals(List.of("steps 0 to 2", "epoch 1"), EventLog.read(folder).lacks());
        assertEquals(
                List.of("steps 0 to 2", "steps 4 to 9", "epochs 1 to 5"),
                new EventLog.Content(List.of(STEP_3), List.of(), List.of())
                        .before(position(10, 5))
                        .lacks());
        Files.delete(file());
        assertEquals(
                List.of("steps 0 to 3", "epochs 1 to 2"),
                EventLog.read(folder).before(position(4, 2)).lacks());
    }

    /** A line that was written twice, or of a time line that is gone, counts once. */
    @Test
    void whatGoesBackIsPassedOver() throws IOException {
        writeAll();
        Files.writeString(file(), Json.line(STEP_2) + "\n" + Json.line(EPOCH_1) + "\n", StandardOpenOption.APPEND);
        assertEquals(
                List.of(STEP_0, STEP_1, STEP_2, STEP_3), EventLog.read(folder).steps());
        assertEquals(List.of(EPOCH_1, EPOCH_2), EventLog.read(folder).epochs());
    }

    @Test
    void aDiskWithoutRoomIsReported() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "the system has no file that is always full");
        try (EventLog log = EventLog.open(folder, EventLog.empty())) {
            log.add(STEP_0);
        }
        EventLog.Content before = EventLog.read(folder);
        Path closed = folder.resolve("closed");
        EventLog gone = EventLog.open(closed, EventLog.empty());
        gone.close();
        String message = assertThrows(Failure.class, () -> gone.add(STEP_0)).getMessage();
        assertTrue(message.startsWith(closed.resolve("events.jsonl") + ": cannot be written ("), message);
        assertEquals(before, EventLog.read(folder));
    }
}
