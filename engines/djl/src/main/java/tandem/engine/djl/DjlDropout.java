package tandem.engine.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/** Dropout with a given mask; DJL's own draws one. */
final class DjlDropout extends AbstractBlock {
    private @Nullable NDArray mask;

    /**
     * Sets what the next inputs are multiplied by.
     *
     * @param factors in the shape of the inputs, or null to let them pass
     */
    void mask(@Nullable NDArray factors) {
        mask = factors;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
        return mask == null ? inputs : new NDList(inputs.singletonOrThrow().mul(mask));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return inputs;
    }
}
