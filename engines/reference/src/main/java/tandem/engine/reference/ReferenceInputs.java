package tandem.engine.reference;

import org.jspecify.annotations.Nullable;
import tandem.core.Network;
import tandem.core.data.Images;
import tandem.core.engine.Batch;

/**
 * What goes into the network: the same float32 values as in every engine.
 *
 * @param count number of images
 * @param images normalised pixels, [count, rows, columns]
 * @param mask1 factors of dropout1, [count, features] in channel, row, column order, or null where nothing is dropped
 * @param mask2 factors of dropout2, [count, hidden], or null where nothing is dropped
 */
record ReferenceInputs(int count, float[] images, float @Nullable [] mask1, float @Nullable [] mask2) {

    /** A batch with its dropout masks. */
    static ReferenceInputs of(Network network, Batch batch) {
        float[] images = new float[batch.size() * network.rows() * network.columns()];
        batch.inputs(images);
        if (!batch.dropout()) {
            return new ReferenceInputs(batch.size(), images, null, null);
        }
        float[] mask1 = new float[batch.size() * network.features()];
        float[] mask2 = new float[batch.size() * network.hidden()];
        batch.mask1ChannelsFirst(mask1);
        batch.mask2(mask2);
        return new ReferenceInputs(batch.size(), images, mask1, mask2);
    }

    /** Consecutive images without dropout. */
    static ReferenceInputs of(Images images, int from, int count) {
        float[] pixels = new float[count * images.size()];
        for (int i = 0; i < count; i++) {
            images.normalise(from + i, pixels, i * images.size());
        }
        return new ReferenceInputs(count, pixels, null, null);
    }

    /** Drops features of an image: [features]. */
    void drop1(double[] features, int image) {
        drop(features, mask1, image);
    }

    /** Drops hidden units of an image: [hidden]. */
    void drop2(double[] hidden, int image) {
        drop(hidden, mask2, image);
    }

    private static void drop(double[] values, float @Nullable [] mask, int image) {
        if (mask != null) {
            for (int j = 0; j < values.length; j++) {
                values[j] *= mask[image * values.length + j];
            }
        }
    }

    /** Whether dropout1 keeps a feature of an image. */
    boolean keeps1(Network network, int image, int feature) {
        return mask1 == null || mask1[image * network.features() + feature] != 0;
    }

    /** Whether dropout2 keeps a hidden unit of an image. */
    boolean keeps2(Network network, int image, int unit) {
        return mask2 == null || mask2[image * network.hidden() + unit] != 0;
    }
}
