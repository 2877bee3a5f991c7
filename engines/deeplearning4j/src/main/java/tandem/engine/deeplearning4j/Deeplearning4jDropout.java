package tandem.engine.deeplearning4j;

import java.util.Objects;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Dropout with a given mask, which Deeplearning4j's own ({@link org.deeplearning4j.nn.conf.dropout.Dropout}) has not:
 * it draws masks itself. It acts on the input of the layer that it is set on, in training only.
 *
 * <p>The library clones a configuration for every network; here all are one and the same object, so that a new mask
 * reaches the layer.
 */
final class Deeplearning4jDropout implements IDropout {
    /** Null until the first batch, and without dropout, where no layer has this. */
    private @Nullable INDArray mask;

    /** Sets the factors of the steps to come: as large as the layer's input, or null without dropout. */
    void mask(@Nullable INDArray factors) {
        mask = factors;
    }

    @Override
    public INDArray applyDropout(
            INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
        return input.muli(Objects.requireNonNull(mask), result);
    }

    @Override
    public INDArray backprop(INDArray outputGradient, INDArray inputGradient, int iteration, int epoch) {
        return outputGradient.muli(Objects.requireNonNull(mask), inputGradient);
    }

    /** Nothing is kept between the passes that was not given. */
    @Override
    public void clear() {}

    /** Returns this very object, see above. */
    @Override
    public Deeplearning4jDropout clone() {
        return this;
    }
}
