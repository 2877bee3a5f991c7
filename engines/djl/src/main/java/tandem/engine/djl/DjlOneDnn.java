package tandem.engine.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Into the blocked layouts that oneDNN's convolutions want, and out of them: layers compute in the layout in which
 * their input comes, so nothing is reordered between two of them.
 *
 * <p>DJL offers both ways, but not for training: PyTorch records neither for the backward pass. Into the layout go only
 * images, of which nobody wants a derivative. On the way out the backward pass is taken up by hand.
 */
final class DjlOneDnn {
    /** Property by which DJL decides, whenever it makes an array, whether that is one of oneDNN's. */
    private static final String PROPERTY = "ai.djl.pytorch.use_mkldnn";

    private DjlOneDnn() {}

    /** A block that copies its input into oneDNN's layout, and passes no gradient. */
    static Block inward() {
        return LambdaBlock.singleton(DjlOneDnn::copy, "toOneDnn");
    }

    private static NDArray copy(NDArray dense) {
        // Arrays of numbers, masks and labels must not be oneDNN's, so the property is set for one call only.
        System.setProperty(PROPERTY, "true");
        try {
            return dense.getManager().create(dense.toByteBuffer(true), dense.getShape(), dense.getDataType());
        } finally {
            System.clearProperty(PROPERTY);
        }
    }

    /** A block that copies its input out of oneDNN's layout. PyTorch's backward pass ends at its output. */
    static final class Outward extends AbstractBlock {
        private @Nullable PtNDArray input;
        private @Nullable PtNDArray output;

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            PtNDArray blocked = (PtNDArray) inputs.singletonOrThrow();
            PtNDArray dense = JniUtils.toDense(blocked);
            dense.setRequiresGradient(training);
            input = blocked;
            output = dense;
            return new NDList(dense);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }

        /** Goes on with the backward pass that ended at the last output. */
        void backward() {
            PtNDArray gradient = (PtNDArray)
                    copy(Objects.requireNonNull(output, "after a forward pass").getGradient());
            JniUtils.backward(input, gradient, false, false);
        }
    }
}
