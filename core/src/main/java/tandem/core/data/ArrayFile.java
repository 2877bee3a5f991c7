package tandem.core.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import tandem.core.Failure;
import tandem.core.FileKind;
import tandem.core.Json;
import tandem.core.data.NumberArray.Type;

/**
 * Reads arrays of numbers, plain or compressed by gzip: IDX files, which are a magic number, the sizes of the
 * dimensions, both big-endian 32-bit integers, then the values (LeCun, Cortes, Burges, "The MNIST database of
 * handwritten digits"); and npy files of NumPy, whose header is a literal of Python (numpy.lib.format).
 */
final class ArrayFile {
    private static final int BUFFER = 1 << 16;

    /** Bytes of the largest content that is read. The largest known set, EMNIST, has 547,000,000 bytes of pixels. */
    static final long LARGEST = 1 << 30;

    /**
     * A compressed file may inflate to this many times its size, unless that is less than {@link #ALWAYS}: MNIST's
     * inflate to 5 times, but deflate makes up to 1,032 bytes of one.
     */
    static final int LARGEST_INFLATION = 100;

    /** What inflates no more than this is taken at its word. */
    private static final int USUAL_INFLATION = 8;

    /** So many bytes may come out of any compressed file; sorted labels shrink to nearly nothing. */
    static final long ALWAYS = 1 << 24;

    /** Downloaded compressed, and compressed again by who kept it. */
    private static final int GZIP_LAYERS = 3;

    /** By the third byte of the magic number. */
    private static final Map<Integer, Type> TYPES =
            Map.of(8, Type.UINT8, 9, Type.INT8, 11, Type.INT16, 12, Type.INT32, 13, Type.FLOAT32, 14, Type.FLOAT64);

    /** By the type string of NumPy, without the byte order. */
    private static final Map<String, Type> NPY_TYPES = Map.ofEntries(
            Map.entry("u1", Type.UINT8),
            Map.entry("i1", Type.INT8),
            Map.entry("b1", Type.BOOL),
            Map.entry("i2", Type.INT16),
            Map.entry("u2", Type.UINT16),
            Map.entry("i4", Type.INT32),
            Map.entry("u4", Type.UINT32),
            Map.entry("i8", Type.INT64),
            Map.entry("u8", Type.UINT64),
            Map.entry("f4", Type.FLOAT32),
            Map.entry("f8", Type.FLOAT64));

    /** Magic number, version and the header's length. */
    private static final int NPY_START = 10;

    private static final Pattern NPY_HEADER = Pattern.compile(
            "\\s*\\{\\s*'descr'\\s*:\\s*'([<>|=])([a-zA-Z]\\d{1,2})'\\s*,\\s*'fortran_order'\\s*:\\s*(True|False)\\s*,"
                    + "\\s*'shape'\\s*:\\s*\\(([0-9, ]*)\\)\\s*,?\\s*}\\s*");

    private static final int DIMENSIONS = 4;

    private final DataFile file;
    private final Part part;
    private final InputStream in;
    private final long limit;

    private ArrayFile(DataFile file, Part part, InputStream in, long limit) {
        this.file = file;
        this.part = part;
        this.in = in;
        this.limit = limit;
    }

