package tandem.core.picture;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import tandem.core.Failure;

/**
 * A digit as MNIST's are: light on black, its longer side 20 of 28 pixels, its centre of mass in the middle. "The
 * original black and white (bilevel) images from NIST were size normalized to fit in a 20x20 pixel box while preserving
 * their aspect ratio. The resulting images contain grey levels as a result of the anti-aliasing technique used by the
 * normalization algorithm. The images were centered in a 28x28 image by computing the center of mass of the pixels, and
 * translating the image so as to position this point at the center of the 28x28 field." (Y. LeCun, C. Cortes, C. J. C.
 * Burges, The MNIST database of handwritten digits, yann.lecun.com/exdb/mnist)
 *
 * @param rows height in pixels
 * @param columns width in pixels
 * @param pixels [rows, columns], 0 is background
 * @param darkOnLight whether the picture was dark on light, so that it was inverted
 */
public record DigitImage(int rows, int columns, byte[] pixels, boolean darkOnLight) {
    /** Share of the image's side that the digit fills. */
    private static final double FILLED = 20.0 / 28;

    /** Pixels of the digit's longer side in the map that is cut off below noise, for each of the image's. */
    private static final int OVERSAMPLING = 3;

    /** Standard deviations of the noise that are taken off every amount of ink. */
    private static final double NOISE = 2;

    /** Share of the strokes' pixels that are not full of ink. */
    private static final double SOFT = 0.7;

    /** What the digit's box holds, as a share of full ink. */
    private static final double EDGE = 0.35;

    /** Strokes thinner than this many pixels of the image are drawn with {@link #USUAL_STROKE} pixels. */
    private static final double THIN_STROKE = 1.5;

    /**
     * Of 500 test images of MNIST, 459 have strokes of 2 to 4 pixels; a pen's in a large picture would fade to grey.
     */
    private static final double USUAL_STROKE = 2.2;

    /** Nothing, the upper half, the lower half, both. */
    private static final String BLOCKS = " \u2580\u2584\u2588";

    /** What is between two images that are shown as text. */
    private static final String GAP = "  ";

    /** A pixel with so much ink is shown. */
    private static final int INKED = 96;

    /**
     * Makes one image of all ink in a picture, for who knows that it is one digit.
     *
     * @param name names the picture in sentences
     * @param rows height of the image
     * @param columns width of the image
     * @throws Failure if nothing stands out from the picture's background
     */
    public static DigitImage of(Picture picture, String name, int rows, int columns) {
        Pieces.Glyph glyph = Pieces.one(Ink.of(picture.reduced(PictureDigits.SOUGHT), name))
                .orElseThrow(() -> new Failure("%s: is blank; nothing on it but noise".formatted(name)));
        return of(glyph.ink(), glyph.strokes(), rows, columns);
    }

    /**
     * Makes a digit's image.
     *
     * @param ink of the digit and what is around it
     * @param strokes which of it is the digit
     * @param rows height of the image
     * @param columns width of the image
     */
    static DigitImage of(Ink ink, Strokes strokes, int rows, int columns) {
        int boxRows = Math.max(1, (int) Math.round(FILLED * rows));
        int boxColumns = Math.max(1, (int) Math.round(FILLED * columns));
        Box box = strokes.box();
        double pixel = Math.max((double) box.height() / boxRows, (double) box.width() / boxColumns);
        Ink drawn = ink;
        Strokes wide = strokes;
        double stroke = strokes.width() / pixel;
        if (stroke < THIN_STROKE) {
            int radius = Math.max(1, (int) Math.round((USUAL_STROKE - stroke) / 2 * pixel));
            drawn = strokes.thickened(ink, radius);
            wide = strokes.grown(ink.width(), ink.height(), radius);
            box = wide.box();
            pixel = Math.max((double) box.height() / boxRows, (double) box.width() / boxColumns);
        }
        Map cleaned = cleaned(drawn, wide, pixel);
        Map fitted = cleaned.fitted(boxRows, boxColumns);
        return new DigitImage(rows, columns, fitted.centred(rows, columns), ink.darkOnLight());
    }

