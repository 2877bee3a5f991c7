package tandem.core.data;

/**
 * Grey images without labels.
 *
 * @param rows height in pixels, at least 1
 * @param columns width in pixels, at least 1
 * @param values [count, rows, columns]
 */
record Pixels(int rows, int columns, byte[] values) {

    /** How bright a colour is, from 0 to 255: Y' of ITU-R BT.601. */
    static byte luma(int red, int green, int blue) {
        return (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000);
    }

    int count() {
        return values.length / (rows * columns);
    }

    /** The same with rows and columns swapped. */
    Pixels transposed() {
        byte[] swapped = new byte[values.length];
        int size = rows * columns;
        for (int from = 0; from < values.length; from += size) {
            for (int y = 0; y < rows; y++) {
                for (int x = 0; x < columns; x++) {
                    swapped[from + x * rows + y] = values[from + y * columns + x];
                }
            }
        }
        return new Pixels(columns, rows, swapped);
    }

    /** The same with light and dark swapped. */
    Pixels inverted() {
        byte[] swapped = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            swapped[i] = (byte) ~values[i];
        }
        return new Pixels(rows, columns, swapped);
    }
}
