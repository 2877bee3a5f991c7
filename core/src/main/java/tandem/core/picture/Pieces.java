package tandem.core.picture;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The connected pieces of ink in a picture, and which of them are a digit together. Pieces are labelled one after the
 * other by a breadth-first search over eight neighbours.
 */
final class Pieces {
    /** What ink begins with, as a share of full ink: strokes end softly. */
    private static final double EDGE = 0.25;

    /** What a stroke has somewhere, as a share of full ink. */
    static final double CORE = 0.5;

    /** Standard deviations of the noise that ink is above at least. */
    private static final double ABOVE_NOISE = 3.5;

    /** Pieces with a smaller share of the main one's ink are specks; the bar of a 5 has more than a tenth. */
    private static final double SPECK = 0.04;

    /** What touches the border is the main piece only if no other has this share of its ink. */
    private static final double OUTSIDE = 0.1;

    /** Lower than this share of the largest, a piece is part of a digit or none. */
    private static final double PART = 0.5;

    /** Gap between a digit and its parts, as a share of the digit's height: the bar of a 5 that was set too high. */
    private static final double NEAR = 0.2;

    /** Share of the narrower one's width that lies above or below the other, if both are one digit. */
    private static final double ABOVE = 0.5;

    private final Ink ink;
    private final int[] labels;
    private final List<Piece> found = new ArrayList<>();

    private Pieces(Ink ink) {
        this.ink = ink;
        labels = new int[ink.amount().length];
        label((float) Math.max(EDGE * ink.full(), ABOVE_NOISE * ink.noise()));
    }

    /**
     * Connected pixels.
     *
     * @param label in the map of labels, from 1
     * @param ink sum of amounts
     * @param peak the largest amount
     * @param outside whether it touches the border
     */
    private record Piece(int label, double ink, float peak, Box box, boolean outside) {}

    /** Pieces of one digit. */
    private record Group(Box box, double ink, List<Piece> pieces) {
        static Group of(Piece piece) {
            return new Group(piece.box, piece.ink, List.of(piece));
        }

        Group and(Group other) {
            return new Group(
                    box.and(other.box),
                    ink + other.ink,
                    Stream.concat(pieces.stream(), other.pieces.stream()).toList());
        }
    }

    /**
     * One digit's ink.
     *
     * @param box where the digit lies in the picture
     * @param ink of the box and some pixels around it
     * @param strokes which of these pixels are the digit's
     */
    record Glyph(Box box, Ink ink, Strokes strokes) {}

    /** Finds the digits, in no order; none if all ink is noise. */
    static List<Glyph> glyphs(Ink ink) {
        Pieces pieces = new Pieces(ink);
        return pieces.groups().stream().map(pieces::glyph).toList();
    }

    /** All of the ink as one digit; empty if it is noise. */
    static Optional<Glyph> one(Ink ink) {
        Pieces pieces = new Pieces(ink);
        return pieces.large().stream().map(Group::of).reduce(Group::and).map(pieces::glyph);
    }

    /** The ink in a box alone, all of it one digit; empty if there is none. */
    static Optional<Glyph> glyph(Ink ink, Box within) {
        Pieces pieces = new Pieces(ink);
        return pieces.found.stream()
                .filter(piece -> piece.peak >= CORE * ink.full() && piece.box.mostlyIn(within))
                .map(Group::of)
                .reduce(Group::and)
                .map(pieces::glyph);
    }

