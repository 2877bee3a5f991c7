package tandem.core.picture;

import java.util.Arrays;

/**
 * Which pixels of some ink belong to a digit.
 *
 * @param box around the digit
 * @param inside whether a pixel belongs to it: [height, width]
 * @param width of its strokes in pixels
 */
record Strokes(Box box, boolean[] inside, double width) {

    /** The strokes of a digit's pixels. */
    static Strokes of(Ink ink, Box box, boolean[] inside) {
        return new Strokes(box, inside, strokeWidth(ink, inside));
    }

    /** The same with all that is within some pixels, across and down. */
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
        return new Strokes(box.grown(by, mapWidth, mapHeight), grown, width + 2 * by);
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
        return ink.with(ink.width(), ink.height(), thick);
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

    /**
     * Median over the pixels of the shorter of two runs of ink, across and down: at most 1.4 times the width of a
     * stroke at any angle.
     */
    private static double strokeWidth(Ink ink, boolean[] inside) {
        int width = ink.width();
        int height = ink.height();
        boolean[] core = new boolean[inside.length];
        for (int i = 0; i < core.length; i++) {
            core[i] = inside[i] && ink.amount()[i] >= Pieces.CORE * ink.full();
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
