package tandem.engine.reference;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import tandem.core.engine.Batch;
import tandem.core.engine.Batches;

/**
 * The first images of a recipe's order whose choices are decided: what a proof can be run on.
 *
 * @param positions their positions in the order of the step's epoch, from the step's first image on and continued at
 *     the start of the order where its end is reached
 * @param passedOver how many images were looked at and not taken
 * @param margin smallest margin of the images taken, see {@link Margin#smallest}
 */
public record DecidedImages(int[] positions, int passedOver, double margin) {

    /**
     * Margin above which float32 rounding cannot reverse a choice. Largest errors measured relative to {@link Margins}'
     * sizes, with fresh parameters and after up to six epochs: conv1 5.8e-7; conv2 6.4e-6 summed term by term, 2.5e-6
     * by Winograd's F(2x2, 3x3), 8.6e-6 by F(4x4, 3x3) at the points 0, ±3/4, ±3/2 and infinity; fc1 6.7e-6. In conv2
     * with fresh parameters this is 3e-6 of activations of order 1.
     */
    public static final double MARGIN = 1.2e-5;

    /** After so many times the wanted images the search ends: something that all images share is undecided. */
    private static final int PATIENCE = 8;

    /** Whether all choices are decided. If not, a right engine may differ from the reference by more than rounding. */
    public boolean decided() {
        return margin > MARGIN;
    }

    /**
     * Chooses images. Where too few are decided among the first {@value #PATIENCE} times as many, those with the
     * largest margins are taken: an undecided choice on the background, which all images share, must not make a proof
     * impossible.
     *
     * @param reference holds the parameters
     * @param batches the recipe's order and masks
     * @param step global step whose masks are drawn
     * @param count how many images are wanted, at most a batch's capacity
     */
    public static DecidedImages choose(ReferenceEngine reference, Batches batches, long step, int count) {
        Margins margins = new Margins(reference);
        Batch candidates = batches.allocate();
        int images = candidates.images().count();
        int first = batches.first(step);
        double[] smallest = new double[Math.min(images, PATIENCE * count)];
        int[] taken = new int[count];
        int decided = 0;
        int seen = 0;
        while (decided < count && seen < smallest.length) {
            int[] next = new int[Math.min(candidates.capacity(), smallest.length - seen)];
            int from = first + seen;
            Arrays.setAll(next, i -> (from + i) % images);
            batches.fill(candidates, step, next);
            for (Margin margin : margins.of(candidates)) {
                smallest[seen] = margin.smallest();
                if (decided < count && smallest[seen] > MARGIN) {
                    taken[decided++] = seen;
                }
                seen++;
            }
        }
        if (decided < count) {
            taken = largest(smallest, count);
        }
        double margin = Arrays.stream(taken).mapToDouble(i -> smallest[i]).min().orElseThrow();
        int lookedAt = decided < count ? seen : taken[count - 1] + 1;
        int[] positions = Arrays.stream(taken).map(i -> (first + i) % images).toArray();
        return new DecidedImages(positions, lookedAt - count, margin);
    }

    /** Indices of the largest values, ascending. */
    private static int[] largest(double[] values, int count) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> values[i]).reversed())
                .limit(count)
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }
}
