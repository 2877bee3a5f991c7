package tandem.engine.reference;

import java.util.Arrays;
import tandem.core.Batch;
import tandem.core.Batches;
import tandem.core.Failure;

/**
 * The first images of a recipe's order whose choices are decided: what a proof can be run on.
 *
 * @param positions their positions in the order of the step's epoch, ascending from the step's first image on and
 *     continued at the start of the order where its end is reached
 * @param passedOver how many images before the last of them were passed over
 */
public record DecidedImages(int[] positions, int passedOver) {

    /**
     * Margin, relative to a layer's outputs, above which float32 rounding cannot reverse a choice. Measured with
     * PyTorch and with Winograd's algorithm, see design notes in docs/parity.md.
     */
    public static final double MARGIN = 2e-6;

    /**
     * Chooses images.
     *
     * @param reference holds the parameters
     * @param batches the recipe's order and masks
     * @param step global step whose masks are drawn
     * @param count how many images are wanted, at most a batch's capacity
     * @param margin smallest margin, see {@link Margins#smallest}
     * @throws Failure if a whole epoch has too few
     */
    public static DecidedImages choose(
            ReferenceEngine reference, Batches batches, long step, int count, double margin) {
        Batch candidates = batches.allocate();
        int images = candidates.images().count();
        int[] positions = new int[count];
        int found = 0;
        for (int seen = 0; seen < images; seen += candidates.size()) {
            int[] next = new int[Math.min(candidates.capacity(), images - seen)];
            int from = batches.first(step) + seen;
            Arrays.setAll(next, i -> (from + i) % images);
            batches.fill(candidates, step, next);
            Margins[] margins = Margins.of(reference, candidates);
            for (int i = 0; i < next.length; i++) {
                if (margins[i].smallest() > margin) {
                    positions[found++] = next[i];
                    if (found == count) {
                        return new DecidedImages(positions, seen + i + 1 - count);
                    }
                }
            }
        }
        throw new Failure(
                "only %d of %d images have choices that float32 decides, and the proof needs %d; use other parameters, more images or a smaller batch"
                        .formatted(found, images, count));
    }
}
