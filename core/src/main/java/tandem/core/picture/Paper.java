package tandem.core.picture;

import java.util.Arrays;
import java.util.Optional;

/**
 * What is drawn on: for each channel a polynomial of second degree over the picture, which follows light that falls
 * from one side and soft shadows. It is fitted to most of the pixels, and above all to those at the border, so that ink
 * does not count: iteratively reweighted least squares, first for least absolute deviations, then with Tukey's biweight
 * (P. W. Holland, R. E. Welsch, Robust regression using iteratively reweighted least-squares, 1977).
 */
final class Paper {
    private static final int TERMS = 6;

    /** Terms of a plane. */
    private static final int PLANE = 3;

    /** Share of all pixels that a plane is fitted to at least; what there is of less has one tone. */
    private static final double LEAST_PAPER = 0.1;

    /** One in so many pixels of the paper's tone is taken for nothing but paper. */
    private static final int PURE = 2;

    /** The same where that shows no ink: a thick, soft stroke leaves a corner alone. */
    private static final int PUREST = 8;

    /** Longer side of the reduced picture that is fitted. */
    private static final int FITTED = 64;

    private static final int ROUNDS = 10;

    /** How much more a pixel of the border says about the paper than one of the middle. */
    private static final double BORDER = 4;

    /** Width of the border, as a share of the side. */
    private static final double BORDER_WIDTH = 0.06;

    /** Tukey's constant, which has 95% efficiency on normal noise. */
    private static final double TUKEY = 4.685;

    /** What makes a median absolute deviation the standard deviation of normal noise. */
    static final double NORMAL = 1.4826;

    /** Smallest deviation that counts as noise, about 2 of 255: pictures without any noise are fitted as well. */
    private static final double LEAST = 0.008;

    /** Share of all variance that two tones have between them if they are paper and ink. */
    private static final double SEPARATE = 0.78;

    /** What differs by this share of the largest difference is not paper. */
    private static final double STANDS_OUT = 0.3;

    /** What differs less may be a shadow, as a share of white. */
    private static final double FAINT = 0.04;

    /** Share of the border that may stand out: where a stroke reaches in, or a rule. */
    private static final double CLEAN = 0.08;

    /** Coefficients: [channel][term]. */
    private final double[][] surface;

    private final boolean filled;

    private Paper(double[][] surface, boolean filled) {
        this.surface = surface;
        this.filled = filled;
    }

    /** Fits the paper of a picture: by its border, or where ink fills that, by the picture's two tones. */
    static Paper of(Picture picture) {
        Picture small = picture.reduced(FITTED);
        boolean[] border = border(small.width(), small.height());
        Paper paper = byBorder(small, border);
        return paper.standsOut(small, border) ? byTones(small) : paper;
    }

    /** The paper as one tone, if the picture has two that are well apart: for strokes that leave hardly any paper. */
    static Optional<Paper> ofOneTone(Picture picture) {
        Picture small = picture.reduced(FITTED);
        Tones tones = Tones.of(small, PUREST);
        return tones.separation() < SEPARATE
                ? Optional.empty()
                : Optional.of(robust(small, weights(tones.purest(), 0), weights(tones.purest(), 0), 1, true));
    }

    /** Whether ink fills the border, so that it belongs to the digit. */
    boolean filled() {
        return filled;
    }

    private static boolean[] border(int width, int height) {
        int wide = Math.max(1, (int) Math.round(BORDER_WIDTH * Math.min(width, height)));
        boolean[] border = new boolean[width * height];
        for (int i = 0; i < border.length; i++) {
            int x = i % width;
            int y = i / width;
            border[i] = x < wide || y < wide || x >= width - wide || y >= height - wide;
        }
        return border;
    }

    /** The first surface is the border's; from then on everything near the surface counts. */
    private static Paper byBorder(Picture small, boolean[] border) {
        return robust(small, weights(border, 1e-3), weights(border, 1 / BORDER), TERMS, false);
    }

    private static Paper byTones(Picture small) {
        Tones tones = Tones.of(small, PURE);
        double[] middle = weights(tones.middle(small.width(), small.height()), 0);
        if (Arrays.stream(middle).sum() >= LEAST_PAPER * middle.length) {
            return robust(small, middle, middle, PLANE, true);
        }
        double[] purest = weights(tones.purest(), 0);
        return robust(small, purest, purest, 1, true);
    }

    private static double[] weights(boolean[] counted, double others) {
        double[] weights = new double[counted.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = counted[i] ? 1 : others;
        }
        return weights;
    }

