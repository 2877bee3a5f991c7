package tandem.core.picture;

import java.util.Arrays;

/**
 * The two tones of a picture whose border does not show what is paper, as ink fills it: N. Otsu, A threshold selection
 * method from gray-level histograms, 1979, on the values along the principal axis of all colours.
 *
 * @param paper whether a pixel has the paper's tone: [height, width]
 * @param purest the part of them that differs most from ink: beside a stroke, pixels are mixtures of both
 * @param separation share of all variance that lies between the tones: 0.64 for normal noise, 0.75 for an even
 *     gradient, over 0.76 for 2,997 of 3,000 test digits of MNIST cut to their boxes
 */
record Tones(boolean[] paper, boolean[] purest, double separation) {
    private static final int LEVELS = 256;

    /** Larger share of the pixels than ink covers, even of a digit cut to its box: in none of 2,000. */
    private static final double MOST_INK = 0.8;

    /**
     * Finds them. Paper is the tone that has more of the border, where corners count as much again: of 3,000 test
     * digits of MNIST that were cut to the box of what has a quarter of full ink, that is right for 2,997; by the
     * border alone for 2,988. A tone that covers nearly all is paper, whatever the border: squares may end on it.
     *
     * @param picture with pixels that are all looked at
     * @param part one in so many of the paper's pixels is purest
     */
    static Tones of(Picture picture, int part) {
        float[] values = along(picture.samples());
        float low = Float.MAX_VALUE;
        float high = -Float.MAX_VALUE;
        for (float value : values) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        int[] levels = new int[values.length];
        int[] counts = new int[LEVELS];
        for (int i = 0; i < values.length; i++) {
            levels[i] = high > low ? (int) ((LEVELS - 1) * (values[i] - low) / (high - low)) : 0;
            counts[levels[i]]++;
        }
        int threshold = threshold(counts);
        double separation = separation(counts, threshold);
        boolean[] above = new boolean[values.length];
        for (int i = 0; i < above.length; i++) {
            above[i] = levels[i] > threshold;
        }
        boolean light = isPaper(above, picture.width(), picture.height());
        int pure = light
                ? quantile(counts, threshold + 1, LEVELS - 1, part - 1, part)
                : quantile(counts, 0, threshold, 1, part);
        boolean[] paper = new boolean[values.length];
        boolean[] purest = new boolean[values.length];
        for (int i = 0; i < paper.length; i++) {
            paper[i] = above[i] == light;
            purest[i] = light ? levels[i] >= pure : levels[i] <= pure;
        }
        return new Tones(paper, purest, separation);
    }

    /** The level up to which a share of the pixels lies that have those from one to another. */
    private static int quantile(int[] counts, int first, int last, int part, int parts) {
        int all = Arrays.stream(counts, first, last + 1).sum();
        int sum = 0;
        for (int level = first; level < last; level++) {
            sum += counts[level];
            if (parts * sum >= part * all) {
                return level;
            }
        }
        return last;
    }

    /** The amount of each pixel along the principal axis of what differs from the mean. */
    private static float[] along(float[] samples) {
        int count = samples.length / Picture.CHANNELS;
        double[] mean = new double[Picture.CHANNELS];
        for (int i = 0; i < samples.length; i++) {
            mean[i % Picture.CHANNELS] += samples[i] / (double) count;
        }
        float[] differences = new float[samples.length];
        for (int i = 0; i < samples.length; i++) {
            differences[i] = samples[i] - (float) mean[i % Picture.CHANNELS];
        }
        return PrincipalAxis.of(differences, false).along(differences);
    }

    /** The last level of the lower class: where the variance between the classes is largest. */
    private static int threshold(int[] counts) {
        int best = 0;
        double most = -1;
        for (int level = 0; level < LEVELS - 1; level++) {
            double separation = separation(counts, level);
            if (separation > most) {
                most = separation;
                best = level;
            }
        }
        return best;
    }

    /** Variance between the classes up to a level and above it, as a share of all variance. */
    private static double separation(int[] counts, int threshold) {
        double below = 0;
        double sumBelow = 0;
        double all = 0;
        double sum = 0;
        double squares = 0;
        for (int level = 0; level < LEVELS; level++) {
            all += counts[level];
            sum += (double) level * counts[level];
            squares += (double) level * level * counts[level];
            if (level == threshold) {
                below = all;
                sumBelow = sum;
            }
        }
        double difference = sum * below / all - sumBelow;
        double variance = squares - sum * sum / all;
        return below == 0 || below == all || variance <= 0
                ? 0
                : difference * difference * all / (below * (all - below)) / variance;
    }

    /**
     * By its area if that decides; else by the border and the corners, of which all four weigh as much as the border.
     */
    private static boolean isPaper(boolean[] map, int width, int height) {
        int border = 0;
        int outside = 0;
        int area = 0;
        for (int i = 0; i < map.length; i++) {
            int x = i % width;
            int y = i / width;
            area += map[i] ? 1 : 0;
            if (x == 0 || y == 0 || x == width - 1 || y == height - 1) {
                border++;
                outside += map[i] ? 1 : 0;
            }
        }
        double share = (double) area / map.length;
        if (share > MOST_INK || share < 1 - MOST_INK) {
            return share > MOST_INK;
        }
        int corners = 0;
        for (int corner : new int[] {0, width - 1, map.length - width, map.length - 1}) {
            corners += map[corner] ? 1 : 0;
        }
        return (double) outside / border + corners / 4.0 >= 1;
    }

    /** The paper without the pixels beside ink, which are a mixture of both. */
    boolean[] middle(int width, int height) {
        boolean[] middle = new boolean[paper.length];
        for (int i = 0; i < paper.length; i++) {
            int x = i % width;
            int y = i / width;
            middle[i] = paper[i]
                    && (x == 0 || paper[i - 1])
                    && (x == width - 1 || paper[i + 1])
                    && (y == 0 || paper[i - width])
                    && (y == height - 1 || paper[i + width]);
        }
        return middle;
    }
}
