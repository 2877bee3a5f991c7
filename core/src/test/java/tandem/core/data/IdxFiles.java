package tandem.core.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Makes small IDX files, right and wrong. */
final class IdxFiles {
    private IdxFiles() {}

    /** A small dataset of 12 training and 6 test images of 8x7 pixels in three classes, compressed. */
    static void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Part part : Part.values()) {
            Files.write(folder.resolve(part.fileName + ".gz"), gzip(content(part)));
        }
    }

    /** What {@link #write} writes, before it is compressed. */
    static byte[] content(Part part) {
        int count = part == Part.TRAIN_IMAGES || part == Part.TRAIN_LABELS ? 12 : 6;
        return part.images() ? images(count, 8, 7) : labels(count, 3);
    }

    /** Images whose pixels are 0, 1, 2, … over the whole file. */
    static byte[] images(int count, int rows, int columns) {
        byte[] values = new byte[count * rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) i;
        }
        return idx(2051, values, count, rows, columns);
    }

    /** Labels 0, 1, 2, … up to the number of classes, again and again. */
    static byte[] labels(int count, int classes) {
        byte[] values = new byte[count];
        for (int i = 0; i < count; i++) {
            values[i] = (byte) (i % classes);
        }
        return idx(2049, values, count);
    }

    /** A file with any header. */
    static byte[] idx(int magic, byte[] values, int... sizes) {
        ByteBuffer file = ByteBuffer.allocate(Integer.BYTES * (1 + sizes.length) + values.length);
        file.putInt(magic);
        for (int size : sizes) {
            file.putInt(size);
        }
        return file.put(values).array();
    }

    static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