    /** The digit and what is around it, from 0 to 1, without noise. */
    private static Map cleaned(Ink ink, Strokes strokes, double pixel) {
        int width = ink.width();
        int height = ink.height();
        int margin = Math.max(1, (int) Math.round(pixel));
        Strokes near = strokes.grown(width, height, margin);
        Box part = near.box();
        double factor = Math.max(1, pixel / OVERSAMPLING);
        int newWidth = Math.max(1, (int) Math.round(part.width() / factor));
        int newHeight = Math.max(1, (int) Math.round(part.height() / factor));
        float[] amount = AreaAverage.of(ink.amount(), width, height, part, newWidth, newHeight);
        float[] mask = new float[width * height];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = near.inside()[i] ? 1 : 0;
        }
        float[] inside = AreaAverage.of(mask, width, height, part, newWidth, newHeight);
        double full = full(ink, strokes);
        double least = Math.min(NOISE * ink.noise(factor), 0.3 * full);
        float[] values = new float[amount.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = inside[i] > 0 ? (float) Math.clamp((amount[i] - least) / (full - least), 0, 1) : 0;
        }
        return new Map(newWidth, newHeight, values);
    }

    /** What a pixel in the middle of a stroke has. */
    private static double full(Ink ink, Strokes strokes) {
        float[] amounts = new float[ink.amount().length];
        int count = 0;
        for (int i = 0; i < amounts.length; i++) {
            if (strokes.inside()[i]) {
                amounts[count++] = ink.amount()[i];
            }
        }
        Arrays.sort(amounts, 0, count);
        return amounts[(int) (SOFT * (count - 1))];
    }

    /** Values from 0 to 1: [height, width]. */
    private record Map(int width, int height, float[] values) {

        /** The smallest box around the digit, made to fit. */
        Map fitted(int boxRows, int boxColumns) {
            Box box = new Box(width, height, 0, 0);
            for (int i = 0; i < values.length; i++) {
                if (values[i] >= EDGE) {
                    int x = i % width;
                    int y = i / width;
                    box = box.and(new Box(x, y, x + 1, y + 1));
                }
            }
            double scale = Math.min((double) boxRows / box.height(), (double) boxColumns / box.width());
            int newWidth = Math.max(1, (int) Math.round(scale * box.width()));
            int newHeight = Math.max(1, (int) Math.round(scale * box.height()));
            return new Map(newWidth, newHeight, AreaAverage.of(values, width, height, box, newWidth, newHeight));
        }

        /**
         * Placed with its centre of mass in the middle of an image, as near as whole pixels and the edges allow. The
         * first position at or behind the middle counts: in all of 1,000 test images of MNIST, the centre of mass lies
         * from 14.0 up to 15.0, counted from the left or upper edge, 14.5 on average.
         */
        byte[] centred(int rows, int columns) {
            double sum = 0;
            double xs = 0;
            double ys = 0;
            for (int i = 0; i < values.length; i++) {
                sum += values[i];
                xs += values[i] * (i % width + 0.5);
                ys += values[i] * (i / width + 0.5);
            }
            int left = Math.clamp((int) Math.ceil(columns / 2.0 - xs / sum), 0, columns - width);
            int top = Math.clamp((int) Math.ceil(rows / 2.0 - ys / sum), 0, rows - height);
            byte[] pixels = new byte[rows * columns];
            for (int i = 0; i < values.length; i++) {
                int at = (top + i / width) * columns + left + i % width;
                pixels[at] = (byte) Math.clamp(Math.round(255 * values[i]), 0, 255);
            }
            return pixels;
        }
    }

    /**
     * Images as text, as many beside each other as there is room for. A character is two pixels above each other, so
     * that 28 rows fit a terminal of 24.
     *
     * @param width characters of a line
     */
    public static String asText(List<DigitImage> images, int width) {
        StringBuilder text = new StringBuilder();
        int beside = Math.max(1, (width + GAP.length()) / (images.getFirst().columns + GAP.length()));
        for (int from = 0; from < images.size(); from += beside) {
            List<DigitImage> row = images.subList(from, Math.min(images.size(), from + beside));
            for (int y = 0; y < row.getFirst().rows; y += 2) {
                int upper = y;
                text.append(row.stream()
                                .map(image -> image.halfBlocks(upper))
                                .collect(Collectors.joining(GAP))
                                .stripTrailing())
                        .append('\n');
            }
        }
        return text.toString();
    }

    private String halfBlocks(int y) {
        StringBuilder line = new StringBuilder();
        for (int x = 0; x < columns; x++) {
            int blocks = (inked(x, y) ? 1 : 0) + (inked(x, y + 1) ? 2 : 0);
            line.append(BLOCKS.charAt(blocks));
        }
        return line.toString();
    }

    private boolean inked(int x, int y) {
        return y < rows && (pixels[y * columns + x] & 0xff) >= INKED;
    }
}
