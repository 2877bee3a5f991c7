package tandem.core.engine;

import tandem.core.data.Images;

/** A predictor that takes a limited number of images at a time: more would need more memory and no less time each. */
public interface ChunkedPredictor extends Predictor {

    /** Classes of the network. */
    int classes();

    /** Images that are taken at a time, at most. */
    int chunk();

    /**
     * Logits of one chunk, without dropout.
     *
     * @param images where the images lie
     * @param from index of the first image
     * @param count number of images, at most {@link #chunk()}
     * @param out receives [count, classes], row-major
     * @param to index of the first logit
     */
    void logits(Images images, int from, int count, float[] out, int to);

    @Override
    default void logits(Images images, int from, int count, float[] out) {
        int chunk = chunk();
        for (int done = 0; done < count; done += chunk) {
            logits(images, from + done, Math.min(chunk, count - done), out, done * classes());
        }
    }
}
