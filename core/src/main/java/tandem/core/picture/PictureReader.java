package tandem.core.picture;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.SampleModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;

/** Reads one file with ImageIO, and sees to what ImageIO leaves to its users. */
final class PictureReader {
    /** Longer side in pixels to which a larger picture is reduced: enough for a digit of a tenth of it. */
    static final int LONGEST = 480;

    /** Pixels of the largest picture that is decoded, such as 8,000 x 8,000. */
    static final long MOST_PIXELS = 64_000_000;

    /** Pixels of the longest side that is decoded, which is JPEG's own limit. */
    static final int LONGEST_SIDE = 65_535;

    /** Bytes of the largest picture that is decoded: {@link #MOST_PIXELS} of four bytes. Reading takes little more. */
    static final long MOST_BYTES = 4 * MOST_PIXELS;

    private static final Map<String, String> FORMATS = Map.of("png", "PNG", "jpeg", "JPEG", "gif", "GIF", "bmp", "BMP");

    private final byte[] file;
    private final String name;

    private final long mostPixels;

    PictureReader(byte[] file, String name, long mostPixels) {
        this.file = file;
        this.name = name;
        this.mostPixels = mostPixels;
    }

    Picture read() {
        if (file.length == 0) {
            throw new Failure("%s: has 0 bytes; give a PNG, JPEG, GIF or BMP".formatted(name));
        }
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            ImageReader reader = reader(in);
            try {
                reader.setInput(in, true, true);
                return read(reader, format(reader).orElseThrow());
            } finally {
                reader.dispose();
            }
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(name, e.getMessage()), e);
        }
    }

    private ImageReader reader(ImageInputStream in) {
        Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (format(reader).isPresent()) {
                return reader;
            }
            reader.dispose();
        }
        throw new Failure("%s: is not a picture; give a PNG, JPEG, GIF or BMP".formatted(name));
    }

    /** The reader's format, if it is one of ours. */
    private static Optional<String> format(ImageReader reader) {
        return Arrays.stream(reader.getOriginatingProvider().getFormatNames())
                .flatMap(format -> Stream.ofNullable(FORMATS.get(format.toLowerCase(Locale.ROOT))))
                .findFirst();
    }

    private Picture read(ImageReader reader, String format) {
        int orientation = 1;
        if (format.equals("JPEG")) {
            JpegMarkers markers = JpegMarkers.of(file);
            if (markers.components() == 4) {
                throw new Failure("%s: is a JPEG in CMYK, which printers use; save it as RGB".formatted(name));
            }
            if (!markers.complete()) {
                throw damaged(format, null);
            }
            orientation = markers.orientation();
        }
        try {
            // From the header alone.
            long width = reader.getWidth(0);
            long height = reader.getHeight(0);
            checkSize(reader, width, height);
            return decoded(reader, width, height).turned(orientation);
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            // The last three are how ImageIO's readers fail on headers that contradict themselves.
            throw damaged(format, e);
        }
    }

    private void checkSize(ImageReader reader, long width, long height) throws IOException {
        if (width * height > mostPixels) {
            throw new Failure("%s: has %s x %s pixels, more than the %s million that are read; make it smaller"
                    .formatted(name, width, height, mostPixels / 1_000_000));
        }
        if (Math.max(width, height) > LONGEST_SIDE) {
            throw new Failure("%s: has %s x %s pixels, and sides of at most %s are read; make it smaller"
                    .formatted(name, width, height, LONGEST_SIDE));
        }
        Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
        if (types.hasNext()) {
            SampleModel samples = types.next().getSampleModel();
            long bits = (long) samples.getNumDataElements() * DataBuffer.getDataTypeSize(samples.getDataType());
            if (width * height * bits / Byte.SIZE > MOST_BYTES) {
                throw new Failure(
                        "%s: has %s x %s pixels of %s bits, %s MB, more than the %s MB that are read; make it smaller"
                                .formatted(
                                        name,
                                        width,
                                        height,
                                        bits,
                                        width * height * bits / Byte.SIZE / 1_000_000,
                                        MOST_BYTES / 1_000_000));
            }
        }
    }

    /**
     * Decodes and reduces. A picture within the limits that this JVM has no memory for is not damaged, and not fatal.
     */
    private Picture decoded(ImageReader reader, long width, long height) throws IOException {
        try {
            return reduced(reader.read(0));
        } catch (OutOfMemoryError e) {
            throw tooLittleMemory(width, height, e);
        } catch (IOException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                // The last is the word of the library behind ImageIO's JPEGs.
                if (cause instanceof OutOfMemoryError
                        || String.valueOf(cause.getMessage()).startsWith("Insufficient memory")) {
                    throw tooLittleMemory(width, height, e);
                }
            }
            throw e;
        }
    }

    private Failure tooLittleMemory(long width, long height, Throwable cause) {
        return new Failure(
                "%s: has %s x %s pixels, and the memory does not suffice to read it; make it smaller"
                        .formatted(name, width, height),
                cause);
    }

    private Failure damaged(String format, @Nullable Exception cause) {
        return new Failure(
                "%s: is a %s that is truncated or damaged; give an intact copy".formatted(name, format), cause);
    }

    private static Picture reduced(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        double scale = Math.min(1, (double) LONGEST / Math.max(width, height));
        int newWidth = Math.max(1, (int) Math.round(width * scale));
        int newHeight = Math.max(1, (int) Math.round(height * scale));
        return new Picture(
                newWidth, newHeight, AreaAverage.of(rows(image), width, height, Picture.CHANNELS, newWidth, newHeight));
    }

    private static AreaAverage.Rows rows(BufferedImage image) {
        ColorModel colours = image.getColorModel();
        int type = colours.getColorSpace().getType();
        return colours instanceof ComponentColorModel
                        && !colours.isAlphaPremultiplied()
                        && (type == ColorSpace.TYPE_GRAY || type == ColorSpace.TYPE_RGB)
                ? stored(image.getRaster(), colours)
                : converted(image);
    }

    /**
     * Samples as they are stored. {@link BufferedImage#getRGB} would take grey ones for linear light and make them
     * lighter, and would need a second for a photograph.
     */
    private static AreaAverage.Rows stored(Raster raster, ColorModel colours) {
        int width = raster.getWidth();
        int bands = raster.getNumBands();
        boolean alpha = colours.hasAlpha();
        int green = bands >= Picture.CHANNELS ? 1 : 0;
        int blue = bands >= Picture.CHANNELS ? 2 : 0;
        float most = (1 << colours.getComponentSize(0)) - 1;
        int[] samples = new int[width * bands];
        return (y, row) -> {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, samples);
            for (int x = 0; x < width; x++) {
                int at = x * bands;
                float opacity = alpha ? samples[at + bands - 1] / most : 1;
                row[3 * x] = onWhite(samples[at] / most, opacity);
                row[3 * x + 1] = onWhite(samples[at + green] / most, opacity);
                row[3 * x + 2] = onWhite(samples[at + blue] / most, opacity);
            }
        };
    }

    /** Colours of a palette, or packed into words. */
    private static AreaAverage.Rows converted(BufferedImage image) {
        int width = image.getWidth();
        int[] colours = new int[width];
        return (y, row) -> {
            image.getRGB(0, y, width, 1, colours, 0, width);
            for (int x = 0; x < width; x++) {
                float opacity = (colours[x] >>> 24) / 255f;
                for (int c = 0; c < Picture.CHANNELS; c++) {
                    row[3 * x + c] = onWhite((colours[x] >>> 16 - 8 * c & 0xff) / 255f, opacity);
                }
            }
        };
    }

    private static float onWhite(float sample, float opacity) {
        return sample * opacity + 1 - opacity;
    }
}