    /**
     * Fits again and again to what is near the paper.
     *
     * @param first weights of the pixels in the first round
     * @param prior weights of the pixels in the others; the noise is measured where they are 1
     */
    private static Paper robust(Picture small, double[] first, double[] prior, int terms, boolean filled) {
        Paper paper = fit(small, first, terms, filled);
        double[] weights = new double[prior.length];
        for (int round = 0; round < 2 * ROUNDS; round++) {
            double[] distances = paper.distances(small);
            double tolerance = TUKEY * Math.max(LEAST, NORMAL * median(distances, prior));
            for (int i = 0; i < weights.length; i++) {
                double biweight = Math.max(0, 1 - Math.pow(distances[i] / tolerance, 2));
                weights[i] = prior[i] * (round < ROUNDS ? 1 / Math.max(LEAST, distances[i]) : biweight * biweight);
            }
            paper = fit(small, weights, terms, filled);
        }
        return paper;
    }

    private static double median(double[] distances, double[] prior) {
        double[] counted = new double[distances.length];
        int count = 0;
        for (int i = 0; i < distances.length; i++) {
            if (prior[i] == 1) {
                counted[count++] = distances[i];
            }
        }
        Arrays.sort(counted, 0, count);
        return counted[count / 2];
    }

    /** Whether much of the border is not this paper. */
    private boolean standsOut(Picture small, boolean[] border) {
        double[] distances = distances(small);
        double largest = Arrays.stream(distances).max().orElseThrow();
        double limit = Math.max(FAINT, STANDS_OUT * largest);
        int all = 0;
        int beyond = 0;
        for (int i = 0; i < border.length; i++) {
            if (border[i]) {
                all++;
                beyond += distances[i] > limit ? 1 : 0;
            }
        }
        return beyond > CLEAN * all;
    }

    private static void terms(int i, int width, int height, double[] terms) {
        double x = (2 * (i % width) + 1.0) / width - 1;
        double y = (2 * (i / width) + 1.0) / height - 1;
        terms[0] = 1;
        terms[1] = x;
        terms[2] = y;
        terms[3] = x * x;
        terms[4] = x * y;
        terms[5] = y * y;
    }

    /** Weighted least squares of all channels by the normal equations. */
    private static Paper fit(Picture small, double[] weights, int used, boolean filled) {
        double[][] equations = new double[TERMS][TERMS + Picture.CHANNELS];
        double[] terms = new double[TERMS];
        for (int i = 0; i < weights.length; i++) {
            terms(i, small.width(), small.height(), terms);
            for (int j = 0; j < TERMS; j++) {
                double weighted = weights[i] * terms[j];
                for (int k = 0; k < TERMS; k++) {
                    equations[j][k] += weighted * terms[k];
                }
                for (int c = 0; c < Picture.CHANNELS; c++) {
                    equations[j][TERMS + c] += weighted * small.samples()[Picture.CHANNELS * i + c];
                }
            }
        }
        for (int j = 0; j < TERMS; j++) {
            // Where nothing decides about a term it is 0, as in pictures of two pixels' height; so are terms not used.
            equations[j][j] += j < used ? 1e-9 : 1e9;
        }
        eliminate(equations);
        double[][] surface = new double[Picture.CHANNELS][TERMS];
        for (int c = 0; c < Picture.CHANNELS; c++) {
            for (int j = 0; j < TERMS; j++) {
                surface[c][j] = equations[j][TERMS + c];
            }
        }
        return new Paper(surface, filled);
    }

    /** Gauss and Jordan; the matrix is symmetric and positive definite, so no pivot is sought. */
    private static void eliminate(double[][] equations) {
        for (int j = 0; j < TERMS; j++) {
            double pivot = equations[j][j];
            for (int k = 0; k < equations[j].length; k++) {
                equations[j][k] /= pivot;
            }
            for (int other = 0; other < TERMS; other++) {
                if (other != j) {
                    double factor = equations[other][j];
                    for (int k = 0; k < equations[j].length; k++) {
                        equations[other][k] -= factor * equations[j][k];
                    }
                }
            }
        }
    }

    private double[] distances(Picture small) {
        float[] differences = differences(small);
        double[] distances = new double[small.width() * small.height()];
        for (int i = 0; i < distances.length; i++) {
            double sum = 0;
            for (int c = 0; c < Picture.CHANNELS; c++) {
                sum += differences[Picture.CHANNELS * i + c] * differences[Picture.CHANNELS * i + c];
            }
            distances[i] = Math.sqrt(sum / Picture.CHANNELS);
        }
        return distances;
    }

    /** How much each pixel of the picture differs from the paper: [height, width, 3]. */
    float[] differences(Picture picture) {
        float[] samples = picture.samples();
        float[] differences = new float[samples.length];
        double[] terms = new double[TERMS];
        for (int i = 0; i < picture.width() * picture.height(); i++) {
            terms(i, picture.width(), picture.height(), terms);
            for (int c = 0; c < Picture.CHANNELS; c++) {
                double paper = 0;
                for (int j = 0; j < TERMS; j++) {
                    paper += surface[c][j] * terms[j];
                }
                differences[Picture.CHANNELS * i + c] = samples[Picture.CHANNELS * i + c] - (float) paper;
            }
        }
        return differences;
    }
}
