package tandem.core.random;

/** In which order an epoch visits the training images: a function of seed and epoch. */
public final class Order {
    private Order() {}

    /**
     * A random permutation: Fisher and Yates' shuffle of 0, 1, 2, … from the last element down, with words of blocks
     * (block, 0, epoch, 1).
     *
     * @param epoch from 1
     * @param count number of images
     */
    public static int[] shuffled(long seed, int epoch, int count) {
        int[] order = inFileOrder(count);
        Words words = new Words(seed, 0, epoch, Stream.ORDER);
        for (int i = count - 1; i > 0; i--) {
            int j = words.below(i + 1);
            int image = order[i];
            order[i] = order[j];
            order[j] = image;
        }
        return order;
    }

    /** 0, 1, 2, … */
    public static int[] inFileOrder(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        return order;
    }
}
