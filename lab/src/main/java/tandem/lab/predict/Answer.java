package tandem.lab.predict;

import tandem.lab.engines.EngineName;

/**
 * What one engine takes one picture for.
 *
 * @param engine who answers
 * @param digit the most probable
 * @param probability from 0 to 1
 * @param runnerUp the next most probable
 * @param probabilities of all digits, the softmax of the logits: they say how sure the network is, not how often it is
 *     right
 */
public record Answer(EngineName engine, int digit, double probability, int runnerUp, double[] probabilities) {

    /** An answer from a network's outputs: [classes] values of {@code logits} from {@code from} on. */
    public static Answer of(EngineName engine, float[] logits, int from, int classes) {
        int best = logits[from + 1] > logits[from] ? 1 : 0;
        int second = 1 - best;
        for (int k = 2; k < classes; k++) {
            if (logits[from + k] > logits[from + best]) {
                second = best;
                best = k;
            } else if (logits[from + k] > logits[from + second]) {
                second = k;
            }
        }
        double[] probabilities = new double[classes];
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            probabilities[k] = Math.exp((double) logits[from + k] - logits[from + best]);
            sum += probabilities[k];
        }
        for (int k = 0; k < classes; k++) {
            probabilities[k] /= sum;
        }
        return new Answer(engine, best, probabilities[best], second, probabilities);
    }
}
