package tandem.core.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
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

    /** Bytes of the largest content that is read. The largest known set, EMNIST, has 547,000,000 bytes of pixels. */
    static final long LARGEST = 1 << 30;

    /**
     * A compressed file may inflate to so many times its size, unless that is less than {@link #ALWAYS}: MNIST's
     * inflate to 5 times, but deflate makes up to 1,032 bytes of one.
     */
    static final int LARGEST_INFLATION = 100;

    /** What inflates no more than this is taken at its word. */
    private static final int USUAL_INFLATION = 8;

    /** So many bytes may come out of any compressed file; sorted labels shrink to nearly nothing. */
    static final long ALWAYS = 1 << 24;

    /**
     * Reads a file, inflating it if its content says that it is compressed by gzip. Reading takes at most twice the
     * content's size, or eight times the file's; the content's size is limited: to the file's size, or if it is
     * compressed to {@value #LARGEST_INFLATION} times that or 16 MiB, whichever is more, and always to 1 GiB.
     *
     * @throws Failure if the file cannot be read, is damaged, is larger than that, or is not what the part should be
     */
    static Idx read(DataFile file, Part part) {
        try (InputStream raw = new BufferedInputStream(file.content().open(), BUFFER)) {
            return isGzip(raw)
                    ? read(
                            new GZIPInputStream(raw, BUFFER),
                            file,
                            part,
                            Math.min(LARGEST, Math.max(ALWAYS, LARGEST_INFLATION * file.bytes())))
                    : read(raw, file, part, LARGEST);
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

    private static Idx read(InputStream in, DataFile file, Part part, long limit) throws IOException {
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
        byte[] values = values(in, (int) Math.min(expected, limit), file);
        long held = values.length + counted(in, limit - values.length);
        if (held > limit) {
            throw file.failure("header says %s %s, and it holds more than the %s bytes that are read of a file of %s"
                    .formatted(count, part.content, limit, file.bytes()));
        }
        if (held != expected) {
            throw wrongCount(file, part, count, held, rows, columns);
        }
        return new Idx((int) count, (int) rows, (int) columns, values);
    }

    /** So many values, or fewer if the file ends before. */
    private static byte[] values(InputStream in, int expected, DataFile file) throws IOException {
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
    private static long counted(InputStream in, long limit) throws IOException {
        long count = 0;
        byte[] buffer = new byte[BUFFER];
        for (int n; count <= limit && (n = in.read(buffer)) >= 0; ) {
            count += n;
        }
        return count;
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
