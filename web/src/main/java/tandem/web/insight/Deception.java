package tandem.web.insight;

import java.util.Arrays;
import tandem.engine.reference.Inspection;

/**
 * A small change of an image that turns the answer, by DeepFool: from where the image is, the nearest border between
 * the answer and any other digit, as if the network were linear there; and again from there, until the answer has
 * turned (S. Moosavi-Dezfooli, A. Fawzi, P. Frossard, DeepFool: a simple and accurate method to fool deep neural
 * networks, arXiv:1511.04599). Then as much of the change is taken back as the new answer allows. What is found is
 * small, not proven to be the smallest. Pixels stay from 0 to 1 and are whole 255ths, as engines take them.
 *
 * @param from the answer before
 * @param to the answer after; the same if none was found
 * @param pixels the image after
 * @param l2 length of the change
 * @param largest change of a pixel
 * @param steps how many times a border was looked for
 */
public record Deception(int from, int to, double[] pixels, double l2, double largest, int steps) {
    private static final int MOST_STEPS = 30;

    /** How far beyond the border a step goes, as a share of the way. */
    private static final double OVERSHOOT = 0.05;

    /** How often the way back is halved. */
    private static final int HALVINGS = 10;

    static Deception of(Inspection inspection, double[] start) {
        double[] image = whole(start);
        double[] logits = inspection.logits(image);
        int from = largest(logits);
        double[] changed = image.clone();
        int steps = 0;
        while (steps < MOST_STEPS && largest(inspection.logits(whole(changed))) == from) {
            step(inspection, changed, from);
            steps++;
        }
        double[] end = whole(changed);
        if (largest(inspection.logits(end)) != from) {
            end = nearest(inspection, image, changed, end, from);
        }
        double squares = 0;
        double most = 0;
        for (int i = 0; i < end.length; i++) {
            double change = Math.abs(end[i] - image[i]);
            squares += change * change;
            most = Math.max(most, change);
        }
        return new Deception(from, largest(inspection.logits(end)), end, Math.sqrt(squares), most, steps);
    }

    /** Goes to the nearest border, as the derivatives see it. */
    private static void step(Inspection inspection, double[] pixels, int from) {
        double[] logits = inspection.logits(pixels);
        double[] way = new double[0];
        double scale = 0;
        double nearest = Double.POSITIVE_INFINITY;
        for (int k = 0; k < logits.length; k++) {
            if (k != from) {
                double[] weights = new double[logits.length];
                weights[k] = 1;
                weights[from] = -1;
                double[] gradient = inspection.gradient(pixels, weights);
                for (int i = 0; i < gradient.length; i++) {
                    // A pixel at its end cannot go further.
                    if (gradient[i] > 0 && pixels[i] >= 1 || gradient[i] < 0 && pixels[i] <= 0) {
                        gradient[i] = 0;
                    }
                }
                double squares = Arrays.stream(gradient).map(g -> g * g).sum();
                double distance = Math.abs(logits[k] - logits[from]) / Math.sqrt(squares);
                if (squares > 0 && distance < nearest) {
                    nearest = distance;
                    way = gradient;
                    scale = (1 + OVERSHOOT) * Math.abs(logits[k] - logits[from]) / squares;
                }
            }
        }
        for (int i = 0; i < way.length; i++) {
            pixels[i] = Math.clamp(pixels[i] + scale * way[i], 0, 1);
        }
    }

    /** The point nearest to the image, on the way from it, that keeps the new answer. */
    private static double[] nearest(Inspection inspection, double[] image, double[] changed, double[] end, int from) {
        double[] best = end;
        double low = 0;
        double high = 1;
        for (int i = 0; i < HALVINGS; i++) {
            double share = (low + high) / 2;
            double[] between = new double[image.length];
            for (int p = 0; p < between.length; p++) {
                between[p] = image[p] + share * (changed[p] - image[p]);
            }
            double[] candidate = whole(between);
            if (largest(inspection.logits(candidate)) == from) {
                low = share;
            } else {
                high = share;
                best = candidate;
            }
        }
        return best;
    }

    private static double[] whole(double[] pixels) {
        return Arrays.stream(pixels).map(p -> Math.rint(255 * p) / 255).toArray();
    }

    static int largest(double[] values) {
        int best = 0;
        for (int k = 1; k < values.length; k++) {
            if (values[k] > values[best]) {
                best = k;
            }
        }
        return best;
    }
}
