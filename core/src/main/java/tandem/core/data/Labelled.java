package tandem.core.data;

import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;

/**
 * Images and their labels as a form of a dataset holds them.
 *
 * @param pixels the images
 * @param labels [count], unsigned
 */
record Labelled(Pixels pixels, byte[] labels) {
    /** One of this many images is for testing, as in MNIST, where there are no test images. */
    static final int ONE_IN = 7;

    /** Training and test images. */
    record Split(Labelled train, Labelled test) {}

    /**
     * The images of a set that has no test images of its own, parted by what they show: the CRC-32 of a test image's
     * pixels is a multiple of {@value #ONE_IN}. Equal images are in the same part, in whatever order they come.
     */
    Split split() {
        int size = pixels.rows() * pixels.columns();
        ByteArrayOutputStream[] values = {new ByteArrayOutputStream(), new ByteArrayOutputStream()};
        ByteArrayOutputStream[] kept = {new ByteArrayOutputStream(), new ByteArrayOutputStream()};
        CRC32 crc = new CRC32();
        for (int i = 0; i < labels.length; i++) {
            crc.reset();
            crc.update(pixels.values(), i * size, size);
            int part = crc.getValue() % ONE_IN == 0 ? 1 : 0;
            values[part].write(pixels.values(), i * size, size);
            kept[part].write(labels[i]);
        }
        return new Split(of(values[0], kept[0]), of(values[1], kept[1]));
    }

    private Labelled of(ByteArrayOutputStream values, ByteArrayOutputStream kept) {
        return new Labelled(new Pixels(pixels.rows(), pixels.columns(), values.toByteArray()), kept.toByteArray());
    }
}
