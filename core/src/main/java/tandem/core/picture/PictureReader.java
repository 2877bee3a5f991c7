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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.FileKind;

/** Reads one file with ImageIO, and sees to what ImageIO leaves to its users. */
final class PictureReader {
    /** Longer side in pixels to which a larger picture is reduced: enough for a digit of a hundredth of it. */
    static final int LONGEST = 1440;

    /** Pixels of the largest picture that is decoded, such as 8,000 x 8,000. */
    static final long MOST_PIXELS = 64_000_000;

    /** Pixels of the longest side that is decoded, which is JPEG's own limit. */
    static final int LONGEST_SIDE = 65_535;

    /** Of larger pictures, every second, third, ... row and column is decoded, so that no more pixels remain. */
    private static final long MOST_DECODED = 4_000_000;

    /** Bytes that reading takes at most, whatever the picture, beside the file and some buffers. */
    static final long MOST_BYTES = 160_000_000;

    /** Bytes that a progressive JPEG may take outside the JVM's memory, two for each coefficient. */
    private static final long MOST_COEFFICIENTS = 256_000_000;

    /** What the library behind ImageIO's JPEGs says when data end before the last row of pixels. */
    private static final String CUT_OFF = "Corrupt JPEG data";

    private static final String NO_END = "its end marker is missing, and it was read all the same";

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
        FileKind kind = FileKind.of(Arrays.copyOf(file, Math.min(file.length, FileKind.START)));
        throw new Failure(
                switch (kind) {
                    case TEXT, UNKNOWN -> "%s: is not a picture; give a PNG, JPEG, GIF or BMP".formatted(name);
                    case LFS_POINTER -> "%s: is %s".formatted(name, kind);
                    default -> "%s: is %s; give a PNG, JPEG, GIF or BMP".formatted(name, kind);
                });
    }

    /** The reader's format, if it is one of ours. */
    private static Optional<String> format(ImageReader reader) {
        return Arrays.stream(reader.getOriginatingProvider().getFormatNames())
                .flatMap(format -> Stream.ofNullable(FORMATS.get(format.toLowerCase(Locale.ROOT))))
                .findFirst();
    }

    private Picture read(ImageReader reader, String format) {
        int orientation = 1;
        double coefficients = 0;
        boolean complete = true;
        if (format.equals("JPEG")) {
            JpegMarkers markers = JpegMarkers.of(file);
            if (markers.components() == 4) {
                throw new Failure("%s: is a JPEG in CMYK, which printers use; save it as RGB".formatted(name));
            }
            complete = markers.complete();
            coefficients = markers.progressive() ? 2 * markers.samples() : 0;
            orientation = markers.orientation();
        }
        try {
            // From the header alone.
            long width = reader.getWidth(0);
            long height = reader.getHeight(0);
            if (Math.min(width, height) < 1) {
                throw damaged(format, null);
            }
            checkSize(width, height, coefficients);
            List<String> warnings = new ArrayList<>();
            reader.addIIOReadWarningListener((_, warning) -> warnings.add(warning));
            Picture picture = decoded(reader, width, height);
            if (!complete && warnings.stream().anyMatch(warning -> warning.startsWith(CUT_OFF))) {
                throw damaged(format, null);
            }
            picture = complete ? picture : picture.noted(NO_END);
            return picture.turned(orientation);
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            // The last three are how ImageIO's readers fail on headers that contradict themselves.
            throw damaged(format, e);
        }
    }

    private void checkSize(long width, long height, double coefficients) {
        if (width * height > mostPixels) {
            throw new Failure("%s: has %s x %s pixels, more than the %s million that are read; make it smaller"
                    .formatted(name, width, height, mostPixels / 1_000_000));
        }
        if (Math.max(width, height) > LONGEST_SIDE) {
            throw new Failure("%s: has %s x %s pixels, and sides of at most %s are read; make it smaller"
                    .formatted(name, width, height, LONGEST_SIDE));
        }
        long bytes = (long) (coefficients * width * height);
        if (bytes > MOST_COEFFICIENTS) {
            throw new Failure(
                    "%s: is a progressive JPEG of %s x %s pixels, which takes %s MB, more than the %s MB that are spent; make it smaller"
                            .formatted(name, width, height, bytes / 1_000_000, MOST_COEFFICIENTS / 1_000_000));
        }
    }

    /** Refuses, before anything is decoded, what this JVM has no memory for. */
    private void checkMemory(ImageReader reader, long width, long height, int step) throws IOException {
        Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
        long bits = 32;
        if (types.hasNext()) {
            SampleModel samples = types.next().getSampleModel();
            bits = (long) samples.getNumDataElements() * DataBuffer.getDataTypeSize(samples.getDataType());
        }
        long pixels = (width / step + 1) * (height / step + 1);
        double scale = Math.min(1, (double) LONGEST / Math.max(width, height));
        // The picture is there twice while it is turned or its opacity is looked at.
        long needed = pixels * bits / Byte.SIZE
                + (long) (2L * Float.BYTES * Opacity.CHANNELS * (width * scale + 1) * (height * scale + 1));
        if (needed > free()) {
            System.gc();
            long free = free();
            if (needed > free) {
                throw new Failure(
                        "%s: has %s x %s pixels; to read them takes %s MB, and %s MB are free; make it smaller"
                                .formatted(name, width, height, needed / 1_000_000, free / 1_000_000));
            }
        }
    }

    private static long free() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    }

    /**
     * Decodes and reduces. A picture within the limits that this JVM has no memory for is not damaged, and not fatal.
     */
    private Picture decoded(ImageReader reader, long width, long height) throws IOException {
        int step = (int) Math.ceil(Math.sqrt((double) width * height / MOST_DECODED));
        checkMemory(reader, width, height, step);
        try {
            ImageReadParam part = reader.getDefaultReadParam();
            // The middle of each step x step pixels, or the first where a side has fewer.
            part.setSourceSubsampling(step, step, width > step ? step / 2 : 0, height > step ? step / 2 : 0);
            return reduced(reader.read(0, part), (int) width, (int) height);
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

    private static Picture reduced(BufferedImage image, int fileWidth, int fileHeight) {
        int width = image.getWidth();
        int height = image.getHeight();
        double scale = Math.min(1, (double) LONGEST / Math.max(width, height));
        int newWidth = Math.max(1, (int) Math.round(width * scale));
        int newHeight = Math.max(1, (int) Math.round(height * scale));
        boolean alpha = image.getColorModel().hasAlpha();
        int channels = alpha ? Opacity.CHANNELS : Picture.CHANNELS;
        float[] reduced = AreaAverage.of(rows(image, channels), width, height, channels, newWidth, newHeight);
        return new Picture(
                newWidth,
                newHeight,
                alpha ? Opacity.samples(reduced, newWidth, newHeight) : reduced,
                fileWidth,
                fileHeight,
                List.of());
    }

    private static AreaAverage.Rows rows(BufferedImage image, int channels) {
        ColorModel colours = image.getColorModel();
        int type = colours.getColorSpace().getType();
        return colours instanceof ComponentColorModel
                        && !colours.isAlphaPremultiplied()
                        && (type == ColorSpace.TYPE_GRAY || type == ColorSpace.TYPE_RGB)
                ? stored(image.getRaster(), colours, channels)
                : converted(image, channels);
    }

    /**
     * Samples as they are stored. {@link BufferedImage#getRGB} would take grey ones for linear light and make them
     * lighter, and would need a second for a photograph.
     */
    private static AreaAverage.Rows stored(Raster raster, ColorModel colours, int channels) {
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
                row[channels * x] = onWhite(samples[at] / most, opacity);
                row[channels * x + 1] = onWhite(samples[at + green] / most, opacity);
                row[channels * x + 2] = onWhite(samples[at + blue] / most, opacity);
                if (alpha) {
                    row[channels * x + 3] = opacity;
                }
            }
        };
    }

    /** Colours of a palette, or packed into words. */
    private static AreaAverage.Rows converted(BufferedImage image, int channels) {
        int width = image.getWidth();
        int[] colours = new int[width];
        return (y, row) -> {
            image.getRGB(0, y, width, 1, colours, 0, width);
            for (int x = 0; x < width; x++) {
                float opacity = (colours[x] >>> 24) / 255f;
                for (int c = 0; c < Picture.CHANNELS; c++) {
                    row[channels * x + c] = onWhite((colours[x] >>> 16 - 8 * c & 0xff) / 255f, opacity);
                }
                if (channels == Opacity.CHANNELS) {
                    row[channels * x + 3] = opacity;
                }
            }
        };
    }

    private static float onWhite(float sample, float opacity) {
        return sample * opacity + 1 - opacity;
    }
}
