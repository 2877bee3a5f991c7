package tandem.formats;

import static tandem.formats.OnnxGraph.integer;
import static tandem.formats.OnnxGraph.integers;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.nio.file.Path;
import java.util.List;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.Network;
import tandem.core.Shape;
import tandem.core.data.Normalisation;

/**
 * A trained network as an ONNX model, without dropout. ONNX's layouts are PyTorch's, so the parameters go in as they
 * are, under their own names.
 *
 * <pre>
 * image   [batch, 1, rows, columns]   float, normalised; or uint8, if the normalisation is part of the model
 * logits  [batch, classes]            float
 * </pre>
 *
 * @param proto the whole model
 */
public record OnnxModel(ModelProto proto) {
    /** Name of the input. */
    public static final String INPUT = "image";

    /** Name of the output. */
    public static final String OUTPUT = "logits";

    /** The operators' version. */
    public static final int OPSET = OnnxGraph.OPSET;

    private static final String BATCH = "batch";
    private static final float LARGEST_PIXEL = 255;

    /**
     * A model whose input is normalised by its caller.
     *
     * @param normalisation which one that is; told in the input's description
     */
    public static OnnxModel of(Model model, Normalisation normalisation) {
        OnnxGraph graph = graph(
                model,
                TensorProto.DataType.FLOAT,
                "grey images, white on black, as float32((pixel / 255 - %s) / %s)"
                        .formatted(normalisation.mean(), normalisation.standardDeviation()));
        return network(graph, INPUT, model);
    }

    /**
     * A model whose input is bytes as they lie in an image. Its first nodes compute what torchvision's {@code ToTensor}
     * and {@code Normalize} do, in their order and in float32.
     *
     * @param normalisation becomes a part of the model
     */
    public static OnnxModel ofRawPixels(Model model, Normalisation normalisation) {
        OnnxGraph graph =
                graph(model, TensorProto.DataType.UINT8, "grey images, white on black, as bytes from 0 to 255");
        graph.constant("pixel.largest", LARGEST_PIXEL);
        graph.constant("pixel.mean", (float) normalisation.mean());
        graph.constant("pixel.std", (float) normalisation.standardDeviation());
        graph.node("Cast", "pixel", List.of(INPUT), integer("to", TensorProto.DataType.FLOAT.getNumber()));
        graph.node("Div", "scaled", List.of("pixel", "pixel.largest"));
        graph.node("Sub", "centred", List.of("scaled", "pixel.mean"));
        graph.node("Div", "normalised", List.of("centred", "pixel.std"));
        return network(graph, "normalised", model);
    }

    private static OnnxGraph graph(Model model, TensorProto.DataType type, String description) {
        Network network = model.network();
        OnnxGraph graph = new OnnxGraph();
        graph.input(
                new OnnxGraph.Value(INPUT, type, List.of(BATCH, 1, network.rows(), network.columns()), description));
        graph.output(OnnxGraph.Value.floats(OUTPUT, List.of(BATCH, network.classes()))
                .described("one for each class; softmax makes probabilities of them"));
        return graph;
    }

    /** Adds the layers and their parameters. */
    private static OnnxModel network(OnnxGraph graph, String input, Model model) {
        for (Shape shape : model.network().parameters()) {
            graph.constant(shape, model.parameters().get(shape.name()));
        }
        // Shapes are those of MNIST's network.
        convolution(graph, "conv1", input); // [batch, 32, 26, 26]
        graph.node("Relu", "relu1", List.of("conv1"));
        convolution(graph, "conv2", "relu1"); // [batch, 64, 24, 24]
        graph.node("Relu", "relu2", List.of("conv2"));
        graph.node(
                "MaxPool", // [batch, 64, 12, 12]
                "pool",
                List.of("relu2"),
                integers("kernel_shape", Network.POOL, Network.POOL),
                integers("strides", Network.POOL, Network.POOL));
        graph.node("Flatten", "flat", List.of("pool"), integer("axis", 1)); // [batch, 9216]
        dense(graph, "fc1", "fc1", "flat"); // [batch, 128]
        graph.node("Relu", "relu3", List.of("fc1"));
        dense(graph, "fc2", OUTPUT, "relu3"); // [batch, 10]
        return new OnnxModel(graph.model());
    }

    private static void convolution(OnnxGraph graph, String layer, String input) {
        graph.node(
                "Conv",
                layer,
                List.of(input, layer + ".weight", layer + ".bias"),
                integers("kernel_shape", Network.KERNEL, Network.KERNEL));
    }

    /** Weights are [out, in]: the product is with their transpose. */
    private static void dense(OnnxGraph graph, String layer, String output, String input) {
        graph.node("Gemm", output, List.of(input, layer + ".weight", layer + ".bias"), integer("transB", 1));
    }

    /**
     * Writes the file, whole or not at all. Equal models give equal bytes.
     *
     * @throws Failure if it cannot be written
     */
    public void write(Path file) {
        AtomicFile.write(file, proto::writeTo);
    }
}
