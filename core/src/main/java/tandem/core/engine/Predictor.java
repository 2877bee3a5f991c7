package tandem.core.engine;

import tandem.core.data.Images;

/**
 * A network that predicts, in one library. Made by an {@link EngineProvider} from a network and its parameters; used by
 * one thread at a time, as often as one likes.
 */
public interface Predictor extends AutoCloseable {

    /** What computes: library, version, device, threads. */
    Library library();

    /**
     * Logits of images, without dropout.
     *
     * @param images where the images lie
     * @param from index of the first image
     * @param count number of images
     * @param out receives [count, classes], row-major
     */
    void logits(Images images, int from, int count, float[] out);

    /** Frees threads and native memory; closing again does nothing. */
    @Override
    void close();
}
