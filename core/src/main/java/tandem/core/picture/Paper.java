package tandem.core.picture;

import java.util.Arrays;

/**
 * What is drawn on: for each channel a polynomial of second degree over the picture, which follows light that falls
 * from one side and soft shadows. It is fitted to most of the pixels, and above all to those at the border, so that ink
 * does not count: iteratively reweighted least squares, first for least absolute deviations, then with Tukey's biweight
 * (P. W. Holland, R. E. Welsch, Robust regression using iteratively reweighted least-squares, 1977).
 */
final class Paper {
    private static final int TERMS = 6;

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

    /** Coefficients: [channel][term]. */
    private final double[][] surface;

    private Paper(double[][] surface) {
        this.surface = surface;
    }

    /** Fits the paper of a picture. */
    static Paper of(Picture picture) {
        double scale = Math.min(1, (double) FITTED / Math.max(picture.width(), picture.height()));
        int width = Math.max(1, (int) Math.round(picture.width() * scale));
        int height = Math.max(1, (int) Math.round(picture.height() * scale));
        float[] samples =
                AreaAverage.of(rows(picture), picture.width(), picture.height(), Picture.CHANNELS, width, height);
        double[] prior = new double[width * height];
        int border = Math.max(1, (int) Math.round(BORDER_WIDTH * Math.min(width, height)));
        for (int i = 0; i < prior.length; i++) {
            int x = i % width;
            int y = i / width;
            boolean outside = x < border || y < border || x >= width - border || y >= height - border;
            prior[i] = outside ? BORDER : 1;
        }
        // The first surface is the border's; from then on everything near the surface counts.
        double[] weights = Arrays.stream(prior).map(p -> p == BORDER ? 1 : 1e-3).toArray();
        Paper paper = fit(samples, width, height, weights);
        double[] distances = new double[prior.length];
        for (int round = 0; round < 2 * ROUNDS; round++) {
            paper.distances(samples, width, height, distances);
            double[] sorted = distances.clone();
            Arrays.sort(sorted);
            double tolerance = TUKEY * Math.max(LEAST, NORMAL * sorted[sorted.length / 2]);
            for (int i = 0; i < weights.length; i++) {
                double biweight = Math.max(0, 1 - Math.pow(distances[i] / tolerance, 2));
                weights[i] = prior[i] * (round < ROUNDS ? 1 / Math.max(LEAST, distances[i]) : biweight * biweight);
            }
            paper = fit(samples, width, height, weights);
        }
        return paper;
    }

    private static AreaAverage.Rows rows(Picture picture) {
        int length = picture.width() * Picture.CHANNELS;
        return (y, row) -> System.arraycopy(picture.samples(), y * length, row, 0, length);
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
    private static Paper fit(float[] samples, int width, int height, double[] weights) {
        double[][] equations = new double[TERMS][TERMS + Picture.CHANNELS];
        double[] terms = new double[TERMS];
        for (int i = 0; i < weights.length; i++) {
            terms(i, width, height, terms);
            for (int j = 0; j < TERMS; j++) {
                double weighted = weights[i] * terms[j];
                for (int k = 0; k < TERMS; k++) {
                    equations[j][k] += weighted * terms[k];
                }
                for (int c = 0; c < Picture.CHANNELS; c++) {
                    equations[j][TERMS + c] += weighted * samples[Picture.CHANNELS * i + c];
                }
            }
        }
        for (int j = 0; j < TERMS; j++) {
            // Where nothing decides about a term it is 0: pictures of two pixels' height.
            equations[j][j] += 1e-9;
        }
        eliminate(equations);
        double[][] surface = new double[Picture.CHANNELS][TERMS];
        for (int c = 0; c < Picture.CHANNELS; c++) {
            for (int j = 0; j < TERMS; j++) {
                surface[c][j] = equations[j][TERMS + c];
            }
        }
        return new Paper(surface);
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

    private void distances(float[] samples, int width, int height, double[] distances) {
        float[] differences = differences(samples, width, height);
        for (int i = 0; i < distances.length; i++) {
            double sum = 0;
            for (int c = 0; c < Picture.CHANNELS; c++) {
                sum += differences[Picture.CHANNELS * i + c] * differences[Picture.CHANNELS * i + c];
            }
            distances[i] = Math.sqrt(sum / Picture.CHANNELS);
        }
    }

    /** How much each pixel of the picture differs from the paper: [height, width, 3]. */
    float[] differences(Picture picture) {
        return differences(picture.samples(), picture.width(), picture.height());
    }

    private float[] differences(float[] samples, int width, int height) {
        float[] differences = new float[samples.length];
        double[] terms = new double[TERMS];
        for (int i = 0; i < width * height; i++) {
            terms(i, width, height, terms);
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
