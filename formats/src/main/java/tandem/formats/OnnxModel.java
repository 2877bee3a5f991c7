package tandem.formats;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.Network;
import tandem.core.Shape;
import tandem.core.data.Normalisation;

/**
 * A trained network as an ONNX model, without dropout. ONNX's layouts are PyTorch's, so the parameters go in as they
 * are, under their own names. The format and its operators are documented at <a
 * href="https://onnx.ai/onnx/repo-docs/IR.html">onnx.ai</a>.
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

    /** The operators' version. None of those used here has changed for float since; older runtimes know it. */
    public static final int OPSET = 13;

    /** The file format's version, that of the ONNX release which brought the operators (1.8). */
    public static final int IR_VERSION = 7;

    private static final String BATCH = "batch";
    private static final float LARGEST_PIXEL = 255;

    /**
     * A model whose input is normalised by whoever calls it.
     *
     * @param normalisation which one that is; told in the input's description
     */
    public static OnnxModel of(Model model, Normalisation normalisation) {
        GraphProto.Builder graph = graph(
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
        GraphProto.Builder graph = graph(
                        model, TensorProto.DataType.UINT8, "grey images, white on black, as bytes from 0 to 255")
                .addInitializer(scalar("pixel.largest", LARGEST_PIXEL))
                .addInitializer(scalar("pixel.mean", (float) normalisation.mean()))
                .addInitializer(scalar("pixel.std", (float) normalisation.standardDeviation()))
                .addNode(node("Cast", "pixel", INPUT)
                        .addAttribute(integer("to", TensorProto.DataType.FLOAT.getNumber())))
                .addNode(node("Div", "scaled", "pixel", "pixel.largest"))
                .addNode(node("Sub", "centred", "scaled", "pixel.mean"))
                .addNode(node("Div", "normalised", "centred", "pixel.std"));
        return network(graph, "normalised", model);
    }

    private static GraphProto.Builder graph(Model model, TensorProto.DataType type, String description) {
        Network network = model.network();
        return GraphProto.newBuilder()
                .setName("tandem")
                .addInput(value(
                                INPUT,
                                type,
                                dimension(BATCH),
                                dimension(1),
                                dimension(network.rows()),
                                dimension(network.columns()))
                        .setDocString(description))
                .addOutput(value(OUTPUT, TensorProto.DataType.FLOAT, dimension(BATCH), dimension(network.classes()))
                        .setDocString("one for each class; softmax makes probabilities of them"));
    }

    /** Adds the layers and their parameters. */
    private static OnnxModel network(GraphProto.Builder graph, String input, Model model) {
        for (Shape shape : model.network().parameters()) {
            graph.addInitializer(tensor(shape, model.parameters().get(shape.name())));
        }
        // Shapes are those of MNIST's network.
        graph.addNode(convolution("conv1", input)) // [batch, 32, 26, 26]
                .addNode(node("Relu", "relu1", "conv1"))
                .addNode(convolution("conv2", "relu1")) // [batch, 64, 24, 24]
                .addNode(node("Relu", "relu2", "conv2"))
                .addNode(node("MaxPool", "pool", "relu2") // [batch, 64, 12, 12]
                        .addAttribute(integers("kernel_shape", Network.POOL, Network.POOL))
                        .addAttribute(integers("strides", Network.POOL, Network.POOL)))
                .addNode(node("Flatten", "flat", "pool").addAttribute(integer("axis", 1))) // [batch, 9216]
                .addNode(dense("fc1", "fc1", "flat")) // [batch, 128]
                .addNode(node("Relu", "relu3", "fc1"))
                .addNode(dense("fc2", OUTPUT, "relu3")); // [batch, 10]
        return new OnnxModel(ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .setProducerName("Tandem")
                .setGraph(graph)
                .build());
    }

    private static NodeProto.Builder convolution(String layer, String input) {
        return node("Conv", layer, input, layer + ".weight", layer + ".bias")
                .addAttribute(integers("kernel_shape", Network.KERNEL, Network.KERNEL));
    }

    /** Weights are [out, in]: the product is with their transpose. */
    private static NodeProto.Builder dense(String layer, String output, String input) {
        return node("Gemm", output, input, layer + ".weight", layer + ".bias").addAttribute(integer("transB", 1));
    }

    /** A node with one output, after which it is named. */
    private static NodeProto.Builder node(String operator, String output, String... inputs) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addAllInput(List.of(inputs))
                .addOutput(output);
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static AttributeProto integers(String name, long... values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INTS)
                .addAllInts(Arrays.stream(values).boxed().toList())
                .build();
    }

    private static TensorProto scalar(String name, float value) {
        return tensor(new Shape(name, List.of()), new float[] {value});
    }

    private static TensorProto tensor(Shape shape, float[] values) {
        // Raw data is little-endian by the format's definition.
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return TensorProto.newBuilder()
                .setName(shape.name())
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addAllDims(shape.dimensions().stream().map(Integer::longValue).toList())
                .setRawData(ByteString.copyFrom(bytes))
                .build();
    }

    private static ValueInfoProto.Builder value(
            String name, TensorProto.DataType type, TensorShapeProto.Dimension... dimensions) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(TensorShapeProto.newBuilder().addAllDim(List.of(dimensions)))));
    }

    private static TensorShapeProto.Dimension dimension(String name) {
        return TensorShapeProto.Dimension.newBuilder().setDimParam(name).build();
    }

    private static TensorShapeProto.Dimension dimension(long size) {
        return TensorShapeProto.Dimension.newBuilder().setDimValue(size).build();
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
