package tandem.lab.compare;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SequencedMap;
import java.util.zip.CRC32C;
import tandem.core.Failure;

/**
 * A file of events that TensorBoard reads: TFRecords (tensorflow.org/tutorials/load_data/tfrecord), each a message
 * {@code Event} of TensorFlow's {@code event.proto}. Only scalars are written. What was added is with the system at
 * once: killing this process takes nothing of it.
 */
final class EventFile implements AutoCloseable {
    /**
     * What is added to a checksum after it is rotated ("masked"), as TFRecords hold checksums of data with checksums.
     */
    private static final int MASK_DELTA = 0xa282ead8;

    private static final String VERSION = "brain.Event:2";

    /** Wire types of protobuf. */
    private static final int VARINT = 0;

    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    /** Numbers of the fields of Event, Summary, Summary.Value and SessionLog. */
    private static final int WALL_TIME = 1;

    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION_LOG = 7;
    private static final int VALUE = 1;
    private static final int TAG = 1;
    private static final int SIMPLE_VALUE = 2;
    private static final int STATUS = 1;

    /** SessionLog.START: TensorBoard forgets what earlier files say of this step and later ones. */
    private static final int START = 1;

    private final Path file;
    private final FileChannel channel;

    private EventFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Makes a new file.
     *
     * @param folder in which it lies, among files of earlier processes
     * @param seconds since 1970
     * @param firstStep the first step that is added to it
     * @throws Failure if it cannot be written
     */
    static EventFile create(Path folder, double seconds, long firstStep) {
        Path file = folder.resolve("events.out.tfevents.%s.tandem".formatted((long) seconds));
        try {
            Files.createDirectories(folder);
            EventFile events = new EventFile(
                    file,
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE));
            Message version = new Message();
            version.number(WALL_TIME, seconds);
            version.bytes(FILE_VERSION, VERSION.getBytes(StandardCharsets.UTF_8));
            events.record(version.content());
            Message log = new Message();
            log.whole(STATUS, START);
            Message start = new Message();
            start.number(WALL_TIME, seconds);
            start.whole(STEP, firstStep);
            start.bytes(SESSION_LOG, log.content());
            events.record(start.content());
            return events;
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /**
     * Adds the values of a step.
     *
     * @param seconds since 1970
     * @param values by their tags
     * @throws Failure if it cannot be written
     */
    void add(double seconds, long step, SequencedMap<String, Double> values) {
        Message summary = new Message();
        values.forEach((tag, value) -> {
            Message scalar = new Message();
            scalar.bytes(TAG, tag.getBytes(StandardCharsets.UTF_8));
            scalar.single(SIMPLE_VALUE, value.floatValue());
            summary.bytes(VALUE, scalar.content());
        });
        Message event = new Message();
        event.number(WALL_TIME, seconds);
        event.whole(STEP, step);
        event.bytes(SUMMARY, summary.content());
        try {
            record(event.content());
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** A record: length, its checksum, data, its checksum, all little-endian. */
    private void record(byte[] data) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(masked(record.array(), Long.BYTES));
        record.put(data).putInt(masked(data, data.length)).flip();
        while (record.hasRemaining()) {
            channel.write(record);
        }
    }

    private static int masked(byte[] data, int length) {
        CRC32C sum = new CRC32C();
        sum.update(data, 0, length);
        return Integer.rotateRight((int) sum.getValue(), 15) + MASK_DELTA;
    }

    private static Failure failure(Path file, IOException e) {
        return new Failure("%s: cannot be written (%s); check the room on the disk".formatted(file, e.getMessage()), e);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    /** The bytes of a protobuf message (protobuf.dev/programming-guides/encoding). */
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        void number(int field, double value) {
            varint((long) field << 3 | FIXED64);
            bytes.writeBytes(ByteBuffer.allocate(Double.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putDouble(value)
                    .array());
        }

        void single(int field, float value) {
            varint((long) field << 3 | FIXED32);
            bytes.writeBytes(ByteBuffer.allocate(Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(value)
                    .array());
        }

        void whole(int field, long value) {
            varint((long) field << 3 | VARINT);
            varint(value);
        }

        void bytes(int field, byte[] value) {
            varint((long) field << 3 | BYTES);
            varint(value.length);
            bytes.writeBytes(value);
        }

        /** Seven bits a byte, the lowest first; all but the last have the highest bit. */
        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                bytes.write((int) (rest & 0x7f | 0x80));
                rest >>>= 7;
            }
            bytes.write((int) rest);
        }

        byte[] content() {
            return bytes.toByteArray();
        }
    }
}
