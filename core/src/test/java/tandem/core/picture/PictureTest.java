package tandem.core.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.core.Failure;

/** What ImageIO does not do by itself, and what is refused. */
final class PictureTest {
    @TempDir
    Path folder;

    private static byte[] file(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, out), format);
        return out.toByteArray();
    }

    private static void assertSample(double expected, Picture picture, int x, int y, double tolerance) {
        for (int c = 0; c < 3; c++) {
            assertEquals(expected, picture.samples()[3 * (y * picture.width() + x) + c], tolerance, x + ", " + y);
        }
    }

    /** Wide, and no two of its corners are alike. */
    private static BufferedImage corners(int type) {
        BufferedImage image = new BufferedImage(64, 32, type);
        for (int i = 0; i < 64 * 32; i++) {
            int x = i % 64;
            int y = i / 64;
            int grey = y < 16 ? x < 32 ? 0 : 80 : x < 32 ? 160 : 255;
            image.setRGB(x, y, 0xff000000 | grey << 16 | grey << 8 | grey);
        }
        return image;
    }

    @ParameterizedTest
    @CsvSource({"png, 0.001", "jpeg, 0.02", "gif, 0.001", "bmp, 0.001"})
    void readsTheFourFormats(String format, double tolerance) throws IOException {
        Picture picture = Picture.read(file(corners(BufferedImage.TYPE_INT_RGB), format), "x");
        assertEquals(64, picture.width());
        assertEquals(32, picture.height());
        assertSample(0, picture, 4, 4, tolerance);
        assertSample(80 / 255.0, picture, 60, 4, tolerance);
        assertSample(160 / 255.0, picture, 4, 28, tolerance);
        assertSample(1, picture, 60, 28, tolerance);
    }

    @Test
    void greysKeepTheirStoredValues() throws IOException {
        BufferedImage eight = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        eight.getRaster().setSample(2, 3, 0, 100);
        assertSample(100 / 255.0, Picture.read(file(eight, "png"), "x"), 2, 3, 1e-6);
        BufferedImage sixteen = new BufferedImage(8, 8, BufferedImage.TYPE_USHORT_GRAY);
        sixteen.getRaster().setSample(2, 3, 0, 30_000);
        assertSample(30_000 / 65_535.0, Picture.read(file(sixteen, "png"), "x"), 2, 3, 1e-6);
    }

    @Test
    void palettesAreLookedUp() throws IOException {
        byte[] levels = {(byte) 255, 10, (byte) 128};
        BufferedImage image = new BufferedImage(
                8, 8, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 3, levels, levels, levels));
        image.getRaster().setSample(1, 1, 0, 1);
        image.getRaster().setSample(2, 1, 0, 2);
        for (String format : new String[] {"png", "gif"}) {
            Picture picture = Picture.read(file(image, format), "x");
            assertSample(1, picture, 0, 0, 1e-6);
            assertSample(10 / 255.0, picture, 1, 1, 1e-6);
            assertSample(128 / 255.0, picture, 2, 1, 1e-6);
        }
    }

    @Test
    void transparencyIsWhite() throws IOException {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(1, 0, 0xff000000);
        image.setRGB(2, 0, 0x80000000);
        for (String format : new String[] {"png", "gif"}) {
            Picture picture = Picture.read(file(image, format), "x");
            assertSample(1, picture, 0, 0, 1e-6);
            assertSample(0, picture, 1, 0, 1e-6);
        }
        assertSample(1 - 128 / 255.0, Picture.read(file(image, "png"), "x"), 2, 0, 1e-6);
    }

    /** A JPEG with Exif's orientation, as cameras write it behind the first two bytes. */
    private static byte[] withOrientation(byte[] jpeg, int orientation, boolean littleEndian) {
        ByteBuffer exif = ByteBuffer.allocate(4 + 6 + 8 + 2 + 12 + 4);
        exif.putShort((short) 0xffe1).putShort((short) (exif.capacity() - 2));
        exif.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
        exif.put((littleEndian ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
        if (littleEndian) {
            exif.order(java.nio.ByteOrder.LITTLE_ENDIAN);
        }
        exif.putShort((short) 42).putInt(8).putShort((short) 1);
        exif.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
        byte[] result = new byte[jpeg.length + exif.capacity()];
        System.arraycopy(jpeg, 0, result, 0, 2);
        System.arraycopy(exif.array(), 0, result, 2, exif.capacity());
        System.arraycopy(jpeg, 2, result, 2 + exif.capacity(), jpeg.length - 2);
        return result;
    }

    /**
     * Where the stored corners are seen, by the words of the Exif standard: "6: the 0th row is the visual right-hand
     * side of the image, and the 0th column is the visual top". Upper left, upper right, lower left, lower right.
     */
    @ParameterizedTest
    @CsvSource({
        "1, 0 80 160 255",
        "2, 80 0 255 160",
        "3, 255 160 80 0",
        "4, 160 255 0 80",
        "5, 0 160 80 255",
        "6, 160 0 255 80",
        "7, 255 80 160 0",
        "8, 80 255 0 160",
        "9, 0 80 160 255"
    })
    void exifTurnsAJpeg(int orientation, String seen) throws IOException {
        byte[] jpeg = file(corners(BufferedImage.TYPE_INT_RGB), "jpeg");
        for (boolean littleEndian : new boolean[] {true, false}) {
            Picture picture = Picture.read(withOrientation(jpeg, orientation, littleEndian), "x");
            boolean upright = orientation >= 5 && orientation <= 8;
            assertEquals(upright ? 32 : 64, picture.width());
            assertEquals(upright ? 64 : 32, picture.height());
            int[] greys =
                    Arrays.stream(seen.split(" ")).mapToInt(Integer::parseInt).toArray();
            int right = picture.width() - 4;
            int bottom = picture.height() - 4;
            assertSample(greys[0] / 255.0, picture, 3, 3, 0.02);
            assertSample(greys[1] / 255.0, picture, right, 3, 0.02);
            assertSample(greys[2] / 255.0, picture, 3, bottom, 0.02);
            assertSample(greys[3] / 255.0, picture, right, bottom, 0.02);
        }
    }

    @Test
    void largePicturesAreAveragedWhileTheyAreRead() throws IOException {
        BufferedImage image = new BufferedImage(2880, 1440, BufferedImage.TYPE_3BYTE_BGR);
        for (int y = 0; y < 1440; y++) {
            for (int x = 0; x < 2880; x++) {
                image.setRGB(x, y, (x + y) % 2 == 0 ? 0xffffff : 0);
            }
        }
        Picture picture = Picture.read(file(image.getSubimage(0, 0, 2880, 1380), "png"), "x");
        assertEquals(1440, picture.width());
        assertEquals(690, picture.height());
        assertEquals(2880, picture.fileWidth());
        assertEquals(1380, picture.fileHeight());
        float[] grey = new float[picture.samples().length];
        Arrays.fill(grey, 0.5f);
        assertArrayEquals(grey, picture.samples(), 1e-5f);
        assertEquals(720, Picture.read(file(image, "png"), "x").height());
    }

    private static void refused(String sentence, byte[] file) {
        assertEquals(
                sentence,
                assertThrows(Failure.class, () -> Picture.read(file, "x")).getMessage());
    }

    private static byte[] ascii(String start) {
        return start.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void whatIsNoPictureIsRefused() {
        refused("x: has 0 bytes; give a PNG, JPEG, GIF or BMP", new byte[0]);
        refused(
                "x: is not a picture; give a PNG, JPEG, GIF or BMP",
                "seven".repeat(100).getBytes(StandardCharsets.UTF_8));
        refused("x: is not a picture; give a PNG, JPEG, GIF or BMP", new byte[1000]);
        refused("x: is a WebP picture; give a PNG, JPEG, GIF or BMP", ascii("RIFF\1\2\3\4WEBPVP8 "));
        refused("x: is a HEIC or AVIF picture; give a PNG, JPEG, GIF or BMP", ascii("\0\0\0\30ftypheic\0\0\0\0"));
        refused("x: is a TIFF picture; give a PNG, JPEG, GIF or BMP", ascii("II*\0\10\0\0\0"));
        refused("x: is a PDF document; give a PNG, JPEG, GIF or BMP", ascii("%PDF-1.7\n"));
        refused(
                "x: is a Git LFS pointer, not the file itself: run 'git lfs pull' where it lies",
                ascii("version https://git-lfs.github.com/spec/v1\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "gif", "bmp"})
    void truncatedFilesAreRefused(String format) throws IOException {
        BufferedImage image = corners(BufferedImage.TYPE_INT_RGB);
        // Noise, so that the data of the pixels are most of the file.
        java.util.Random random = new java.util.Random(1);
        for (int i = 0; i < 64 * 32; i++) {
            int grey = random.nextInt(256);
            image.setRGB(i % 64, i / 64, grey << 16 | grey << 8 | grey);
        }
        byte[] whole = file(image, format);
        assertEquals(64, Picture.read(whole, "x").width());
        for (double share : new double[] {0.05, 0.3, 0.5, 0.8, 0.95}) {
            byte[] cut = Arrays.copyOf(whole, (int) (share * whole.length));
            refused(
                    "x: is a %s that is truncated or damaged; give an intact copy".formatted(format.toUpperCase()),
                    cut);
        }
    }

    /** A PNG's signature and header. */
    private static byte[] header(int width, int height, int bits, int colours) {
        ByteBuffer header = ByteBuffer.allocate(17);
        header.put("IHDR".getBytes(StandardCharsets.US_ASCII)).putInt(width).putInt(height);
        header.put(new byte[] {(byte) bits, (byte) colours, 0, 0, 0});
        CRC32 checksum = new CRC32();
        checksum.update(header.array());
        ByteBuffer png = ByteBuffer.allocate(8 + 4 + 17 + 4);
        png.putLong(0x89504e470d0a1a0aL).putInt(13).put(header.array()).putInt((int) checksum.getValue());
        return png.array();
    }

    @Test
    void aHugePictureIsRefusedBeforeItIsDecoded() {
        refused(
                "x: has 20000 x 20000 pixels, more than the 64 million that are read; make it smaller",
                header(20_000, 20_000, 8, 2));
        refused(
                "x: has 64000000 x 1 pixels, and sides of at most 65535 are read; make it smaller",
                header(64_000_000, 1, 8, 0));
        refused(
                "x: has 1 x 65536 pixels, and sides of at most 65535 are read; make it smaller",
                header(1, 65_536, 8, 0));
    }

    /** Reads pictures in a JVM of little memory. */
    static final class LittleMemory {
        private LittleMemory() {}

        public static void main(String[] arguments) throws IOException {
            for (String argument : arguments) {
                try {
                    Picture picture = Picture.read(Files.readAllBytes(Path.of(argument)), "x");
                    System.out.println(picture.width() + " x " + picture.height());
                } catch (Failure e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }

    private String readWith(String memory, Path... files) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                memory,
                "-cp",
                System.getProperty("java.class.path"),
                LittleMemory.class.getName()));
        for (Path file : files) {
            words.add(file.toString());
        }
        Process process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return out;
    }

    @ParameterizedTest
    @CsvSource({"png, 6000, 1440", "jpeg, 6000, 1440", "bmp, 2500, 1250"})
    void aLargePictureNeedsLittleMemory(String format, int side, int read) throws Exception {
        Path large = folder.resolve("large");
        Path small = folder.resolve("small");
        // 108 MB of pixels, but for the BMP, whose file is as large as its pixels.
        Files.write(large, file(new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR), format));
        Files.write(small, file(new BufferedImage(20, 20, BufferedImage.TYPE_3BYTE_BGR), format));
        assertEquals("%1$s x %1$s\n20 x 20\n".formatted(read), readWith("-Xmx96m", large, small));
    }

    @Test
    void lackOfMemoryIsSaidBeforeAnythingIsDecodedAndTheNextPictureIsRead() throws Exception {
        Path large = folder.resolve("large.png");
        Path small = folder.resolve("small.png");
        Files.write(large, file(new BufferedImage(6000, 6000, BufferedImage.TYPE_3BYTE_BGR), "png"));
        Files.write(small, file(new BufferedImage(20, 20, BufferedImage.TYPE_3BYTE_BGR), "png"));
        String[] lines = readWith("-Xmx32m", large, small).split("\n");
        assertEquals("20 x 20", lines[1]);
        assertTrue(
                lines[0].matches(
                        "x: has 6000 x 6000 pixels; to read them takes 78 MB, and \\d+ MB are free; make it smaller"),
                lines[0]);
    }

    @Test
    void aJpegWithoutItsEndMarkerIsReadWithAWord() throws IOException {
        BufferedImage image = corners(BufferedImage.TYPE_INT_RGB);
        byte[] whole = file(image, "jpeg");
        for (int missing : new int[] {1, 2}) {
            Picture picture = Picture.read(Arrays.copyOf(whole, whole.length - missing), "x");
            assertArrayEquals(Picture.read(whole, "x").samples(), picture.samples());
            assertEquals(List.of("its end marker is missing, and it was read all the same"), picture.notes());
        }
        assertEquals(List.of(), Picture.read(whole, "x").notes());
    }

    /** White ink on transparent paper, in each way in which a file can say so. */
    @Test
    void whatOpacityAloneDrawsIsBlackOnWhite() throws IOException {
        BufferedImage colour = new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB);
        byte[] levels = {0, (byte) 255};
        BufferedImage palette = new BufferedImage(
                16, 16, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 2, levels, levels, levels, 0));
        WritableRaster grey = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 2, null);
        for (int y = 4; y < 12; y++) {
            colour.setRGB(7, y, 0xffffffff);
            palette.getRaster().setSample(7, y, 0, 1);
            grey.setPixel(7, y, new int[] {255, 255});
        }
        ColorModel greyAndAlpha = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY),
                true,
                false,
                Transparency.TRANSLUCENT,
                DataBuffer.TYPE_BYTE);
        for (byte[] file : List.of(
                file(colour, "png"),
                file(palette, "png"),
                file(palette, "gif"),
                file(new BufferedImage(greyAndAlpha, grey, false, null), "png"))) {
            Picture picture = Picture.read(file, "x");
            assertSample(1, picture, 0, 0, 1e-6);
            assertSample(0, picture, 7, 5, 1e-6);
            assertSample(1, picture, 8, 5, 1e-6);
        }
    }

    @Test
    void coloursOnASheetWithRoundCornersStayColours() throws IOException {
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < 256; i++) {
            boolean corner = (i % 16 == 0 || i % 16 == 15) && (i < 16 || i >= 240);
            image.setRGB(i % 16, i / 16, corner ? 0 : i % 16 == 7 ? 0xff202020 : 0xffe0e0e0);
        }
        Picture picture = Picture.read(file(image, "png"), "x");
        assertSample(0xe0 / 255.0, picture, 3, 5, 1e-6);
        assertSample(0x20 / 255.0, picture, 7, 5, 1e-6);
    }

    @Test
    void cmykIsRefused() throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(raster, null, null), null);
        }
        writer.dispose();
        refused("x: is a JPEG in CMYK, which printers use; save it as RGB", bytes.toByteArray());
    }
}
