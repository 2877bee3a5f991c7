package tandem.core.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import tandem.core.Failure;

/**
 * The content of an IDX file of unsigned bytes: a magic number, the sizes of the dimensions, both big-endian 32-bit
 * integers, then the values.
 *
 * @param count number of images or labels, at least 1
 * @param rows height of an image in pixels; 1 for labels
 * @param columns width of an image in pixels; 1 for labels
 * @param values [count, rows, columns]
 */
record Idx(int count, int rows, int columns, byte[] values) {
    private static final int BUFFER = 1 << 16;

    /** The largest array that every JVM can make. */
    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    /** Deflate makes at most 258 bytes of 2 bits, so a file cannot inflate by more (zlib's technical details). */
    private static final long LARGEST_INFLATION = 1032;

    /**
     * Reads a file, inflating it if its content says that it is compressed by gzip.
     *
     * @throws Failure if the file cannot be read, is damaged, or is not what the part should be
     */
    static Idx read(DataFile file, Part part) {
        try (InputStream raw = new BufferedInputStream(file.content().open(), BUFFER)) {
            return isGzip(raw)
                    ? read(new GZIPInputStream(raw, BUFFER), file, part, file.bytes() * LARGEST_INFLATION)
                    : read(raw, file, part, file.bytes());
        } catch (ZipException e) {
            throw file.failure("its gzip data is corrupt (%s)".formatted(e.getMessage()), e);
        } catch (EOFException e) {
            throw file.failure("it is truncated, its gzip data ends too early", e);
        } catch (IOException e) {
            throw file.failure("cannot be read (%s)".formatted(e), e);
        }
    }

    /** Whether a stream, which must know marks, starts as RFC 1952 says. */
    static boolean isGzip(InputStream in) throws IOException {
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip;
    }

    private static Idx read(InputStream in, DataFile file, Part part, long possible) throws IOException {
        int dimensions = part.images() ? 3 : 1;
        byte[] start = in.readNBytes(Integer.BYTES * (1 + dimensions));
        ByteBuffer header = ByteBuffer.wrap(start);
        if (start.length < Integer.BYTES) {
            throw file.failure("it holds only %s bytes, no IDX header".formatted(start.length));
        }
        int magic = header.getInt();
        if (magic != part.magic) {
            throw file.failure("it starts with %s, not with %s, the magic number of IDX %s"
                    .formatted(magic, part.magic, part.content));
        }
        if (start.length < Integer.BYTES * (1 + dimensions)) {
            throw file.failure("it ends within its IDX header");
        }
        long count = Integer.toUnsignedLong(header.getInt());
        long rows = part.images() ? Integer.toUnsignedLong(header.getInt()) : 1;
        long columns = part.images() ? Integer.toUnsignedLong(header.getInt()) : 1;
        if (count == 0) {
            throw file.failure("it holds no %s, the dataset is empty".formatted(part.content));
        }
        if (rows == 0 || columns == 0) {
            throw file.failure("header says images of %sx%s pixels".formatted(rows, columns));
        }
        // As a double: three 32-bit sizes overflow a long.
        double expected = (double) count * rows * columns;
        if (expected > Math.min(possible, LARGEST_ARRAY)) {
            long held = skipRest(in);
            throw held == expected
                    ? file.failure("it holds %s bytes, more than an array can".formatted(held))
                    : wrongCount(file, part, count, held, rows, columns);
        }
        byte[] values = new byte[(int) expected];
        long held = in.readNBytes(values, 0, values.length);
        held += skipRest(in);
        if (held != values.length) {
            throw wrongCount(file, part, count, held, rows, columns);
        }
        return new Idx((int) count, (int) rows, (int) columns, values);
    }

    /** Reads to the end, so that gzip's checksum is compared too, and returns how many bytes there were. */
    private static long skipRest(InputStream in) throws IOException {
        return in.transferTo(OutputStream.nullOutputStream());
    }

    private static Failure wrongCount(DataFile file, Part part, long count, long held, long rows, long columns) {
        // Sizes as large as two 32-bit numbers allow would overflow; an image that large is never held whole.
        double size = (double) rows * columns;
        long whole = (long) (held / size);
        long rest = (long) (held - whole * size);
        return file.failure("header says %s %s but the file holds %s%s"
                .formatted(count, part.content, whole, rest == 0 ? "" : " and %s bytes".formatted(rest)));
    }

    /** The largest value. */
    int largest() {
        int largest = 0;
        for (byte value : values) {
            largest = Math.max(largest, value & 0xff);
        }
        return largest;
    }
}
