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
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import tandem.core.Failure;
import tandem.core.Loss;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;

/**
 * The network as a {@link MultiLayerNetwork}, Deeplearning4j's form of a list of layers: a ComputationGraph is for what
 * branches. There are two, on the same parameters: one that ends in the loss and is trained, and one that ends in the
 * logits and predicts. Shapes are written for n images of MNIST: input [n, 28, 28, 1].
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
    private final Deeplearning4jAdadelta adadelta;
    private final Deeplearning4jDropout dropout1 = new Deeplearning4jDropout();
    private final Deeplearning4jDropout dropout2 = new Deeplearning4jDropout();
    private final MultiLayerNetwork training;
    private final MultiLayerNetwork prediction;

    /**
     * A network.
     *
     * @param oneDnn whether convolutions and pooling are to be oneDNN's
     * @throws Failure if oneDNN is asked for, and the library does not take it
     */
    Deeplearning4jNetwork(Recipe recipe, boolean oneDnn) {
        network = recipe.network();
        adadelta = new Deeplearning4jAdadelta(recipe);
        // Read whenever a layer is made.
        System.setProperty(DL4JSystemProperties.DISABLE_HELPER_PROPERTY, String.valueOf(!oneDnn));
        training = new MultiLayerNetwork(withLoss(toLogits(recipe), recipe.loss())
                .setInputType(inputType())
                .build());
        training.init();
        prediction =
                new MultiLayerNetwork(toLogits(recipe).setInputType(inputType()).build());
        prediction.init(training.params(), false);
        if (oneDnn && helper("conv2") == null) {
            throw new Failure("Deeplearning4j does not take oneDNN for its convolutions, although it should; "
                    + "'deeplearning4j:as-shipped' computes without it");
        }
    }

    /** What computes a layer in place of the library's own code, or null. */
    LayerHelper helper(String layer) {
        return training.getLayer(layer).getHelper();
    }

    private InputType inputType() {
        return InputType.convolutional(network.rows(), network.columns(), 1, CNN2DFormat.NHWC);
    }

    /** Everything up to the logits. */
    private NeuralNetConfiguration.ListBuilder toLogits(Recipe recipe) {
        return new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT)
                .weightInit(WeightInit.ZERO)
                .updater(adadelta)
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
                        .dropOut(recipe.dropout() ? dropout1 : null)
                        .build())
                .layer(new DenseLayer.Builder() // [n, 10]
                        .nOut(network.classes())
                        .activation(Activation.IDENTITY)
                        .dropOut(recipe.dropout() ? dropout2 : null)
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

    // ---- train step

    /** Forward, backward and update; returns the loss before the update. */
    float fit(Deeplearning4jInputs in, float learningRate) {
        setMasks(in);
        adadelta.learningRate(learningRate);
        training.fit(in.images, in.labels);
        return (float) training.score();
    }

    private void setMasks(Deeplearning4jInputs in) {
        dropout1.mask(in.mask1);
        dropout2.mask(in.mask2);
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

    // ---- gradients

    /** Logits with dropout: [n, 10], to be closed. */
    INDArray trainLogits(Deeplearning4jInputs in) {
        setMasks(in);
        return prediction.output(in.images, true);
    }

    /** Computes loss and gradients, and changes nothing; the loss. */
    float computeGradients(Deeplearning4jInputs in) {
        setMasks(in);
        training.setInput(in.images);
        training.setLabels(in.labels);
        training.computeGradientAndScore();
        return (float) training.score();
    }

    /** What {@link #computeGradients} computed: of the sum over the batch, not of the mean. */
    Parameters gradientsOfSum() {
        return Deeplearning4jTensors.values(network, training.getGradientsViewArray(), 0);
    }

    // ---- parameters in and out

    Parameters parameters() {
        return Deeplearning4jTensors.values(network, training.params(), 0);
    }

    /** The flat state holds the square averages of all parameters, then the accumulated deltas. */
    OptimizerState state() {
        INDArray state = training.getUpdater().getStateViewArray();
        return new OptimizerState(
                Deeplearning4jTensors.values(network, state, 0),
                Deeplearning4jTensors.values(network, state, network.parameterCount()));
    }

    void set(Parameters parameters, OptimizerState state) {
        Deeplearning4jTensors.set(network, training.params(), 0, parameters);
        INDArray flat = training.getUpdater().getStateViewArray();
        Deeplearning4jTensors.set(network, flat, 0, state.squareAverage());
        Deeplearning4jTensors.set(network, flat, network.parameterCount(), state.accumulatedDelta());
    }

    // ---- closing

    /** Frees parameters, gradients, accumulators and workspaces; the network for prediction has none of its own. */
    @Override
    public void close() {
        training.close();
    }
}
