package tandem.core.engine;

import java.util.function.IntConsumer;
import tandem.core.Recipe;
import tandem.core.data.Images;

/**
 * How well a network does on labelled images.
 *
 * @param accuracy share of images classified rightly, from 0 to 1
 * @param loss mean of the recipe's loss, in float64 from the predictor's logits
 * @param confusion [classes, classes]: how many images of the label (row) were taken for a class (column)
 * @param predictions the class with the largest logit (the first of equals) for each image
 * @param logits [images, classes]
 * @param seconds time spent in the predictor
 */
public record Evaluation(
        double accuracy, double loss, int[][] confusion, int[] predictions, float[] logits, double seconds) {
    /** Images whose logits are asked for at a time. */
    private static final int CHUNK = 1000;

    /**
     * Evaluates a predictor, or an engine.
     *
     * @param done told after every chunk how many images are done
     */
    public static Evaluation of(Predictor predictor, Recipe recipe, Images images, IntConsumer done) {
        int classes = recipe.network().classes();
        float[] chunk = new float[Math.min(CHUNK, images.count()) * classes];
        float[] logits = new float[images.count() * classes];
        int[][] confusion = new int[classes][classes];
        int[] predictions = new int[images.count()];
        double loss = 0;
        int right = 0;
        long nanos = 0;
        for (int from = 0; from < images.count(); from += CHUNK) {
            int count = Math.min(CHUNK, images.count() - from);
            long start = System.nanoTime();
            predictor.logits(images, from, count, chunk);
            nanos += System.nanoTime() - start;
            System.arraycopy(chunk, 0, logits, from * classes, count * classes);
            for (int i = 0; i < count; i++) {
                int label = images.label(from + i);
                int prediction = largest(chunk, i * classes, classes);
                predictions[from + i] = prediction;
                confusion[label][prediction]++;
                right += prediction == label ? 1 : 0;
                loss += recipe.loss().of(chunk, i * classes, classes, label);
            }
            done.accept(from + count);
        }
        return new Evaluation(
                (double) right / images.count(), loss / images.count(), confusion, predictions, logits, nanos / 1e9);
    }

    /**
     * The class with the largest logit of every image, the first of equal ones.
     *
     * @param logits [images, classes]
     */
    public static int[] largest(float[] logits, int classes) {
        int[] largest = new int[logits.length / classes];
        for (int i = 0; i < largest.length; i++) {
            largest[i] = largest(logits, i * classes, classes);
        }
        return largest;
    }

    private static int largest(float[] logits, int from, int classes) {
        int best = 0;
        for (int k = 1; k < classes; k++) {
            if (logits[from + k] > logits[from + best]) {
                best = k;
            }
        }
        return best;
    }
}
