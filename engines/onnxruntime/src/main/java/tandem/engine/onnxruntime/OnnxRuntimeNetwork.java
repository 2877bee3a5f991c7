package tandem.engine.onnxruntime;

import static tandem.formats.OnnxGraph.integer;
import static tandem.formats.OnnxGraph.integers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import java.util.List;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.formats.OnnxGraph;

/**
 * The network as a part of a graph: its forward pass, its loss, and the gradients. ONNX Runtime has operators for
 * gradients, but nothing in Java that lays them out, so this is backpropagation by hand: {@link #gradients} goes
 * through the nodes of {@link #forward} from the last to the first. {@code d("x")} is the derivative of the loss by x,
 * of the shape of x. Shapes are written for n images of MNIST.
 *
 * <p>Gradient operators are those of ONNX Runtime's training builds ({@code orttraining/orttraining/core/graph} and
 * {@code orttraining/training_ops/cpu} in its sources); they are not part of ONNX.
 */
final class OnnxRuntimeNetwork {
    static final String LOGITS = "logits";
    static final String LOSS = "loss";

    private static final String MICROSOFT = "com.microsoft.";
    private static final AttributeProto KERNEL = integers("kernel_shape", Network.KERNEL, Network.KERNEL);
    private static final AttributeProto[] POOL = {
        integers("kernel_shape", Network.POOL, Network.POOL), integers("strides", Network.POOL, Network.POOL)
    };

    private final OnnxGraph graph;
    private final Recipe recipe;
    private final Network network;
    private final int n;

    /** A network for n images; ONNX Runtime's gradient of max-pooling has to know how many. */
    OnnxRuntimeNetwork(OnnxGraph graph, Recipe recipe, int n) {
        this.graph = graph;
        this.recipe = recipe;
        this.n = n;
        network = recipe.network();
    }

    /** Name of the derivative of the loss by a value. */
    static String d(String value) {
        return "d." + value;
    }

    /**
     * Logits of images [n, 1, 28, 28]. The second ReLU comes after the pooling, where it has a quarter of the work: the
     * largest of four values is positive exactly if the largest of their positive parts is, and the gradient takes the
     * same way.
     */
    void forward() {
        convolution("conv1", OnnxRuntimeInputs.IMAGES); // [n, 32, 26, 26]
        graph.node("Relu", "relu1", List.of("conv1"));
        convolution("conv2", "relu1"); // [n, 64, 24, 24]
        graph.node("MaxPool", List.of("pool", "pool.from"), List.of("conv2"), POOL); // [n, 64, 12, 12]
        graph.node("Relu", "relu2", List.of("pool"));
        dropout("dropout1", "relu2", OnnxRuntimeInputs.MASK_1);
        graph.node("Flatten", "flat", List.of("dropout1"), integer("axis", 1)); // [n, 9216]
        dense("fc1", "fc1", "flat"); // [n, 128]
        graph.node("Relu", "relu3", List.of("fc1"));
        dropout("dropout2", "relu3", OnnxRuntimeInputs.MASK_2);
        dense("fc2", LOGITS, "dropout2"); // [n, 10]
    }

    private void convolution(String layer, String input) {
        graph.node("Conv", layer, List.of(input, weight(layer), bias(layer)), KERNEL);
    }

    private void dropout(String output, String input, String mask) {
        if (recipe.dropout()) {
            graph.node("Mul", output, List.of(input, mask));
        } else {
            graph.node("Identity", output, List.of(input));
        }
    }

    /** Weights are [out, in]: the product is with their transpose. */
    private void dense(String layer, String output, String input) {
        graph.node("Gemm", output, List.of(input, weight(layer), bias(layer)), integer("transB", 1));
    }

    /** The recipe's loss, mean over the batch. */
    void loss() {
        List<String> outputs = List.of(LOSS, "logProbabilities");
        switch (recipe.loss()) {
            case CROSS_ENTROPY ->
                graph.node("SoftmaxCrossEntropyLoss", outputs, List.of(LOGITS, OnnxRuntimeInputs.LABELS));
            case DOUBLE_SOFTMAX -> {
                graph.node("Softmax", "softmax", List.of(LOGITS), integer("axis", 1));
                graph.node("SoftmaxCrossEntropyLoss", outputs, List.of("softmax", OnnxRuntimeInputs.LABELS));
            }
        }
    }

    /** Derivatives of the loss by each parameter, {@code d("conv1.weight")} to {@code d("fc2.bias")}. */
    void gradients() {
        graph.constant(d(LOSS), 1);
        List<String> loss = List.of(d(LOSS), "logProbabilities", OnnxRuntimeInputs.LABELS);
        switch (recipe.loss()) {
            case CROSS_ENTROPY -> graph.node(MICROSOFT + "SoftmaxCrossEntropyLossGrad", d(LOGITS), loss);
            case DOUBLE_SOFTMAX -> {
                graph.node(MICROSOFT + "SoftmaxCrossEntropyLossGrad", d("softmax"), loss);
                graph.node(
                        MICROSOFT + "SoftmaxGrad_13", d(LOGITS), List.of(d("softmax"), "softmax"), integer("axis", 1));
            }
        }
        graph.list("axis", 0);
        denseGradients("fc2", LOGITS, "dropout2");
        dropoutGradient("dropout2", "relu3", OnnxRuntimeInputs.MASK_2);
        reluGradient("relu3", "fc1");
        denseGradients("fc1", "fc1", "flat");
        graph.list("shape", n, network.conv2(), network.pooledRows(), network.pooledColumns());
        graph.node("Reshape", d("dropout1"), List.of(d("flat"), "shape"));
        dropoutGradient("dropout1", "relu2", OnnxRuntimeInputs.MASK_1);
        reluGradient("relu2", "pool");
        // Its kernel reads the shape of its result here and nowhere else.
        graph.declare(OnnxGraph.Value.floats(
                d("conv2"), List.of(n, network.conv2(), network.rows() - 4, network.columns() - 4)));
        graph.node("MaxPoolGrad", d("conv2"), List.of(d("pool"), "pool.from"), POOL);
        convolutionGradients("conv2", "relu1", d("relu1"));
        reluGradient("relu1", "conv1");
        convolutionGradients("conv1", OnnxRuntimeInputs.IMAGES, "");
    }

    private void denseGradients(String layer, String output, String input) {
        graph.node("Gemm", d(weight(layer)), List.of(d(output), input), integer("transA", 1));
        graph.node("ReduceSum", d(bias(layer)), List.of(d(output), "axis"), integer("keepdims", 0));
        graph.node("Gemm", d(input), List.of(d(output), weight(layer)));
    }

    private void dropoutGradient(String output, String input, String mask) {
        dropout(d(input), d(output), mask);
    }

    /** Where the output is 0, so is the derivative by the input. */
    private void reluGradient(String output, String input) {
        graph.node(MICROSOFT + "ReluGrad", d(input), List.of(d(output), output));
    }

    /** The derivative by the input is left out if it has no name: of images nobody needs it. */
    private void convolutionGradients(String layer, String input, String byInput) {
        graph.node(
                MICROSOFT + "ConvGrad",
                List.of(byInput, d(weight(layer)), d(bias(layer))),
                List.of(d(layer), input, weight(layer)),
                KERNEL,
                integers("strides", 1, 1),
                integers("pads", 0, 0, 0, 0),
                integers("dilations", 1, 1),
                integer("group", 1));
    }

    private static String weight(String layer) {
        return layer + ".weight";
    }

    private static String bias(String layer) {
        return layer + ".bias";
    }
}