    private void label(float edge) {
        int width = ink.width();
        int height = ink.height();
        float[] amount = ink.amount();
        int[] queue = new int[labels.length];
        for (int start = 0; start < labels.length; start++) {
            if (labels[start] != 0 || amount[start] < edge) {
                continue;
            }
            int label = found.size() + 1;
            labels[start] = label;
            queue[0] = start;
            int count = 1;
            double sum = 0;
            float peak = 0;
            int left = width;
            int top = height;
            int right = 0;
            int bottom = 0;
            for (int done = 0; done < count; done++) {
                int x = queue[done] % width;
                int y = queue[done] / width;
                sum += amount[queue[done]];
                peak = Math.max(peak, amount[queue[done]]);
                left = Math.min(left, x);
                top = Math.min(top, y);
                right = Math.max(right, x + 1);
                bottom = Math.max(bottom, y + 1);
                for (int v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
                    for (int u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
                        int next = v * width + u;
                        if (labels[next] == 0 && amount[next] >= edge) {
                            labels[next] = label;
                            queue[count++] = next;
                        }
                    }
                }
            }
            boolean outside = left == 0 || top == 0 || right == width || bottom == height;
            found.add(new Piece(label, sum, peak, new Box(left, top, right, bottom), outside));
        }
    }

    /** What is neither noise nor a speck nor reaches in from outside. */
    private List<Piece> large() {
        List<Piece> pieces = new ArrayList<>(found);
        pieces.removeIf(piece -> piece.peak < CORE * ink.full());
        if (!pieces.isEmpty()) {
            Piece main = main(pieces);
            pieces.removeIf(piece ->
                    piece != main && (piece.ink < SPECK * main.ink || piece.outside && !main.outside && !ink.filled()));
        }
        return pieces;
    }

    private List<Group> groups() {
        List<Piece> pieces = large();
        // From the tallest on: parts join what they are parts of.
        pieces.sort(Comparator.comparingInt((Piece piece) -> piece.box.height()).reversed());
        List<Group> groups = new ArrayList<>();
        for (Piece piece : pieces) {
            Group joined = Group.of(piece);
            for (int i = 0; i < groups.size(); ) {
                if (together(groups.get(i).box, joined.box)) {
                    joined = joined.and(groups.remove(i));
                } else {
                    i++;
                }
            }
            groups.add(joined);
        }
        int tallest =
                groups.stream().mapToInt(group -> group.box.height()).max().orElse(0);
        groups.removeIf(group -> group.box.height() < PART * tallest && group.box.longerSide() < tallest);
        return groups;
    }

    /** Whether two boxes are those of parts of one digit. */
    private static boolean together(Box a, Box b) {
        int narrower = Math.min(a.width(), b.width());
        double across = (double) a.overlapAcross(b) / narrower;
        double down = (double) a.overlapDown(b) / Math.min(a.height(), b.height());
        int tall = Math.max(a.height(), b.height());
        boolean part = Math.min(a.height(), b.height()) < PART * tall;
        if (across >= ABOVE) {
            // One above the other, or one within the other.
            return down > 0
                    || a.gapDown(b) <= NEAR * tall
                            && (part || a.and(b).height() < 1.5 * Math.max(a.width(), b.width()));
        }
        return part
                && down >= ABOVE
                && a.gapAcross(b) <= NEAR * tall
                && a.and(b).width() <= tall;
    }

    private static Piece main(List<Piece> pieces) {
        Piece largest = largest(pieces.stream()).orElseThrow();
        return largest(pieces.stream().filter(piece -> !piece.outside))
                .filter(within -> within.ink >= OUTSIDE * largest.ink)
                .orElse(largest);
    }

    /** The piece with the most ink, the first of equals. */
    private static Optional<Piece> largest(Stream<Piece> pieces) {
        return pieces.reduce((largest, piece) -> piece.ink > largest.ink ? piece : largest);
    }

    private Glyph glyph(Group group) {
        int margin = 2 + group.box.longerSide() / 6;
        Box around = group.box.grown(margin, ink.width(), ink.height());
        boolean[] kept = new boolean[found.size() + 1];
        group.pieces.forEach(piece -> kept[piece.label] = true);
        boolean[] inside = new boolean[around.width() * around.height()];
        for (int i = 0; i < inside.length; i++) {
            int x = around.left() + i % around.width();
            int y = around.top() + i / around.width();
            inside[i] = kept[labels[y * ink.width() + x]];
        }
        Ink part = ink.part(around);
        return new Glyph(group.box, part, Strokes.of(part, group.box.from(around), inside));
    }
}
