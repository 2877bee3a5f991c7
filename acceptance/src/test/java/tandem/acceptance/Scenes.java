package tandem.acceptance;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * Pictures of MNIST's test digits as people take them: cut tight, several in a row, pages, on ruled and squared paper,
 * on paper that the back shines through. Everything is a function of a seed.
 */
final class Scenes {
    private static final int SIDE = 28;
    private final byte[] pixels;
    private final byte[] labels;
    private final Random random;

    /** A picture as a file, and what is written on it: a line for each line of digits. */
    record Scene(byte[] file, String suffix, String text) {}

    /** Scenes of images as MNIST has them. */
    Scenes(byte[] pixels, byte[] labels, long seed) {
        this.pixels = pixels;
        this.labels = labels;
        this.random = new Random(seed);
    }

    private int at(int digit, int x, int y) {
        return x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : pixels[(digit * SIDE + y) * SIDE + x] & 0xff;
    }

    private double interpolated(int digit, double x, double y) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double u = x - left;
        double v = y - top;
        return ((1 - v) * ((1 - u) * at(digit, left, top) + u * at(digit, left + 1, top))
                        + v * ((1 - u) * at(digit, left, top + 1) + u * at(digit, left + 1, top + 1)))
                / 255;
    }

    /** left, top, right, bottom of all that is not background. */
    int[] box(int digit) {
        int[] box = {SIDE, SIDE, 0, 0};
        for (int i = 0; i < SIDE * SIDE; i++) {
            if (at(digit, i % SIDE, i / SIDE) > 0) {
                box[0] = Math.min(box[0], i % SIDE);
                box[1] = Math.min(box[1], i / SIDE);
                box[2] = Math.max(box[2], i % SIDE + 1);
                box[3] = Math.max(box[3], i / SIDE + 1);
            }
        }
        return box;
    }

    private double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    /** A sheet: ink from 0 to 1 in each pixel, and rules. */
    private final class Sheet {
        final int width;
        final int height;
        final float[] ink;
        final float[] rules;

        Sheet(int width, int height) {
            this.width = width;
            this.height = height;
            ink = new float[width * height];
            rules = new float[width * height];
        }

        /** Draws a digit, one pixel of MNIST's {@code scale} wide, the middle of its box at (cx, cy). */
        void draw(int digit, double cx, double cy, double scale, double angle, boolean crisp) {
            int[] box = box(digit);
            double mx = (box[0] + box[2]) / 2.0;
            double my = (box[1] + box[3]) / 2.0;
            double reach = 20 * scale;
            double cos = Math.cos(angle);
            double sin = Math.sin(angle);
            for (int y = Math.max(0, (int) (cy - reach)); y < Math.min(height, cy + reach); y++) {
                for (int x = Math.max(0, (int) (cx - reach)); x < Math.min(width, cx + reach); x++) {
                    double dx = (x + 0.5 - cx) / scale;
                    double dy = (y + 0.5 - cy) / scale;
                    double value = interpolated(digit, mx + cos * dx + sin * dy - 0.5, my - sin * dx + cos * dy - 0.5);
                    if (crisp) {
                        // The edge of a pen's stroke is a pixel of the picture wide.
                        value = Math.clamp(0.5 + (value - 0.45) * scale, 0, 1);
                    }
                    int i = y * width + x;
                    ink[i] = (float) Math.max(ink[i], value);
                }
            }
        }

        /** Draws parallel lines, a little rotated. */
        void rule(double spacing, double offset, double thickness, double angle, boolean down) {
            double cos = Math.cos(angle);
            double sin = Math.sin(angle);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    double along = down ? cos * (x + 0.5) + sin * (y + 0.5) : cos * (y + 0.5) - sin * (x + 0.5);
                    double nearest = Math.abs(along - offset - spacing * Math.rint((along - offset) / spacing));
                    int i = y * width + x;
                    rules[i] = (float) Math.max(rules[i], Math.clamp(thickness / 2 + 0.5 - nearest, 0, 1));
                }
            }
        }

        BufferedImage photograph(
                double[] paper, double[] pen, double[] ruler, double slope, double grain, double clouds) {
            double sx = slope * (2 * random.nextDouble() - 1);
            double sy = slope * (2 * random.nextDouble() - 1);
            double px = 6 * random.nextDouble();
            double py = 6 * random.nextDouble();
            BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int i = y * width + x;
                    double u = (double) x / width;
                    double v = (double) y / height;
                    double light =
                            1 + sx * (u - 0.5) + sy * (v - 0.5) + clouds * Math.sin(3 * u + px) * Math.sin(3 * v + py);
                    double noise = grain * random.nextGaussian();
                    int rgb = 0;
                    for (int c = 0; c < 3; c++) {
                        double value = paper[c] + rules[i] * (ruler[c] - paper[c]);
                        value = (value + ink[i] * (pen[c] - value)) * light + noise;
                        rgb = rgb << 8 | Math.clamp(Math.round(255 * value), 0, 255);
                    }
                    image.setRGB(x, y, rgb);
                }
            }
            return image;
        }
    }

    private double[] tone(double low, double high, double tint) {
        double level = between(low, high);
        return new double[] {
            Math.clamp(level + between(-tint, tint), 0, 1),
            Math.clamp(level + between(-tint, tint), 0, 1),
            Math.clamp(level + between(-tint, tint), 0, 1)
        };
    }

    private Scene file(BufferedImage image, String text) throws IOException {
        if (random.nextBoolean()) {
            return new Scene(png(image), "png", text);
        }
        return new Scene(jpeg(image, (float) between(0.5, 0.95)), "jpg", text);
    }

    static byte[] png(BufferedImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    static byte[] jpeg(BufferedImage image, float quality) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam how = writer.getDefaultWriteParam();
        how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        how.setCompressionQuality(quality);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), how);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private String label(int digit) {
        return String.valueOf(labels[digit]);
    }

    private int any() {
        return random.nextInt(labels.length);
    }

    /** The digit's own pixels, cut to its box and so many pixels more, or fewer, enlarged without smoothing. */
    Scene tight(int digit, int margin, int factor, boolean inverted) throws IOException {
        int[] box = box(digit);
        int width = box[2] - box[0] + 2 * margin;
        int height = box[3] - box[1] + 2 * margin;
        BufferedImage image = new BufferedImage(factor * width, factor * height, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < factor * height; y++) {
            for (int x = 0; x < factor * width; x++) {
                int value = at(digit, box[0] - margin + x / factor, box[1] - margin + y / factor);
                image.getRaster().setSample(x, y, 0, inverted ? 255 - value : value);
            }
        }
        return new Scene(png(image), "png", label(digit));
    }

    /** A photographed digit, cut so that its box and a share of its height remain. */
    Scene tightPhoto(int digit, double margin) throws IOException {
        int[] box = box(digit);
        double scale = between(2, 20);
        double rim = margin * 20 * scale;
        // What is faint at the edge of the stroke is no ink to the eye.
        double cut = 0.6 * scale;
        int width = (int) Math.max(5, Math.round((box[2] - box[0]) * scale - 2 * cut + 2 * rim));
        int height = (int) Math.max(5, Math.round((box[3] - box[1]) * scale - 2 * cut + 2 * rim));
        Sheet sheet = new Sheet(width, height);
        sheet.draw(digit, width / 2.0, height / 2.0, scale, 0, random.nextBoolean());
        return file(
                sheet.photograph(tone(0.45, 1, 0.05), tone(0.05, 0.3, 0.1), new double[3], 0.1, between(0, 0.03), 0.02),
                label(digit));
    }

    /** A number of some digits. */
    Scene number(int... digits) throws IOException {
        double scale = between(1.5, 12);
        double gap = between(3, 14);
        double width = 0;
        StringBuilder text = new StringBuilder();
        for (int digit : digits) {
            int[] box = box(digit);
            width += (box[2] - box[0] + gap) * scale;
            text.append(labels[digit]);
        }
        double rim = between(5, 15) * scale;
        Sheet sheet = new Sheet((int) (width + 2 * rim), (int) (20 * scale + 2 * rim));
        double x = rim;
        boolean crisp = random.nextBoolean();
        for (int digit : digits) {
            int[] box = box(digit);
            double half = (box[2] - box[0]) * scale / 2;
            sheet.draw(
                    digit,
                    x + half,
                    sheet.height / 2.0 + between(-2, 2) * scale,
                    scale * between(0.85, 1.1),
                    between(-0.08, 0.08),
                    crisp);
            x += 2 * half + gap * scale;
        }
        boolean inverted = random.nextInt(4) == 0;
        double[] light = tone(0.6, 1, 0.06);
        double[] dark = tone(0.02, 0.35, 0.15);
        return file(
                sheet.photograph(
                        inverted ? dark : light, inverted ? light : dark, new double[3], 0.15, between(0, 0.03), 0.02),
                text.toString());
    }

    /** Lines of digits. */
    Scene page(int rows, int columns) throws IOException {
        double scale = between(1.5, 5);
        double cell = 28 * scale * between(1.1, 1.6);
        Sheet sheet = new Sheet((int) (columns * cell + cell), (int) (rows * cell + cell));
        List<String> lines = new ArrayList<>();
        boolean crisp = random.nextBoolean();
        double slant = between(-0.01, 0.01);
        for (int row = 0; row < rows; row++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                int digit = any();
                line.append(labels[digit]);
                double x = (column + 1) * cell;
                sheet.draw(
                        digit,
                        x + between(-1.5, 1.5) * scale,
                        (row + 1) * cell + slant * x + between(-2, 2) * scale,
                        scale * between(0.85, 1.1),
                        between(-0.08, 0.08),
                        crisp);
            }
            lines.add(line.toString());
        }
        return file(
                sheet.photograph(
                        tone(0.65, 1, 0.05), tone(0.02, 0.35, 0.15), new double[3], 0.15, between(0, 0.03), 0.03),
                String.join("\n", lines));
    }

    /** A digit on squared or ruled paper; lines as dark as {@code strength} of the pen, from 0 to 1. */
    Scene squared(int digit, boolean squares, double strength) throws IOException {
        double scale = between(2, 16);
        double height = 20 * scale;
        // A cell holds a digit, or a digit spans two or three.
        double spacing = height / (squares ? between(0.8, 3) : between(0.7, 1.2));
        int width = (int) (height * between(1.2, 2.2));
        int tall = (int) (height * between(1.2, 2.2));
        Sheet sheet = new Sheet(width, tall);
        sheet.draw(
                digit,
                width / 2.0 + between(-0.1, 0.1) * height * 0.5,
                tall / 2.0 + between(-0.1, 0.1) * height * 0.5,
                scale,
                between(-0.1, 0.1),
                random.nextBoolean());
        double angle = between(-0.05, 0.05);
        double thickness = Math.max(0.8, between(0.25, 0.9) * scale);
        sheet.rule(spacing, between(0, spacing), thickness, angle, false);
        if (squares) {
            sheet.rule(spacing, between(0, spacing), thickness, angle + between(-0.005, 0.005), true);
        }
        double[] paper = tone(0.7, 1, 0.05);
        double[] pen = tone(0.02, 0.3, 0.12);
        double[] blue = {0.35, 0.45, 0.75};
        double[] ruler = new double[3];
        for (int c = 0; c < 3; c++) {
            double base = random.nextBoolean() ? pen[c] : Math.max(pen[c], blue[c]);
            ruler[c] = paper[c] + strength * (base - paper[c]);
        }
        return file(sheet.photograph(paper, pen, ruler, 0.12, between(0, 0.025), 0.02), label(digit));
    }

    /** Ink of the back of the sheet shows through. */
    Scene shining(int digit) throws IOException {
        double scale = between(3, 14);
        int width = (int) (30 * scale);
        Sheet sheet = new Sheet(width, width);
        for (int i = 0; i < 3; i++) {
            sheet.draw(any(), between(0, width), between(0, width), scale, 0, false);
        }
        float most = (float) between(0.1, 0.35);
        for (int i = 0; i < sheet.ink.length; i++) {
            sheet.ink[i] *= most;
        }
        sheet.draw(digit, width / 2.0, width / 2.0, scale, 0, random.nextBoolean());
        return file(
                sheet.photograph(tone(0.75, 1, 0.04), tone(0, 0.3, 0.1), new double[3], 0.1, between(0, 0.015), 0.02),
                label(digit));
    }
}
