package tandem.core.picture;

import java.util.Arrays;
import java.util.Optional;
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
 * @param filled whether ink fills the border
 */
record Ink(int width, int height, float[] amount, float full, float noise, boolean darkOnLight, boolean filled) {
    /** Ink that differs less from its paper is none, as a share of white: 8 of 255 levels. */
    private static final double LEAST_CONTRAST = 8 / 255.0;

    /** So many standard deviations of the noise are ink. Of 480 x 480 pixels of noise, 1 in 10 has one beyond 5. */
    private static final double SURE = 6;

    /** Share of all pixels that may be brighter than full ink: dirt, glare. */
    private static final double OUTLIERS = 0.001;

    /** The same as a share of the pixels that are ink. */
    private static final double OUTLIERS_OF_INK = 0.1;

    /**
     * Finds the ink.
     *
     * @param name names the picture in sentences
     * @throws Failure if there is none
     */
    static Ink of(Picture picture, String name) {
        return of(picture, Paper.of(picture))
                .or(() -> Paper.ofOneTone(picture).flatMap(paper -> of(picture, paper)))
                .orElseThrow(() ->
                        new Failure("%s: is blank; nothing on it stands out from its background".formatted(name)));
    }

    /** What differs from a paper, if it is more than noise. */
    static Optional<Ink> of(Picture picture, Paper paper) {
        float[] differences = paper.differences(picture);
        PrincipalAxis axis = PrincipalAxis.of(differences, true);
        float[] amount = axis.along(differences);
        double cubes = 0;
        for (float along : amount) {
            cubes += (double) along * along * along;
        }
        // Noise lies on both sides of the paper, ink on one.
        if (cubes < 0) {
            for (int i = 0; i < amount.length; i++) {
                amount[i] = -amount[i];
            }
        }
        double lightness = Arrays.stream(axis.direction()).sum() * Math.signum(cubes);
        float noise = noise(amount);
        float least = (float) Math.max(LEAST_CONTRAST * Math.sqrt(Picture.CHANNELS), SURE * noise);
        float full = full(amount, least);
        return full < least
                ? Optional.empty()
                : Optional.of(
                        new Ink(picture.width(), picture.height(), amount, full, noise, lightness < 0, paper.filled()));
    }

    /**
     * The amount that a share of all pixels is beyond, or of the ink if there is little of it: of a digit of 160 pixels
     * on a page of 2,400 x 3,200.
     */
    private static float full(float[] amount, float least) {
        float[] sorted = amount.clone();
        Arrays.sort(sorted);
        int ink = 0;
        while (ink < sorted.length && sorted[sorted.length - 1 - ink] >= least) {
            ink++;
        }
        return sorted[sorted.length - 1 - (int) Math.min(OUTLIERS * sorted.length, OUTLIERS_OF_INK * ink)];
    }

    /** What lies in a box. */
    Ink part(Box box) {
        float[] part = new float[box.width() * box.height()];
        for (int y = 0; y < box.height(); y++) {
            System.arraycopy(amount, (box.top() + y) * width + box.left(), part, y * box.width(), box.width());
        }
        return with(box.width(), box.height(), part);
    }

    /** Other amounts of the same ink on the same paper. */
    Ink with(int newWidth, int newHeight, float[] newAmount) {
        return new Ink(newWidth, newHeight, newAmount, full, noise, darkOnLight, filled);
    }

    /** The noise of means over squares with a side of some pixels: less, unless the noise has large grains. */
    double noise(double side) {
        if (side <= 1) {
            return noise;
        }
        int newWidth = Math.max(1, (int) Math.round(width / side));
        int newHeight = Math.max(1, (int) Math.round(height / side));
        return noise(AreaAverage.of(amount, width, height, new Box(0, 0, width, height), newWidth, newHeight));
    }

    /** Standard deviation of the paper's noise: what lies on the other side of the paper than ink is noise alone. */
    private static float noise(float[] amount) {
        float[] sizes = new float[amount.length];
        int count = 0;
        for (float value : amount) {
            if (value < 0) {
                sizes[count++] = -value;
            }
        }
        Arrays.sort(sizes, 0, count);
        return count == 0 ? 0 : (float) Paper.NORMAL * sizes[count / 2];
    }
}
