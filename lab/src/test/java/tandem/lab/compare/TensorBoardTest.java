package tandem.lab.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.core.engine.Library;
import tandem.lab.progress.Progress;
import tandem.lab.run.RunDirectory;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Identity;

/**
 * The files are read as TensorFlow's documents describe them (tfrecord, event.proto, summary.proto), by a reader that
 * shares nothing with the writer: the checksum is computed bit by bit.
 */
final class TensorBoardTest {
    private static final Identity IDENTITY = new Identity("recipe", "images", "parameters");

    @TempDir
    Path folder;

    private long millis = 1_795_687_389_250L;

    @Test
    void theReadersChecksumIsCastagnolis() {
        // RFC 3720, appendix B.4: 32 bytes of zeros; and the check value of CRC-32C.
        assertEquals(0x8a9136aa, crc(new byte[32]));
        assertEquals(0xe3069283, crc("123456789".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void curvesAreEventsWithStepTimeAndTags() throws Exception {
        List<Progress> told = new ArrayList<>();
        Path run = folder.resolve("run");
        try (RunDirectory directory = RunDirectory.create(run, "train")) {
            TensorBoard board = new TensorBoard(directory, () -> Instant.ofEpochMilli(millis), told::add);
            board.accept(new Progress.Started("java", 7));
            tell(board, ready(0));
            millis += 500;
            tell(board, new Event.Step(1, 0, 2.5, 1.0, 4.25));
            millis += 500;
            tell(board, new Event.Step(1, 1, 0.5, 0.75, 4));
            tell(board, new Event.Tested(2, 0.25, 1000));
            tell(board, new Event.Epoch(1, 1.5, 0.125, 0.875, 0.5, 1024));
            board.accept(new Progress.Ended("java"));
        }
        assertEquals(7, told.size(), "all is told to the next consumer");
        Path file = run.resolve("java/events.out.tfevents.1795687389.tandem");
        // How every such file begins: 24 bytes, the length's checksum, a time, 13 characters.
        byte[] bytes = Files.readAllBytes(file);
        assertEquals("1800000000000000a37f4b2209", HexFormat.of().formatHex(bytes, 0, 13));
        assertEquals(
                List.of(
                        Map.of("time", 1795687389.25, "version", "brain.Event:2"),
                        Map.of("time", 1795687389.25, "step", 0L, "session", "start"),
                        Map.of(
                                "time",
                                1795687389.75,
                                "step",
                                0L,
                                "loss/train",
                                2.5f,
                                "learning_rate",
                                1f,
                                "speed/milliseconds_per_step",
                                4.25f),
                        Map.of(
                                "time",
                                1795687390.25,
                                "step",
                                1L,
                                "loss/train",
                                0.5f,
                                "learning_rate",
                                0.75f,
                                "speed/milliseconds_per_step",
                                4f),
                        Map.of("time", 1795687390.25, "step", 2L, "accuracy/first_1000_test_images", 0.25f),
                        Map.of(
                                "time",
                                1795687390.25,
                                "step",
                                2L,
                                "loss/test",
                                0.125f,
                                "accuracy/test",
                                0.875f,
                                "speed/images_per_second",
                                1024f)),
                events(file));
    }

    /** A second file says from which step on it replaces the first; 300 takes two bytes. */
    @Test
    void aRunThatGoesOnHasAnotherFile() throws Exception {
        Path run = folder.resolve("run");
        try (RunDirectory directory = RunDirectory.create(run, "train")) {
            for (long first : new long[] {0, 300}) {
                TensorBoard board = new TensorBoard(directory, () -> Instant.ofEpochMilli(millis), told -> {});
                tell(board, ready(first));
                tell(board, new Event.Step(1, first, 2, 1, 4));
                millis += 1000;
            }
        }
        List<Path> files;
        try (Stream<Path> found = Files.list(run.resolve("java"))) {
            files = found.sorted().toList();
        }
        assertEquals(2, files.size());
        assertEquals(300L, events(files.getLast()).get(1).get("step"));
        assertEquals("start", events(files.getLast()).get(1).get("session"));
        assertEquals(300L, events(files.getLast()).get(2).get("step"));
    }

    private static void tell(TensorBoard board, Event.News news) {
        board.accept(new Progress.Told("java", null, news));
    }

    private static Event.Ready ready(long firstStep) {
        return new Event.Ready(new Library("Tandem", "1", "cpu", 2), 1, 938, 60_000, firstStep, IDENTITY);
    }

    // ---- a reader of its own

    private static List<Map<String, Object>> events(Path file) throws Exception {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Map<String, Object>> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte[] length = new byte[8];
            bytes.get(bytes.position(), length);
            int size = Math.toIntExact(bytes.getLong());
            assertEquals(masked(length), bytes.getInt(), "checksum of a length");
            byte[] data = new byte[size];
            bytes.get(data);
            assertEquals(masked(data), bytes.getInt(), "checksum of data");
            events.add(event(ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN)));
        }
        return events;
    }

    /** Event: double wall_time = 1, int64 step = 2, string file_version = 3, Summary summary = 5, SessionLog = 7. */
    private static Map<String, Object> event(ByteBuffer data) {
        Map<String, Object> event = new LinkedHashMap<>();
        while (data.hasRemaining()) {
            switch (data.get()) {
                case 0x09 -> event.put("time", data.getDouble());
                case 0x10 -> event.put("step", varint(data));
                case 0x1a -> event.put("version", new String(chunk(data).array(), StandardCharsets.UTF_8));
                case 0x2a -> summary(chunk(data), event);
                case 0x3a -> {
                    // SessionLog: SessionStatus status = 1, where START is 1.
                    assertEquals(ByteBuffer.wrap(new byte[] {8, 1}), chunk(data));
                    event.put("session", "start");
                }
                default -> throw new AssertionError("an unknown field");
            }
        }
        return event;
    }

    /** Summary: repeated Value value = 1; Value: string tag = 1, float simple_value = 2. */
    private static void summary(ByteBuffer data, Map<String, Object> event) {
        while (data.hasRemaining()) {
            assertEquals(0x0a, data.get());
            ByteBuffer value = chunk(data);
            assertEquals(0x0a, value.get());
            String tag = new String(chunk(value).array(), StandardCharsets.UTF_8);
            assertEquals(0x15, value.get());
            event.put(tag, value.getFloat());
            assertTrue(!value.hasRemaining());
        }
    }

    private static ByteBuffer chunk(ByteBuffer data) {
        byte[] bytes = new byte[Math.toIntExact(varint(data))];
        data.get(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static long varint(ByteBuffer data) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte part = data.get();
            value |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return value;
            }
        }
    }

    private static int masked(byte[] data) {
        int sum = crc(data);
        return (sum >>> 15 | sum << 17) + 0xa282ead8;
    }

    private static int crc(byte[] data) {
        int sum = -1;
        for (byte one : data) {
            sum ^= one & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                sum = (sum & 1) == 0 ? sum >>> 1 : sum >>> 1 ^ 0x82f63b78;
            }
        }
        return ~sum;
    }
}
