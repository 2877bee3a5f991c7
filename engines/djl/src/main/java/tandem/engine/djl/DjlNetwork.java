package tandem.engine.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tandem.core.Loss;
import tandem.core.Network;
import tandem.core.Parameters;

/**
 * The network: its blocks, which hold the eight parameters, its forward pass and its loss. Shapes are written for n
 * images of MNIST: input [n, 1, 28, 28].
 */
final class DjlNetwork {
    private static final Shape KERNEL = new Shape(Network.KERNEL, Network.KERNEL);
    private static final Shape POOL = new Shape(Network.POOL, Network.POOL);

    private final DjlDropout dropout1 = new DjlDropout();
    private final DjlDropout dropout2 = new DjlDropout();
    private final DjlOneDnn.Outward outward = new DjlOneDnn.Outward();
    private final boolean oneDnn;
    private final SequentialBlock block;
    private final List<Parameter> parameters;
    private final ParameterStore frozen;

    /**
     * A network.
     *
     * @param manager frees the parameters
     * @param initial copied
     * @param oneDnn whether the convolutions compute in oneDNN's layouts
     */
    DjlNetwork(NDManager manager, Network network, Parameters initial, boolean oneDnn) {
        this.oneDnn = oneDnn;
        block = new SequentialBlock();
        if (oneDnn) {
            addFeaturesFast(network);
        } else {
            addFeatures(network);
        }
        block.add(dropout1)
                .add(Blocks.batchFlattenBlock()) // [n, 9216], channel, row, column order
                .add(Linear.builder().setUnits(network.hidden()).build())
                .add(Activation.reluBlock()) // [n, 128]
                .add(dropout2)
                .add(Linear.builder().setUnits(network.classes()).build()); // [n, 10]
        parameters = block.getParameters().values();
        for (int i = 0; i < parameters.size(); i++) {
            float[] values = initial.get(network.parameters().get(i).name());
            parameters.get(i).setInitializer((owner, shape, type) -> DjlTensors.of(owner, shape, values));
            parameters.get(i).freeze(true);
        }
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 1, network.rows(), network.columns()));
        frozen = new ParameterStore(manager, false);
    }

    /** Both convolutions and the pooling, as one writes them: [n, 1, 28, 28] to [n, 64, 12, 12]. */
    private void addFeatures(Network network) {
        block.add(conv(network.conv1()))
                .add(Activation.reluBlock()) // [n, 32, 26, 26]
                .add(conv(network.conv2()))
                .add(Activation.reluBlock()) // [n, 64, 24, 24]
                .add(Pool.maxPool2dBlock(POOL, POOL));
    }

    /**
     * The same for speed, in oneDNN's layouts. The second ReLU comes after the pooling, where it has a quarter of the
     * work: the largest of four values is positive exactly if the largest of their positive parts is, and the gradient
     * takes the same way.
     */
    private void addFeaturesFast(Network network) {
        block.add(DjlOneDnn.inward())
                .add(conv(network.conv1()))
                .add(Activation.reluBlock())
                .add(conv(network.conv2()))
                .add(Pool.maxPool2dBlock(POOL, POOL))
                .add(outward)
                .add(Activation.reluBlock());
    }

    private static Block conv(int filters) {
        return Conv2d.builder().setKernelShape(KERNEL).setFilters(filters).build();
    }

    /** The parameters, in canonical order and layouts. */
    List<Parameter> parameters() {
        return parameters;
    }

    /** The parameters' arrays, in canonical order and layouts. */
    List<NDArray> arrays() {
        return parameters.stream().map(Parameter::getArray).toList();
    }

    /**
     * Logits of images for a backward pass.
     *
     * @param leaves the parameters of this pass
     * @param images [n, 1, 28, 28]
     * @param mask1 factors of dropout1, [n, 64, 12, 12], or null for none
     * @param mask2 factors of dropout2, [n, 128], or null for none
     * @return [n, 10]
     */
    NDArray forward(DjlLeaves leaves, NDArray images, @Nullable NDArray mask1, @Nullable NDArray mask2) {
        dropout1.mask(mask1);
        dropout2.mask(mask2);
        return block.forward(leaves, new NDList(images), true).singletonOrThrow();
    }

    /** Logits of images, [n, 10], without dropout. */
    NDArray predict(NDArray images) {
        dropout1.mask(null);
        dropout2.mask(null);
        return block.forward(frozen, new NDList(images), false).singletonOrThrow();
    }

    /**
     * The recipe's loss, mean over the batch.
     *
     * @param logits [n, 10]
     * @param labels [n], int64
     */
    static NDArray loss(Loss loss, NDArray logits, NDArray labels) {
        NDArray scores = switch (loss) {
            case CROSS_ENTROPY -> logits;
            case DOUBLE_SOFTMAX -> logits.softmax(1);
        };
        return new SoftmaxCrossEntropyLoss().evaluate(new NDList(labels), new NDList(scores));
    }

    /** Leaves the derivatives of the loss with the parameters of its forward pass. */
    void backward(GradientCollector collector, NDArray loss) {
        collector.backward(loss);
        if (oneDnn) {
            outward.backward();
        }
    }
}
