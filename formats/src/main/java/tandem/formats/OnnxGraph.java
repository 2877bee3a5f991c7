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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import tandem.core.Shape;

/**
 * An ONNX graph in the making. Values have names; a node computes some of others, and comes after the nodes it needs.
 * The format and its operators are documented at <a href="https://onnx.ai/onnx/repo-docs/IR.html">onnx.ai</a>.
 */
public final class OnnxGraph {
    /** The operators' version. None of those used here has changed for float since; older runtimes know it. */
    public static final int OPSET = 13;

    /** The file format's version, that of the ONNX release which brought the operators (1.8). */
    private static final int IR_VERSION = 7;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("tandem");

    /** Versions of the sets that operators come from, by domain; ONNX's own has none. */
    private final SequencedMap<String, Integer> domains = new LinkedHashMap<>();

    /** An empty graph. */
    public OnnxGraph() {
        domains.put("", OPSET);
    }

    /**
     * A value of a graph: what it is called and which tensors it takes.
     *
     * @param dimensions a number each, or a name for one that is open
     */
    public record Value(String name, TensorProto.DataType type, List<?> dimensions, String description) {
        /** Floats. */
        public static Value floats(String name, List<?> dimensions) {
            return new Value(name, TensorProto.DataType.FLOAT, dimensions, "");
        }

        /** The same with words that say what it is. */
        public Value described(String description) {
            return new Value(name, type, dimensions, description);
        }

        private ValueInfoProto proto() {
            TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
            for (Object dimension : dimensions) {
                TensorShapeProto.Dimension.Builder size = shape.addDimBuilder();
                if (dimension instanceof Number number) {
                    size.setDimValue(number.longValue());
                } else {
                    size.setDimParam(dimension.toString());
                }
            }
            ValueInfoProto.Builder value = ValueInfoProto.newBuilder()
                    .setName(name)
                    .setType(TypeProto.newBuilder()
                            .setTensorType(TypeProto.Tensor.newBuilder()
                                    .setElemType(type.getNumber())
                                    .setShape(shape)));
            return description.isEmpty()
                    ? value.build()
                    : value.setDocString(description).build();
        }
    }

    /** A value that is given. */
    public void input(Value value) {
        graph.addInput(value.proto());
    }

    /** A value that is asked for. */
    public void output(Value value) {
        graph.addOutput(value.proto());
    }

    /** Tells the shape of a value between nodes, where the runtime does not find it out. */
    public void declare(Value value) {
        graph.addValueInfo(value.proto());
    }

    /** A value that is part of the graph. */
    public void constant(Shape shape, float[] values) {
        // Raw data is little-endian by the format's definition.
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        graph.addInitializer(TensorProto.newBuilder()
                .setName(shape.name())
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addAllDims(shape.dimensions().stream().map(Integer::longValue).toList())
                .setRawData(ByteString.copyFrom(bytes)));
    }

    /** A number that is part of the graph. */
    public void constant(String name, float value) {
        constant(new Shape(name, List.of()), new float[] {value});
    }

    /** A list of whole numbers that is part of the graph. */
    public void list(String name, long... values) {
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(values.length)
                .addAllInt64Data(Arrays.stream(values).boxed().toList()));
    }

    /** A node with one output, after which it is named. */
    public void node(String operator, String output, List<String> inputs, AttributeProto... attributes) {
        node(operator, List.of(output), inputs, attributes);
    }

    /**
     * A node, named after its last output.
     *
     * @param operator its name, after its domain and a dot if it is none of ONNX's own
     * @param outputs empty strings for those that are not wanted
     */
    public void node(String operator, List<String> outputs, List<String> inputs, AttributeProto... attributes) {
        int dot = operator.lastIndexOf('.');
        String domain = operator.substring(0, Math.max(dot, 0));
        domains.putIfAbsent(domain, 1);
        graph.addNode(NodeProto.newBuilder()
                .setOpType(operator.substring(dot + 1))
                .setDomain(domain)
                .setName(outputs.getLast())
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllAttribute(Arrays.asList(attributes)));
    }

    /** An attribute that is a whole number. */
    public static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    /** An attribute that is a list of whole numbers. */
    public static AttributeProto integers(String name, long... values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INTS)
                .addAllInts(Arrays.stream(values).boxed().toList())
                .build();
    }

    /** The graph so far as a model. */
    public ModelProto model() {
        ModelProto.Builder model =
                ModelProto.newBuilder().setIrVersion(IR_VERSION).setProducerName("Tandem");
        domains.forEach((domain, version) -> model.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
        return model.setGraph(graph).build();
    }
}
