package tandem.engine.deeplearning4j;

import org.deeplearning4j.config.DL4JSystemProperties;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.layers.LayerHelper;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import tandem.core.Failure;
import tandem.core.Loss;
import tandem.core.Network;
import tandem.core.Parameters;

/**
 * The network as a {@link MultiLayerNetwork}, Deeplearning4j's form of a list of layers: a ComputationGraph is for what
 * branches. This one ends in the logits and predicts; {@link #training} makes one on the same parameters that ends in
 * the loss. Shapes are written for n images of MNIST: input [n, 28, 28, 1].
 *
 * <p>Written for speed in four places, each with what it saves of a step of 130 ms (2 AVX2 cores):
 *
 * <ul>
 *   <li>Channels come last: in the other layout, oneDNN pools without vector instructions (30 ms).
 *   <li>Convolutions have no activation of their own, a layer behind them has: the library takes the gradient of theirs
 *       by a view with the axes exchanged, which is slow (15 ms).
 *   <li>What a convolution put out is kept for the backward pass; else that computes it again (15 ms).
 *   <li>The second ReLU comes after the pooling, where it has a quarter of the work: the largest of four values is
 *       positive exactly if the largest of their positive parts is, and the gradient takes the same way.
 * </ul>
 */
final class Deeplearning4jNetwork implements AutoCloseable {
    /**
     * Smallest probability whose logarithm is taken: that of 0 would make every loss NaN. The library's own, 1e-10,
     * would keep a loss below 23; with this one, near the smallest float, it is 85.
     */
    private static final double SMALLEST_PROBABILITY = 1e-37;

    private final Network network;
    private final boolean oneDnn;
    private final Deeplearning4jDropout dropout1 = new Deeplearning4jDropout();
    private final Deeplearning4jDropout dropout2 = new Deeplearning4jDropout();
    private final MultiLayerNetwork prediction;

    /**
     * A network with all parameters zero.
     *
     * @param oneDnn whether convolutions and pooling are to be oneDNN's
     * @throws Failure if oneDNN is asked for, and the library does not take it
     */
    Deeplearning4jNetwork(Network network, boolean oneDnn) {
        this.network = network;
        this.oneDnn = oneDnn;
        prediction = initialised(toLogits(true, new NoOp()), null);
    }

    /**
     * A network on the same parameters that ends in a loss.
     *
     * @param dropout whether it has dropout, with the masks of {@link #setMasks}
     * @throws Failure if oneDNN is asked for, and the library does not take it
     */
    MultiLayerNetwork training(Loss loss, boolean dropout, IUpdater updater) {
        return initialised(withLoss(toLogits(dropout, updater), loss), prediction.params());
    }

    private MultiLayerNetwork initialised(NeuralNetConfiguration.ListBuilder layers, @Nullable INDArray parameters) {
        // Read whenever a layer is made.
        System.setProperty(DL4JSystemProperties.DISABLE_HELPER_PROPERTY, String.valueOf(!oneDnn));
        MultiLayerNetwork made =
                new MultiLayerNetwork(layers.setInputType(inputType()).build());
        made.init(parameters, false);
        if (oneDnn && helper(made, "conv2") == null) {
            throw new Failure("Deeplearning4j does not take oneDNN for its convolutions, although it should; "
                    + "'deeplearning4j:as-shipped' computes without it");
        }
        return made;
    }

    /** What computes a layer in place of the library's own code, or null. */
    @Nullable
    LayerHelper helper(String layer) {
        return helper(prediction, layer);
    }

    /** The same of a network made by {@link #training}. */
    static @Nullable LayerHelper helper(MultiLayerNetwork network, String layer) {
        return network.getLayer(layer).getHelper();
    }

    private InputType inputType() {
        return InputType.convolutional(network.rows(), network.columns(), 1, CNN2DFormat.NHWC);
    }

    /** Everything up to the logits. */
    private NeuralNetConfiguration.ListBuilder toLogits(boolean dropout, IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT)
                .weightInit(WeightInit.ZERO)
                .updater(updater)
                .trainingWorkspaceMode(WorkspaceMode.ENABLED)
                .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
                .cacheMode(CacheMode.DEVICE)
                .list()
                .layer(convolution("conv1", network.conv1())) // [n, 26, 26, 32]
                .layer(new ActivationLayer(Activation.RELU))
                .layer(convolution("conv2", network.conv2())) // [n, 24, 24, 64]
                .layer(pooling()) // [n, 12, 12, 64]
                .layer(new ActivationLayer(Activation.RELU))
                .layer(new DenseLayer.Builder() // [n, 9216] in row, column, channel order to [n, 128]
                        .nOut(network.hidden())
                        .activation(Activation.RELU)
                        .dropOut(dropout ? dropout1 : null)
                        .build())
                .layer(new DenseLayer.Builder() // [n, 10]
                        .nOut(network.classes())
                        .activation(Activation.IDENTITY)
                        .dropOut(dropout ? dropout2 : null)
                        .build());
    }

    private static ConvolutionLayer convolution(String name, int channels) {
        return new ConvolutionLayer.Builder(Network.KERNEL, Network.KERNEL)
                .name(name)
                .nOut(channels)
                .dataFormat(CNN2DFormat.NHWC)
                .activation(Activation.IDENTITY)
                // If oneDNN fails, the step does too; by default the library would go on without.
                .helperAllowFallback(false)
                .build();
    }

    private static SubsamplingLayer pooling() {
        return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                .name("pool")
                .kernelSize(Network.POOL, Network.POOL)
                .stride(Network.POOL, Network.POOL)
                .dataFormat(CNN2DFormat.NHWC)
                .helperAllowFallback(false)
                .build();
    }

    /** The recipe's loss, mean over the batch, on the logits. */
    private static NeuralNetConfiguration.ListBuilder withLoss(NeuralNetConfiguration.ListBuilder layers, Loss loss) {
        NeuralNetConfiguration.ListBuilder list = switch (loss) {
            case CROSS_ENTROPY -> layers;
            case DOUBLE_SOFTMAX -> layers.layer(new ActivationLayer(Activation.SOFTMAX));
        };
        return list.layer(new LossLayer.Builder(new LossMCXENT(SMALLEST_PROBABILITY, null))
                .activation(Activation.SOFTMAX)
                .build());
    }

    // ---- predict

    /**
     * Logits of images without dropout.
     *
     * @param images [n, 28, 28, 1]
     * @return [n, 10], to be closed
     */
    INDArray logits(INDArray images) {
        return prediction.output(images, false);
    }

    // ---- dropout

    /** Sets the masks of the passes to come. */
    void setMasks(Deeplearning4jInputs in) {
        dropout1.mask(in.mask1);
        dropout2.mask(in.mask2);
    }

    /** Logits with dropout: [n, 10], to be closed. */
    INDArray droppedLogits(INDArray images) {
        return prediction.output(images, true);
    }

    // ---- parameters in and out

    Parameters parameters() {
        return Deeplearning4jTensors.values(network, prediction.params(), 0);
    }

    void set(Parameters parameters) {
        Deeplearning4jTensors.set(network, prediction.params(), 0, parameters);
    }

    // ---- closing

    /** Frees parameters and workspaces. */
    @Override
    public void close() {
        prediction.close();
    }
}
