package tandem.core.picture;

import java.util.Arrays;
import tandem.core.Failure;

/**
 * How much ink there is in each pixel of a picture, whatever the colours of ink and paper.
 *
 * @param width in pixels
 * @param height in pixels
 * @param amount [height, width]; around 0 on paper, about {@code full} on a stroke
 * @param full what a pixel full of ink has
 * @param noise standard deviation of the amount on paper
 * @param darkOnLight whether the ink is darker than the paper
 */
record Ink(int width, int height, float[] amount, float full, float noise, boolean darkOnLight) {
    /** Ink that differs less from its paper is none, as a share of white: 8 of 255 levels. */
    private static final double LEAST_CONTRAST = 8 / 255.0;

    /** So many standard deviations of the noise are ink. Of 480 x 480 pixels of noise, 1 in 10 has one beyond 5. */
    private static final double SURE = 6;

    /** Share of all pixels that may be brighter than full ink: dirt, glare. */
    private static final double OUTLIERS = 0.001;

    /**
     * Finds the ink.
     *
     * @param name names the picture in sentences
     * @throws Failure if there is none
     */
    static Ink of(Picture picture, String name) {
        float[] differences = Paper.of(picture).differences(picture);
        double[] axis = axis(differences);
        float[] amount = new float[picture.width() * picture.height()];
        double cubes = 0;
        for (int i = 0; i < amount.length; i++) {
            double along = 0;
            for (int c = 0; c < Picture.CHANNELS; c++) {
                along += axis[c] * differences[Picture.CHANNELS * i + c];
            }
            amount[i] = (float) along;
            cubes += along * along * along;
        }
        // Noise lies on both sides of the paper, ink on one.
        if (cubes < 0) {
            for (int i = 0; i < amount.length; i++) {
                amount[i] = -amount[i];
            }
        }
        double lightness = (axis[0] + axis[1] + axis[2]) * Math.signum(cubes);
        float noise = (float) noise(amount);
        float[] sorted = amount.clone();
        Arrays.sort(sorted);
        float full = sorted[sorted.length - 1 - (int) (OUTLIERS * sorted.length)];
        if (full < LEAST_CONTRAST * Math.sqrt(Picture.CHANNELS) || full < SURE * noise) {
            throw new Failure("%s: is blank; nothing on it stands out from its background".formatted(name));
        }
        return new Ink(picture.width(), picture.height(), amount, full, noise, lightness < 0);
    }

    /**
     * The direction in which colours differ most from the paper's: the first principal axis, by power iteration. For a
     * grey picture it is the grey axis; ink that is as light as its paper but of another colour is found all the same.
     */
    private static double[] axis(float[] differences) {
        double[][] moments = new double[Picture.CHANNELS][Picture.CHANNELS];
        for (int i = 0; i < differences.length; i += Picture.CHANNELS) {
            for (int a = 0; a < Picture.CHANNELS; a++) {
                for (int b = 0; b < Picture.CHANNELS; b++) {
                    moments[a][b] += differences[i + a] * differences[i + b];
                }
            }
        }
        // No colour of a real picture is at right angles to all three starts.
        double[] best = {};
        double most = -1;
        for (double[] start : new double[][] {{1, 1, 1}, {1, -1, 0}, {0, 1, -1}}) {
            double[] axis = start;
            double length = 0;
            for (int round = 0; round < 50; round++) {
                double[] next = new double[Picture.CHANNELS];
                for (int a = 0; a < Picture.CHANNELS; a++) {
                    for (int b = 0; b < Picture.CHANNELS; b++) {
                        next[a] += moments[a][b] * axis[b];
                    }
                }
                length = Math.sqrt(next[0] * next[0] + next[1] * next[1] + next[2] * next[2]);
                if (length == 0) {
                    break;
                }
                for (int a = 0; a < Picture.CHANNELS; a++) {
                    next[a] /= length;
                }
                axis = next;
            }
            if (length > most) {
                most = length;
                best = axis;
            }
        }
        return best;
    }

    /** The noise of means over squares of so many pixels' side: less, unless the noise has large grains. */
    double noise(double side) {
        if (side <= 1) {
            return noise;
        }
        int newWidth = Math.max(1, (int) Math.round(width / side));
        int newHeight = Math.max(1, (int) Math.round(height / side));
        return noise(AreaAverage.of(amount, width, height, new Box(0, 0, width, height), newWidth, newHeight));
    }

    /** Standard deviation of the paper's noise: the smaller half of all amounts belongs to paper. */
    private static double noise(float[] amount) {
        float[] sizes = new float[amount.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = Math.abs(amount[i]);
        }
        Arrays.sort(sizes);
        return Paper.NORMAL * sizes[sizes.length / 2];
    }
}