    /**
     * Reads a file, inflating it as often as its content says that it is compressed by gzip. Reading takes at most
     * twice the content's size, or eight times the file's; the content's size is limited: to the file's size, or if it
     * is compressed to {@value #LARGEST_INFLATION} times that or 16 MiB, whichever is more, and always to 1 GiB.
     *
     * @param part what it should be, for sentences
     * @throws Failure if the file cannot be read, is damaged, is larger than that, or is none of these
     */
    static NumberArray read(DataFile file, Part part) {
        try (InputStream raw = new BufferedInputStream(file.content().open(), BUFFER)) {
            InputStream in = raw;
            int layers = 0;
            for (; layers < GZIP_LAYERS && isGzip(in); layers++) {
                in = new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER);
            }
            return new ArrayFile(file, part, in, limit(file, layers > 0 || file.compressed())).array();
        } catch (ZipException e) {
            throw file.failure("its compressed data is corrupt (%s)".formatted(e.getMessage()), e);
        } catch (EOFException e) {
            throw file.failure("it is truncated, its compressed data ends too early", e);
        } catch (IOException e) {
            throw file.failure("cannot be read (%s)".formatted(e), e);
        }
    }

    /** Bytes of content that are read of a file. */
    static long limit(DataFile file, boolean compressed) {
        return compressed ? Math.min(LARGEST, Math.max(ALWAYS, LARGEST_INFLATION * file.bytes())) : LARGEST;
    }

    /** Whether a stream, which must know marks, starts as RFC 1952 says. */
    static boolean isGzip(InputStream in) throws IOException {
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip;
    }

    private NumberArray array() throws IOException {
        in.mark(FileKind.START);
        byte[] start = in.readNBytes(FileKind.START);
        in.reset();
        if (start.length < Integer.BYTES) {
            throw file.failure("it holds only %s bytes, no IDX header".formatted(start.length));
        }
        return switch (FileKind.of(start)) {
            case IDX -> idx();
            case NPY -> npy();
            case UNKNOWN ->
                throw file.failure("it starts with %s, which is not the magic number of an IDX file"
                        .formatted(ByteBuffer.wrap(start).getInt()));
            case FileKind kind -> throw file.wrongKind(kind, "IDX " + part.content);
        };
    }

    private NumberArray idx() throws IOException {
        byte[] magic = in.readNBytes(Integer.BYTES);
        Type type = TYPES.get((int) magic[2]);
        int dimensions = magic[3];
        if (type == null || dimensions < 1 || dimensions > DIMENSIONS) {
            throw file.failure("it starts with %s, which is not the magic number of an IDX file"
                    .formatted(ByteBuffer.wrap(magic).getInt()));
        }
        byte[] header = in.readNBytes(Integer.BYTES * dimensions);
        if (header.length < Integer.BYTES * dimensions) {
            throw file.failure("it ends within its IDX header");
        }
        List<Long> sizes = new ArrayList<>();
        for (int i = 0; i < dimensions; i++) {
            sizes.add(Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(Integer.BYTES * i)));
        }
        return values(type, ByteOrder.BIG_ENDIAN, sizes);
    }

    private NumberArray npy() throws IOException {
        byte[] start = in.readNBytes(NPY_START);
        if (start.length < NPY_START) {
            throw file.failure("it ends within its header of NumPy");
        }
        int length = start[6] == 1 ? (start[8] & 0xff) + 256 * (start[9] & 0xff) : -1;
        if (length < 0) {
            throw file.failure(
                    "it is an array of NumPy whose header is of version %s, and 1 is read".formatted(start[6]));
        }
        String header = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
        Matcher matcher = NPY_HEADER.matcher(header);
        Type type = matcher.matches() ? NPY_TYPES.get(matcher.group(2)) : null;
        if (type == null) {
            throw file.failure("it is an array of NumPy whose header says %s; numbers are expected, such as uint8"
                    .formatted(Json.quoted(header.strip())));
        }
        if (matcher.group(3).equals("True")) {
            throw file.refused("it is an array of NumPy in Fortran order; save numpy.ascontiguousarray of it");
        }
        List<Long> sizes = new ArrayList<>();
        for (String size : matcher.group(4).replace(" ", "").split(",")) {
            if (!size.isEmpty()) {
                sizes.add(size.length() > 10 ? Long.MAX_VALUE : Long.parseLong(size));
            }
        }
        if (sizes.isEmpty() || sizes.size() > DIMENSIONS) {
            throw file.failure("it is an array of NumPy of %s dimensions, and 1 to %s are read"
                    .formatted(sizes.size(), DIMENSIONS));
        }
        return values(type, matcher.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN, sizes);
    }

    private NumberArray values(Type type, ByteOrder order, List<Long> sizes) throws IOException {
        String content = sizes.size() >= 3 ? "images" : sizes.size() == 1 ? "labels" : "rows";
        long count = sizes.getFirst();
        // As a double: several 32-bit sizes overflow a long.
        double size = type.bytes;
        for (long dimension : sizes.subList(1, sizes.size())) {
            size *= dimension;
        }
        if (count == 0) {
            throw file.failure("it holds no %s, the dataset is empty".formatted(content));
        }
        if (size == 0) {
            throw file.failure("header says %s of %sx%s pixels".formatted(content, sizes.get(1), sizes.getLast()));
        }
        double expected = count * size;
        byte[] values = values((int) Math.min(expected, limit));
        long held = values.length + counted(limit - values.length);
        if (held > limit) {
            throw file.failure("header says %s %s, and it holds more than the %s bytes that are read of a file of %s"
                    .formatted(count, content, limit, file.bytes()));
        }
        if (held != expected) {
            long whole = (long) (held / size);
            long rest = (long) (held - whole * size);
            throw file.failure("header says %s %s but the file holds %s%s"
                    .formatted(count, content, whole, rest == 0 ? "" : " and %s bytes".formatted(rest)));
        }
        return new NumberArray(type, order, sizes.stream().map(Long::intValue).toList(), values);
    }

    /** So many values, or fewer if the file ends before. */
    private byte[] values(int expected) throws IOException {
        if (expected > USUAL_INFLATION * file.bytes()) {
            // In pieces, at twice the memory: what a header promises is not allocated before the file has kept it.
            return in.readNBytes(expected);
        }
        byte[] values = new byte[expected];
        int held = in.readNBytes(values, 0, expected);
        return held == expected ? values : Arrays.copyOf(values, held);
    }

    /**
     * Reads to the end, so that gzip's checksum is compared too, or to one byte over a limit; how many bytes it were.
     */
    private long counted(long limit) throws IOException {
        long count = 0;
        byte[] buffer = new byte[BUFFER];
        for (int n; count <= limit && (n = in.read(buffer)) >= 0; ) {
            count += n;
        }
        return count;
    }
}
