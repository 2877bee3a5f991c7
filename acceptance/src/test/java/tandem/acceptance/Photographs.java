package tandem.acceptance;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * MNIST's test digits as if drawn large and photographed: 80 to 900 pixels, shifted, dark on light or light on dark, in
 * colour, on paper with grain, clouds and uneven light. Everything is a function of a seed.
 */
final class Photographs {
    private static final int SIDE = 28;
    private static final double MARGIN = 4.0 / SIDE;

    private final byte[] pixels;
    private final byte[] labels;
    private final Random random;

    /** Photographs of the test digits in a folder with MNIST's files. */
    Photographs(Path mnist, long seed) {
        pixels = read(mnist.resolve("t10k-images-idx3-ubyte.gz"), 16);
        labels = read(mnist.resolve("t10k-labels-idx1-ubyte.gz"), 8);
        random = new Random(seed);
    }

    private static byte[] read(Path file, int header) {
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
            in.skipNBytes(header);
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Scenes of the same digits. */
    Scenes scenes(long seed) {
        return new Scenes(pixels, labels, seed);
    }

    int label(int digit) {
        return labels[digit];
    }

    /** A digit as it is, light on black. */
    BufferedImage original(int digit) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster()
                .setDataElements(
                        0, 0, SIDE, SIDE, Arrays.copyOfRange(pixels, digit * SIDE * SIDE, (digit + 1) * SIDE * SIDE));
        return image;
    }

    /** Writes a photograph of a digit and returns its file: PNG and JPEG in turns. */
    Path take(int digit, Path folder) throws IOException {
        int side = 80 + random.nextInt(821);
        BufferedImage photograph = photograph(ink(digit, side), side);
        if (digit % 2 == 0) {
            Path file = folder.resolve("digit-%d.png".formatted(digit));
            ImageIO.write(photograph, "png", file.toFile());
            return file;
        }
        Path file = folder.resolve("digit-%d.jpg".formatted(digit));
        writeJpeg(photograph, 0.5f + 0.45f * random.nextFloat(), file);
        return file;
    }

    static void writeJpeg(BufferedImage image, float quality, Path file) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam how = writer.getDefaultWriteParam();
        how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        how.setCompressionQuality(quality);
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), how);
        } finally {
            writer.dispose();
        }
    }

    /** How much ink each pixel has, from 0 to 1: enlarged by Java2D or by our own interpolation, and shifted. */
    private float[] ink(int digit, int side) {
        int dx = (int) ((2 * random.nextDouble() - 1) * MARGIN * side);
        int dy = (int) ((2 * random.nextDouble() - 1) * MARGIN * side);
        float[] ink = new float[side * side];
        if (random.nextBoolean()) {
            BufferedImage large = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
            Graphics2D graphics = large.createGraphics();
            graphics.setRenderingHint(
                    RenderingHints.KEY_INTERPOLATION,
                    random.nextBoolean()
                            ? RenderingHints.VALUE_INTERPOLATION_BICUBIC
                            : RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.drawImage(original(digit), dx, dy, side, side, null);
            graphics.dispose();
            for (int i = 0; i < ink.length; i++) {
                ink[i] = large.getRaster().getSample(i % side, i / side, 0) / 255f;
            }
        } else {
            for (int i = 0; i < ink.length; i++) {
                double x = (i % side - dx + 0.5) * SIDE / side - 0.5;
                double y = (i / side - dy + 0.5) * SIDE / side - 0.5;
                ink[i] = (float) interpolated(digit, x, y);
            }
        }
        return ink;
    }

    private double interpolated(int digit, double x, double y) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double u = x - left;
        double v = y - top;
        return (1 - v) * ((1 - u) * at(digit, left, top) + u * at(digit, left + 1, top))
                + v * ((1 - u) * at(digit, left, top + 1) + u * at(digit, left + 1, top + 1));
    }

    private double at(int digit, int x, int y) {
        return x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : (pixels[(digit * SIDE + y) * SIDE + x] & 0xff) / 255.0;
    }

    private BufferedImage photograph(float[] ink, int side) {
        Color paper = colour(0.70 + 0.30 * random.nextDouble(), 0.15);
        Color pen = colour(0.35 * random.nextDouble(), 0.6);
        if (random.nextBoolean()) {
            Color swapped = paper;
            paper = pen;
            pen = swapped;
        }
        double grain = 10 * random.nextDouble() / 255;
        double clouds = 10 * random.nextDouble() / 255;
        double slopeX = 0.12 * (2 * random.nextDouble() - 1);
        double slopeY = 0.12 * (2 * random.nextDouble() - 1);
        float[] coarse = new float[64];
        for (int i = 0; i < coarse.length; i++) {
            coarse[i] = (float) random.nextGaussian();
        }
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < ink.length; i++) {
            double x = (double) (i % side) / side;
            double y = (double) (i / side) / side;
            double light = 1 + slopeX * (x - 0.5) + slopeY * (y - 0.5);
            double cloud = clouds * cloud(coarse, x, y) + grain * random.nextGaussian();
            int rgb = 0;
            for (int c = 0; c < 3; c++) {
                double from = component(paper, c);
                double value = (from + ink[i] * (component(pen, c) - from)) * light + cloud;
                rgb = rgb << 8 | Math.clamp(Math.round(255 * value), 0, 255);
            }
            image.setRGB(i % side, i / side, rgb);
        }
        return image;
    }

    private static double cloud(float[] coarse, double x, double y) {
        double u = 7 * x;
        double v = 7 * y;
        int left = Math.min(6, (int) u);
        int top = Math.min(6, (int) v);
        u -= left;
        v -= top;
        return (1 - v) * ((1 - u) * coarse[8 * top + left] + u * coarse[8 * top + left + 1])
                + v * ((1 - u) * coarse[8 * top + 8 + left] + u * coarse[8 * top + 8 + left + 1]);
    }

    private Color colour(double brightness, double saturation) {
        return Color.getHSBColor(random.nextFloat(), (float) (saturation * random.nextDouble()), (float) brightness);
    }

    private static double component(Color colour, int c) {
        return (c == 0 ? colour.getRed() : c == 1 ? colour.getGreen() : colour.getBlue()) / 255.0;
    }
}
