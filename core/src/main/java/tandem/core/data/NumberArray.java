package tandem.core.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An array of numbers as an IDX or npy file holds it.
 *
 * @param type of each value
 * @param order of the bytes of a value
 * @param sizes of the dimensions, outermost first, at least one
 * @param values row-major, as they lie in the file
 */
record NumberArray(Type type, ByteOrder order, List<Integer> sizes, byte[] values) {

    /** Types of values. */
    enum Type {
        UINT8(1, "unsigned bytes"),
        INT8(1, "signed bytes"),
        BOOL(1, "booleans"),
        INT16(2, "16-bit integers"),
        UINT16(2, "unsigned 16-bit integers"),
        INT32(4, "32-bit integers"),
        UINT32(4, "unsigned 32-bit integers"),
        INT64(8, "64-bit integers"),
        UINT64(8, "unsigned 64-bit integers"),
        FLOAT32(4, "32-bit floats"),
        FLOAT64(8, "64-bit floats");

        final int bytes;
        final String words;

        Type(int bytes, String words) {
            this.bytes = bytes;
            this.words = words;
        }
    }

    /** Labels are kept as bytes. */
    static final int MOST_CLASSES = 256;

    /** Such as "60000 x 28 x 28 unsigned bytes". */
    String words() {
        return "%s %s".formatted(sizes.stream().map(String::valueOf).collect(Collectors.joining(" x ")), type.words);
    }

    /**
     * Images: [count, rows, columns], or with one more dimension for the channels, first or last after the count.
     *
     * @param colour whether three channels become their luma; otherwise they are refused
     * @throws tandem.core.Failure if it is something else
     */
    Pixels pixels(DataFile file, boolean colour) {
        if (sizes.size() < 3) {
            throw file.failure("it is intact but holds %s, which are labels, not images".formatted(words()));
        }
        boolean last = sizes.size() == 4 && (sizes.get(3) == 1 || sizes.get(3) == 3);
        int channels = sizes.size() == 3 ? 1 : sizes.get(last ? 3 : 1);
        if (sizes.size() > 4 || channels != 1 && channels != 3) {
            throw file.failure(
                    "it is intact but holds %s; images have the sizes count x rows x columns".formatted(words()));
        }
        if (type != Type.UINT8) {
            throw file.failure("it is intact but holds %s; pixels are unsigned bytes, 0 to 255".formatted(words()));
        }
        int rows = sizes.get(sizes.size() == 4 && !last ? 2 : 1);
        int columns = sizes.get(sizes.size() == 4 && !last ? 3 : 2);
        if (channels == 3 && !colour) {
            throw file.refused("its images are in colour (%s); %s".formatted(words(), Description.ofColour()));
        }
        return new Pixels(rows, columns, channels == 1 ? values : luma(last, rows * columns));
    }

    private byte[] luma(boolean last, int size) {
        byte[] grey = new byte[values.length / 3];
        for (int i = 0; i < grey.length; i++) {
            int from = last ? 3 * i : i / size * 3 * size + i % size;
            int step = last ? 1 : size;
            grey[i] = Pixels.luma(values[from] & 0xff, values[from + step] & 0xff, values[from + 2 * step] & 0xff);
        }
        return grey;
    }

    /**
     * Labels: [count], or [count, columns] of which the first column counts, as in QMNIST's files of int32.
     *
     * @param dataset for sentences
     * @param classes labels are below this number, at most {@value #MOST_CLASSES}
     * @return [count], unsigned
     * @throws tandem.core.Failure if it is something else, or a label is out of range
     */
    byte[] labels(DataFile file, String dataset, int classes) {
        boolean columns = sizes.size() == 2 && (sizes.get(1) == 1 || type == Type.INT32);
        if (sizes.size() > 2) {
            throw file.failure("it is intact but holds %s, which are images, not labels".formatted(words()));
        }
        if (sizes.size() == 2 && !columns || type == Type.FLOAT32 || type == Type.FLOAT64 || type == Type.BOOL) {
            throw file.failure(
                    "it is intact but holds %s; labels are a whole number for each image".formatted(words()));
        }
        int count = sizes.getFirst();
        ByteBuffer buffer = ByteBuffer.wrap(values).order(order);
        int width = columns ? sizes.get(1) * type.bytes : type.bytes;
        byte[] labels = new byte[count];
        for (int i = 0; i < count; i++) {
            int at = i * width;
            long label = switch (type.bytes) {
                case 1 -> type == Type.UINT8 ? buffer.get(at) & 0xff : buffer.get(at);
                case 2 -> buffer.getShort(at);
                case 4 -> buffer.getInt(at);
                default -> buffer.getLong(at);
            };
            if (label < 0 || label >= classes) {
                throw file.failure("label %s of image %s is out of range, %s has at most %s classes, 0 to %s"
                        .formatted(label, i, dataset, classes, classes - 1));
            }
            labels[i] = (byte) label;
        }
        return labels;
    }
}
