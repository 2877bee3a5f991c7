package tandem.core.picture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which pixels of a picture belong to the digit: connected pieces of ink, without specks and without what reaches in
 * from outside.
 *
 * @param box around the digit
 * @param inside whether a pixel belongs to it: [height, width]
 * @param width of its strokes in pixels
 */
record Strokes(Box box, boolean[] inside, double width) {
    /** What ink begins with, as a share of full ink: strokes end softly. */
    private static final double EDGE = 0.25;

    /** What a stroke has somewhere, as a share of full ink. */
    private static final double CORE = 0.5;

    /** Standard deviations of the noise that ink is above at least. */
    private static final double ABOVE_NOISE = 3.5;

    /** Pieces with a smaller share of the main one's ink are specks; the bar of a 5 has more than a tenth. */
    private static final double SPECK = 0.04;

    /** What touches the border is the main piece only if no other has this share of its ink. */
    private static final double OUTSIDE = 0.1;

    /**
     * Connected pixels.
     *
     * @param label in the map of labels
     * @param ink sum of amounts
     * @param peak the largest amount
     * @param outside whether it touches the border
     */
    private record Piece(int label, double ink, float peak, Box box, boolean outside) {}

    /** Finds the digit; empty if all ink is noise. */
    static Optional<Strokes> of(Ink ink) {
        int[] labels = new int[ink.amount().length];
        double edge = Math.max(EDGE * ink.full(), ABOVE_NOISE * ink.noise());
        List<Piece> pieces = pieces(ink, (float) edge, labels);
        pieces.removeIf(piece -> piece.peak < CORE * ink.full());
        if (pieces.isEmpty()) {
            return Optional.empty();
        }
        Piece main = main(pieces);
        boolean[] kept = new boolean[labels.length + 1];
        Box box = main.box;
        for (Piece piece : pieces) {
            if (piece == main || piece.ink >= SPECK * main.ink && (main.outside || !piece.outside)) {
                kept[piece.label] = true;
                box = box.and(piece.box);
            }
        }
        boolean[] inside = new boolean[labels.length];
        for (int i = 0; i < inside.length; i++) {
            inside[i] = kept[labels[i]];
        }
        return Optional.of(new Strokes(box, inside, strokeWidth(ink, inside)));
    }

    /** The same with all that is at most so many pixels away, across and down. */
    Strokes grown(int mapWidth, int mapHeight, int by) {
        float[] map = new float[inside.length];
        for (int i = 0; i < map.length; i++) {
            map[i] = inside[i] ? 1 : 0;
        }
        float[] largest = largestAround(map, mapWidth, mapHeight, by, false);
        boolean[] grown = new boolean[map.length];
        for (int i = 0; i < map.length; i++) {
            grown[i] = largest[i] > 0;
        }
        Box around = new Box(
                Math.max(0, box.left() - by),
                Math.max(0, box.top() - by),
                Math.min(mapWidth, box.right() + by),
                Math.min(mapHeight, box.bottom() + by));
        return new Strokes(around, grown, width + 2 * by);
    }

    /** The digit drawn with a wider pen. */
    Ink thickened(Ink ink, int by) {
        float[] amount = ink.amount().clone();
        for (int i = 0; i < amount.length; i++) {
            amount[i] = inside[i] ? amount[i] : 0;
        }
        float[] thick = largestAround(amount, ink.width(), ink.height(), by, true);
        for (int i = 0; i < thick.length; i++) {
            thick[i] = Math.max(thick[i], ink.amount()[i]);
        }
        return new Ink(ink.width(), ink.height(), thick, ink.full(), ink.noise(), ink.darkOnLight());
    }

    /** The largest of all values in a square or a disc. */
    private static float[] largestAround(float[] map, int mapWidth, int mapHeight, int by, boolean disc) {
        float[] largest = map.clone();
        for (int i = 0; i < map.length; i++) {
            if (map[i] <= 0) {
                continue;
            }
            int x = i % mapWidth;
            int y = i / mapWidth;
            for (int v = Math.max(0, y - by); v <= Math.min(mapHeight - 1, y + by); v++) {
                for (int u = Math.max(0, x - by); u <= Math.min(mapWidth - 1, x + by); u++) {
                    if (!disc || (u - x) * (u - x) + (v - y) * (v - y) <= by * by + by / 2) {
                        largest[v * mapWidth + u] = Math.max(largest[v * mapWidth + u], map[i]);
                    }
                }
            }
        }
        return largest;
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

    /** Labels from 1; 0 is paper. Pixels that touch by a corner are connected. */
    private static List<Piece> pieces(Ink ink, float edge, int[] labels) {
        int width = ink.width();
        int height = ink.height();
        List<Piece> pieces = new ArrayList<>();
        int[] queue = new int[labels.length];
        for (int start = 0; start < labels.length; start++) {
            if (labels[start] != 0 || ink.amount()[start] < edge) {
                continue;
            }
            int label = pieces.size() + 1;
            labels[start] = label;
            queue[0] = start;
            int count = 1;
            double sum = 0;
            float peak = 0;
            Box box = new Box(width, height, 0, 0);
            for (int done = 0; done < count; done++) {
                int x = queue[done] % width;
                int y = queue[done] / width;
                sum += ink.amount()[queue[done]];
                peak = Math.max(peak, ink.amount()[queue[done]]);
                box = box.and(new Box(x, y, x + 1, y + 1));
                for (int v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
                    for (int u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
                        int next = v * width + u;
                        if (labels[next] == 0 && ink.amount()[next] >= edge) {
                            labels[next] = label;
                            queue[count++] = next;
                        }
                    }
                }
            }
            boolean outside = box.left() == 0 || box.top() == 0 || box.right() == width || box.bottom() == height;
            pieces.add(new Piece(label, sum, peak, box, outside));
        }
        return pieces;
    }

    /**
     * Median over the pixels of the shorter of two runs of ink, across and down: at most 1.4 times the width of a
     * stroke at any angle.
     */
    private static double strokeWidth(Ink ink, boolean[] inside) {
        int width = ink.width();
        int height = ink.height();
        boolean[] core = new boolean[inside.length];
        for (int i = 0; i < core.length; i++) {
            core[i] = inside[i] && ink.amount()[i] >= CORE * ink.full();
        }
        int[] across = new int[core.length];
        int[] down = new int[core.length];
        for (int y = 0; y < height; y++) {
            runs(core, across, y * width, 1, width);
        }
        for (int x = 0; x < width; x++) {
            runs(core, down, x, width, height);
        }
        int[] shorter = new int[core.length];
        int count = 0;
        for (int i = 0; i < core.length; i++) {
            if (core[i]) {
                shorter[count++] = Math.min(across[i], down[i]);
            }
        }
        Arrays.sort(shorter, 0, count);
        return shorter[count / 2];
    }

    /** Writes the length of its run to every pixel of a line. */
    private static void runs(boolean[] core, int[] lengths, int start, int step, int count) {
        for (int i = 0; i < count; ) {
            int end = i;
            while (end < count && core[start + end * step]) {
                end++;
            }
            for (int k = i; k < end; k++) {
                lengths[start + k * step] = end - i;
            }
            i = Math.max(end, i + 1);
        }
    }
}
