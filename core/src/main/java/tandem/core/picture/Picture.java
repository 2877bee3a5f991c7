package tandem.core.picture;

import java.util.List;
import tandem.core.Failure;

/**
 * A picture as its viewer sees it: upright, on white where it is transparent, or black on white where its opacity alone
 * draws something.
 *
 * @param width in pixels
 * @param height in pixels
 * @param samples red, green and blue of each pixel as they are stored (not linear), from 0 to 1: [height, width, 3]
 * @param fileWidth width before it was made smaller
 * @param fileHeight height before it was made smaller
 * @param notes what was amiss with the file and did not keep it from being read, a clause each
 */
public record Picture(int width, int height, float[] samples, int fileWidth, int fileHeight, List<String> notes) {
    /** A picture that was never larger. */
    public Picture(int width, int height, float[] samples) {
        this(width, height, samples, width, height, List.of());
    }

    /** Red, green and blue. */
    static final int CHANNELS = 3;

    /** @throws IllegalArgumentException if the number of samples is not height x width x 3 */
    public Picture {
        if ((long) CHANNELS * width * height != samples.length) {
            throw new IllegalArgumentException(
                    "%s samples are not a picture of %s x %s".formatted(samples.length, width, height));
        }
    }

    /**
     * Reads a PNG, JPEG, GIF (its first frame) or BMP. A large one is made smaller while it is read: its longer side
     * becomes {@value PictureReader#LONGEST} pixels, each the mean of those it stands for.
     *
     * @param file its bytes
     * @param name names it in sentences
     * @throws Failure if it is none of these, empty, truncated, damaged, too large, or in CMYK
     */
    public static Picture read(byte[] file, String name) {
        return read(file, name, PictureReader.MOST_PIXELS);
    }

    /**
     * As {@link #read(byte[], String)}, with a limit of its own on what is decoded.
     *
     * @param mostPixels of the picture as it is stored
     * @throws Failure also if it has more
     */
    public static Picture read(byte[] file, String name, long mostPixels) {
        return new PictureReader(file, name, mostPixels).read();
    }

    /** Whether a pixel is not grey. */
    public boolean coloured() {
        for (int i = 0; i < samples.length; i += CHANNELS) {
            if (samples[i] != samples[i + 1] || samples[i] != samples[i + 2]) {
                return true;
            }
        }
        return false;
    }

    /**
     * How bright each pixel is, from 0 to 255: Y' of ITU-R BT.601.
     *
     * @param rows height to which the picture is scaled, each pixel the mean of the area it covers
     * @param columns width to which it is scaled
     * @return [rows, columns]
     */
    public byte[] grey(int rows, int columns) {
        float[] luma = new float[width * height];
        for (int i = 0; i < luma.length; i++) {
            float red = samples[CHANNELS * i];
            float green = samples[CHANNELS * i + 1];
            float blue = samples[CHANNELS * i + 2];
            // Grey stays the same to the last bit.
            luma[i] = red == green && green == blue ? red : 0.299f * red + 0.587f * green + 0.114f * blue;
        }
        boolean same = rows == height && columns == width;
        float[] scaled = same ? luma : AreaAverage.of(luma, width, height, new Box(0, 0, width, height), columns, rows);
        byte[] grey = new byte[scaled.length];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = (byte) Math.clamp(Math.round(255 * scaled[i]), 0, 255);
        }
        return grey;
    }

    /** The same picture, its longer side limited in pixels, each the mean of those it stands for. */
    Picture reduced(int longest) {
        double scale = (double) longest / Math.max(width, height);
        if (scale >= 1) {
            return this;
        }
        int newWidth = Math.max(1, (int) Math.round(width * scale));
        int newHeight = Math.max(1, (int) Math.round(height * scale));
        float[] reduced = AreaAverage.of(
                (y, row) -> System.arraycopy(samples, y * CHANNELS * width, row, 0, CHANNELS * width),
                width,
                height,
                CHANNELS,
                newWidth,
                newHeight);
        return new Picture(newWidth, newHeight, reduced, fileWidth, fileHeight, notes);
    }

    /** What lies in a box. */
    Picture part(Box box) {
        float[] part = new float[CHANNELS * box.width() * box.height()];
        for (int y = 0; y < box.height(); y++) {
            System.arraycopy(
                    samples,
                    CHANNELS * ((box.top() + y) * width + box.left()),
                    part,
                    CHANNELS * y * box.width(),
                    CHANNELS * box.width());
        }
        return new Picture(box.width(), box.height(), part);
    }

    /** The same picture with a note. */
    Picture noted(String note) {
        return new Picture(width, height, samples, fileWidth, fileHeight, List.of(note));
    }

    /** The same picture as Exif's orientation says it is to be seen, from 1 (as it is) to 8. */
    Picture turned(int orientation) {
        if (orientation == 1) {
            return this;
        }
        // Orientations from 5 on swap rows and columns; what remains of each are mirrors of one or both axes.
        boolean transposed = orientation >= 5;
        boolean mirroredX = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
        boolean mirroredY = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
        int newWidth = transposed ? height : width;
        int newHeight = transposed ? width : height;
        float[] turned = new float[samples.length];
        for (int y = 0; y < newHeight; y++) {
            for (int x = 0; x < newWidth; x++) {
                int u = mirroredX ? newWidth - 1 - x : x;
                int v = mirroredY ? newHeight - 1 - y : y;
                int from = transposed ? u * width + v : v * width + u;
                System.arraycopy(samples, CHANNELS * from, turned, CHANNELS * (y * newWidth + x), CHANNELS);
            }
        }
        return new Picture(
                newWidth,
                newHeight,
                turned,
                transposed ? fileHeight : fileWidth,
                transposed ? fileWidth : fileHeight,
                notes);
    }
}
