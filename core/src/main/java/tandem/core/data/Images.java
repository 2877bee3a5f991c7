package tandem.core.data;

import java.util.Arrays;
import tandem.core.Fingerprint;

/** Grey images with their labels, as bytes in memory, and the table that turns a byte into the network's input. */
public final class Images {
    private final int count;
    private final int rows;
    private final int columns;
    private final byte[] pixels;
    private final byte[] labels;
    private final Normalisation normalisation;
    private final float[] table;

    /**
     * Images over arrays that are held, not copied.
     *
     * @param rows height in pixels
     * @param columns width in pixels
     * @param pixels [count, rows, columns], 0 is background
     * @param labels [count], unsigned, from 0 up to, not including, the number of classes
     */
    public Images(int rows, int columns, byte[] pixels, byte[] labels, Normalisation normalisation) {
        this.count = labels.length;
        this.rows = rows;
        this.columns = columns;
        this.pixels = pixels;
        this.labels = labels;
        this.normalisation = normalisation;
        this.table = normalisation.table();
        if ((long) count * rows * columns != pixels.length) {
            throw new IllegalArgumentException(
                    "%s images of %sx%s do not fit %s pixels".formatted(count, rows, columns, pixels.length));
        }
    }

    /** Number of images. */
    public int count() {
        return count;
    }

    /** Height in pixels. */
    public int rows() {
        return rows;
    }

    /** Width in pixels. */
    public int columns() {
        return columns;
    }

    /** Pixels of one image: rows x columns. */
    public int size() {
        return rows * columns;
    }

    /** All pixels, [count, rows, columns], not copied. */
    public byte[] pixels() {
        return pixels;
    }

    /** How pixels become inputs. */
    public Normalisation normalisation() {
        return normalisation;
    }

    /** The label of one image. */
    public int label(int image) {
        return labels[image] & 0xff;
    }

    /** Writes the normalised pixels of one image, [rows, columns], to {@code out} from {@code offset} on. */
    public void normalise(int image, float[] out, int offset) {
        int size = size();
        int from = image * size;
        for (int i = 0; i < size; i++) {
            out[offset + i] = table[pixels[from + i] & 0xff];
        }
    }

    /** The normalised pixels of some images: [count, rows, columns]. */
    public float[] normalised(int from, int count) {
        float[] out = new float[count * size()];
        for (int i = 0; i < count; i++) {
            normalise(from + i, out, i * size());
        }
        return out;
    }

    /** The first images, as many as asked for, or all of them if there are fewer. */
    public Images first(int limit) {
        return limit >= count
                ? this
                : new Images(
                        rows,
                        columns,
                        Arrays.copyOf(pixels, limit * size()),
                        Arrays.copyOf(labels, limit),
                        normalisation);
    }

    /**
     * The images from one on, to the last.
     *
     * @param first index of the first, at most the last image's
     */
    public Images from(int first) {
        return first == 0
                ? this
                : new Images(
                        rows,
                        columns,
                        Arrays.copyOfRange(pixels, first * size(), pixels.length),
                        Arrays.copyOfRange(labels, first, count),
                        normalisation);
    }

    /** A fingerprint of pixels, labels and the table of inputs. */
    public String fingerprint() {
        return new Fingerprint()
                .add(rows)
                .add(columns)
                .add(pixels)
                .add(labels)
                .add(table)
                .toString();
    }
}
