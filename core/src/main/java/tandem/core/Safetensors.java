package tandem.core;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A safetensors file, whose tensors become 32-bit floats: eight bytes with the length of a JSON header, the header,
 * then the tensors, all little-endian. The format is documented at <a
 * href="https://github.com/huggingface/safetensors#format">huggingface/safetensors</a>.
 *
 * @param tensors in the order in which they lie in the file
 * @param metadata free text by key
 * @param notes what a user should know of how it was read: sentences
 */
public record Safetensors(
        SequencedMap<String, Tensor> tensors, SequencedMap<String, String> metadata, List<String> notes) {
    /**
     * Bytes of the largest header that is read; ours have 1,400, and the format allows 100,000,000. What is made of a
     * header takes at most 64 times its size, what is made of the tensors as much as they have in the file.
     */
    static final int LARGEST_HEADER = 1 << 20;

    /** Characters of a tensor's name; ours have 12. */
    private static final int LONGEST_NAME = 256;

    /** Bytes that are read at once. */
    private static final int CHUNK = 1 << 16;

    /**
     * One tensor.
     *
     * @param shape name and dimensions
     * @param values row-major
     */
    public record Tensor(Shape shape, float[] values) {}

    /** Types of values, by their names in a header. */
    enum Type {
        F32(4, "32-bit floats"),
        F16(2, "16-bit floats"),
        BF16(2, "bfloat16"),
        F64(8, "64-bit floats");

        final int bytes;
        final String words;

        Type(int bytes, String words) {
            this.bytes = bytes;
            this.words = words;
        }

        /** Reads values that lie one after the other, rounded to the nearest float. */
        void floats(ByteBuffer from, float[] to, int at, int count) {
            for (int i = 0; i < count; i++) {
                to[at + i] = switch (this) {
                    case F32 -> from.getFloat();
                    case F16 -> Float.float16ToFloat(from.getShort());
                    case BF16 -> Float.intBitsToFloat(from.getShort() << Short.SIZE);
                    case F64 -> (float) from.getDouble();
                };
            }
        }

        /** A sentence on tensors of other types than F32; none if there are none. */
        static List<String> note(Path file, List<Type> types) {
            List<String> others = types.stream()
                    .filter(type -> type != F32)
                    .map(type -> type.words)
                    .distinct()
                    .toList();
            return others.isEmpty()
                    ? List.of()
                    : List.of("%s: %s were converted to 32-bit floats".formatted(file, String.join(" and ", others)));
        }
    }

    /** Tensors without metadata. */
    public static Safetensors of(List<Tensor> tensors) {
        return of(tensors, new LinkedHashMap<>());
    }

    /** Tensors and metadata. */
    public static Safetensors of(List<Tensor> tensors, SequencedMap<String, String> metadata) {
        SequencedMap<String, Tensor> byName = new LinkedHashMap<>();
        tensors.forEach(tensor -> byName.put(tensor.shape().name(), tensor));
        return new Safetensors(byName, metadata, List.of());
    }

    /**
     * Reads a file.
     *
     * @throws Failure if it is missing, not a well-formed safetensors file of floats, or its header has more than
     *     {@value #LARGEST_HEADER} bytes
     */
    public static Safetensors read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            if (size < Long.BYTES) {
                throw malformed(file, "it is only %s bytes long".formatted(size));
            }
            long headerLength = bytes(channel, 0, Long.BYTES).getLong();
            if (headerLength < 2 || headerLength > size - Long.BYTES) {
                throw malformed(file, "its header claims %s bytes but the file has %s".formatted(headerLength, size));
            }
            if (headerLength > LARGEST_HEADER) {
                throw malformed(
                        file,
                        "its header claims %s bytes, and at most %s are read".formatted(headerLength, LARGEST_HEADER));
            }
            String header = StandardCharsets.UTF_8
                    .decode(bytes(channel, Long.BYTES, (int) headerLength))
                    .toString();
            return tensors(file, channel, Json.MAPPER.readTree(header), Long.BYTES + headerLength, size);
        } catch (NoSuchFileException e) {
            throw new Failure("%s: there is no such file".formatted(file), e);
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(file, e.getMessage()), e);
        } catch (JacksonException e) {
            throw malformed(file, "its header is not JSON: %s".formatted(Json.reason(e)));
        }
    }

    private static Safetensors tensors(Path file, FileChannel channel, JsonNode header, long start, long size)
            throws IOException {
        if (!(header instanceof ObjectNode entries)) {
            throw malformed(file, "its header is not a JSON object");
        }
        SequencedMap<String, String> metadata = new LinkedHashMap<>();
        List<Entry> sorted = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : entries.properties()) {
            if (property.getKey().equals("__metadata__")) {
                property.getValue()
                        .properties()
                        .forEach(e -> metadata.put(e.getKey(), e.getValue().asString()));
            } else {
                sorted.add(Entry.parse(file, property.getKey(), property.getValue()));
            }
        }
        sorted.sort(Comparator.comparingLong(Entry::from));
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        long end = 0;
        for (Entry entry : sorted) {
            String name = entry.shape.name();
            if (entry.from < end) {
                throw malformed(file, "tensor %s overlaps the one before it".formatted(name));
            }
            if (entry.from > end) {
                throw malformed(file, "there is a gap before tensor %s".formatted(name));
            }
            end = entry.to;
            if (start + end > size) {
                throw malformed(file, "tensor %s ends after the end of the file".formatted(name));
            }
            tensors.put(name, new Tensor(entry.shape, floats(channel, start + entry.from, entry)));
        }
        if (start + end != size) {
            throw malformed(file, "%s bytes after the last tensor belong to none".formatted(size - start - end));
        }
        List<Type> types = sorted.stream().map(Entry::type).toList();
        return new Safetensors(tensors, metadata, Type.note(file, types));
    }

    /** One header entry; offsets count from the end of the header. */
    private record Entry(Shape shape, Type type, long from, long to) {

        static Entry parse(Path file, String name, JsonNode node) {
            if (name.length() > LONGEST_NAME || !Json.quoted(name).equals(name)) {
                throw malformed(
                        file,
                        "a tensor's name has %s characters, control characters among them or more than %s"
                                .formatted(name.length(), LONGEST_NAME));
            }
            String dtype = node.path("dtype").asString("");
            Type type = Arrays.stream(Type.values())
                    .filter(known -> known.name().equals(dtype))
                    .findFirst()
                    .orElseThrow(() -> malformed(
                            file, "tensor %s has dtype '%s'; F32, F16, BF16 and F64 are read".formatted(name, dtype)));
            List<Integer> dimensions = new ArrayList<>();
            for (JsonNode dimension : node.path("shape")) {
                if (!dimension.isInt() || dimension.intValue() < 0) {
                    throw malformed(file, "tensor %s has the shape %s".formatted(name, node.path("shape")));
                }
                dimensions.add(dimension.intValue());
            }
            JsonNode offsets = node.path("data_offsets");
            if (offsets.size() != 2
                    || !offsets.get(0).isIntegralNumber()
                    || !offsets.get(1).isIntegralNumber()) {
                throw malformed(file, "tensor %s has the offsets %s".formatted(name, offsets));
            }
            long from = offsets.get(0).longValue();
            long to = offsets.get(1).longValue();
            double expected = type.bytes; // exact up to 2^53, and no product of dimensions can overflow it
            for (int dimension : dimensions) {
                expected *= dimension;
            }
            if (from < 0 || to - from != expected || expected > Integer.MAX_VALUE) {
                throw malformed(
                        file,
                        "tensor %s of shape %s cannot lie at the offsets %s".formatted(name, dimensions, offsets));
            }
            return new Entry(new Shape(name, dimensions), type, from, to);
        }
    }

    private static float[] floats(FileChannel channel, long from, Entry entry) throws IOException {
        int count = entry.shape.size();
        int bytes = entry.type.bytes;
        float[] values = new float[count];
        ByteBuffer buffer =
                ByteBuffer.allocate((int) Math.min(CHUNK, (long) bytes * count)).order(ByteOrder.LITTLE_ENDIAN);
        for (int done = 0; done < count; ) {
            int part = Math.min(count - done, buffer.capacity() / bytes);
            fill(buffer.clear().limit(bytes * part), channel, from + (long) bytes * done);
            if (entry.type == Type.F32) {
                buffer.asFloatBuffer().get(values, done, part);
            } else {
                entry.type.floats(buffer, values, done, part);
            }
            done += part;
        }
        return values;
    }

    private static ByteBuffer bytes(FileChannel channel, long from, int count) throws IOException {
        return fill(ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN), channel, from);
    }

    private static ByteBuffer fill(ByteBuffer buffer, FileChannel channel, long from) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    private static Failure malformed(Path file, String reason) {
        return new Failure("%s: not a safetensors file that can be read: %s".formatted(file, Json.quoted(reason)));
    }

    /**
     * Writes the file, whole or not at all. Equal tensors and metadata give equal bytes.
     *
     * @return SHA-256 of the bytes as they were meant, which reading the file again might not give
     * @throws Failure if it cannot be written
     */
    public String write(Path file) {
        ObjectNode header = Json.MAPPER.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode node = header.putObject("__metadata__");
            metadata.forEach(node::put);
        }
        long offset = 0;
        for (Tensor tensor : tensors.values()) {
            ObjectNode node = header.putObject(tensor.shape().name());
            node.put("dtype", "F32");
            tensor.shape().dimensions().forEach(node.putArray("shape")::add);
            long end = offset + (long) Float.BYTES * tensor.values().length;
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] json = Json.MAPPER.writeValueAsBytes(header);
        // The tensors start at a multiple of eight bytes; the format pads the header with spaces.
        int padded = Math.ceilDiv(json.length, Long.BYTES) * Long.BYTES;
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(padded).put(json);
        while (start.hasRemaining()) {
            start.put((byte) ' ');
        }
        MessageDigest digest = Sha256.digest();
        AtomicFile.write(file, unhashed -> {
            OutputStream out = new DigestOutputStream(unhashed, digest);
            out.write(start.array());
            for (Tensor tensor : tensors.values()) {
                ByteBuffer values = ByteBuffer.allocate(Float.BYTES * tensor.values().length)
                        .order(ByteOrder.LITTLE_ENDIAN);
                values.asFloatBuffer().put(tensor.values());
                out.write(values.array());
            }
        });
        return Sha256.of(digest);
    }
}
