package tandem.core.picture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
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
import java.util.Arrays;
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
        BufferedImage image = new BufferedImage(1920, 960, BufferedImage.TYPE_3BYTE_BGR);
        for (int y = 0; y < 960; y++) {
            for (int x = 0; x < 1920; x++) {
                image.setRGB(x, y, (x + y) % 2 == 0 ? 0xffffff : 0);
            }
        }
        Picture picture = Picture.read(file(image, "png"), "x");
        assertEquals(480, picture.width());
        assertEquals(240, picture.height());
        float[] grey = new float[picture.samples().length];
        Arrays.fill(grey, 0.5f);
        assertArrayEquals(grey, picture.samples(), 1e-5f);
    }

    private static void refused(String sentence, byte[] file) {
        assertEquals(
                sentence,
                assertThrows(Failure.class, () -> Picture.read(file, "x")).getMessage());
    }

    @Test
    void whatIsNoPictureIsRefused() {
        refused("x: has 0 bytes; give a PNG, JPEG, GIF or BMP", new byte[0]);
        refused(
                "x: is not a picture; give a PNG, JPEG, GIF or BMP",
                "seven".repeat(100).getBytes(StandardCharsets.UTF_8));
        refused("x: is not a picture; give a PNG, JPEG, GIF or BMP", new byte[1000]);
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
        refused(
                "x: has 8000 x 8000 pixels of 64 bits, 512 MB, more than the 256 MB that are read; make it smaller",
                header(8000, 8000, 16, 6));
    }

    /** Reads pictures in a JVM of 64 MB, which is too little for one of 8,000 x 8,000. */
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

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg"})
    void lackOfMemoryIsNoDamageAndTheNextPictureIsRead(String format) throws Exception {
        Path large = folder.resolve("large");
        Path small = folder.resolve("small");
        Files.write(large, file(new BufferedImage(6000, 6000, BufferedImage.TYPE_3BYTE_BGR), format));
        Files.write(small, file(new BufferedImage(20, 20, BufferedImage.TYPE_3BYTE_BGR), format));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LittleMemory.class.getName(),
                        large.toString(),
                        small.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertEquals(
                "x: has 6000 x 6000 pixels, and the memory does not suffice to read it; make it smaller\n20 x 20\n",
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertEquals(0, process.waitFor());
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
