package tandem.core.picture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tandem.core.Failure;

/**
 * The digits in a picture.
 *
 * @param numbers digits that stand in a row without a large gap, from left to right; numbers from top to bottom, and
 *     those of one line from left to right
 */
public record PictureDigits(List<List<Digit>> numbers) {
    /** Longer side of the picture in which digits are sought. */
    static final int SOUGHT = 480;

    /** Digits that are smaller there are taken from the picture as it was read, if that is larger. */
    private static final int SMALL = 100;

    /** Longer side in pixels of the smallest digit that is read. */
    private static final int SMALLEST = 5;

    /** Most digits of a page. More pieces than these are a texture. */
    private static final int MOST = 400;

    /** What lies on one line has so much of the lower one's height in common. */
    private static final double SAME_LINE = 0.5;

    /** A gap of this many heights of a digit ends a number. */
    private static final double LARGE_GAP = 2;

    /**
     * One digit.
     *
     * @param image as a network sees it
     * @param box where it is, in pixels of the file as its viewer sees it
     */
    public record Digit(DigitImage image, Box box) {}

    /**
     * Finds the digits.
     *
     * @param name names the picture in sentences
     * @param rows height of their images
     * @param columns width of their images
     * @throws Failure if nothing stands out from the picture's background, or far too much
     */
    public static PictureDigits of(Picture picture, String name, int rows, int columns) {
        Picture seen = picture.reduced(SOUGHT);
        Ink ink = Rules.removed(Ink.of(seen, name));
        List<Pieces.Glyph> glyphs = new ArrayList<>(Pieces.glyphs(ink));
        if (seen.width() < picture.width()) {
            // A speck of a large picture; a digit of a small one may have no more pixels.
            glyphs.removeIf(glyph -> glyph.box().longerSide() < SMALLEST);
        }
        if (glyphs.isEmpty()) {
            throw new Failure("%s: is blank; nothing on it but noise".formatted(name));
        }
        if (glyphs.size() > MOST) {
            throw new Failure("%s: has %s pieces of ink, more than the %s digits that are read; give a part of it"
                    .formatted(name, glyphs.size(), MOST));
        }
        List<List<Digit>> numbers = new ArrayList<>();
        for (List<Pieces.Glyph> line : lines(glyphs)) {
            int right = Integer.MIN_VALUE / 2;
            int height = 0;
            for (Pieces.Glyph glyph : line) {
                height = Math.max(height, glyph.box().height());
                if (numbers.isEmpty() || glyph.box().left() - right > LARGE_GAP * height) {
                    numbers.add(new ArrayList<>());
                }
                right = glyph.box().right();
                numbers.getLast().add(digit(picture, seen, glyph, rows, columns));
            }
        }
        return new PictureDigits(numbers);
    }

    /** All digits in the order in which they are read. */
    public List<Digit> all() {
        return numbers.stream().flatMap(List::stream).toList();
    }

    private static List<List<Pieces.Glyph>> lines(List<Pieces.Glyph> glyphs) {
        List<List<Pieces.Glyph>> lines = new ArrayList<>();
        glyphs.sort(Comparator.comparingInt(glyph -> glyph.box().left()));
        for (Pieces.Glyph glyph : glyphs) {
            lines.stream()
                    .filter(line -> onOneLine(line.getLast().box(), glyph.box()) >= SAME_LINE)
                    .max(Comparator.comparingDouble(
                            line -> onOneLine(line.getLast().box(), glyph.box())))
                    .orElseGet(() -> {
                        lines.add(new ArrayList<>());
                        return lines.getLast();
                    })
                    .add(glyph);
        }
        lines.sort(Comparator.comparingDouble(line ->
                line.stream().mapToInt(glyph -> glyph.box().top()).average().orElseThrow()));
        return lines;
    }

    private static double onOneLine(Box a, Box b) {
        return (double) a.overlapDown(b) / Math.min(a.height(), b.height());
    }

    private static Digit digit(Picture picture, Picture seen, Pieces.Glyph glyph, int rows, int columns) {
        Box box = glyph.box();
        double across = (double) picture.width() / seen.width();
        double down = (double) picture.height() / seen.height();
        Pieces.Glyph best = glyph;
        if (across > 1 && box.longerSide() < SMALL) {
            best = closer(picture, box.scaled(across, down)).orElse(glyph);
        }
        Box inFile =
                box.scaled((double) picture.fileWidth() / seen.width(), (double) picture.fileHeight() / seen.height());
        return new Digit(DigitImage.of(best.ink(), best.strokes(), rows, columns), inFile);
    }

    /** A digit from the picture as it was read. */
    private static Optional<Pieces.Glyph> closer(Picture picture, Box box) {
        Box around = box.grown(box.longerSide() / 3, picture.width(), picture.height());
        Picture part = picture.part(around);
        return Ink.of(part, Paper.of(part)).flatMap(ink -> Pieces.glyph(Rules.removed(ink), box.from(around)));
    }
}
