package tandem.engine.tensorflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;
import tandem.core.Network;
import tandem.core.Parameters;

/**
 * One variable of the session for each parameter of the network, or one constant of the graph. TensorFlow's layouts are
 * the canonical ones with the axes the other way round: convolutions [row, column, in, out], dense layers [in, out],
 * and the inputs of fc1 in row, column, channel order.
 */
final class TensorFlowTensors {
    private final Network network;
    private final List<VarHandleOp> handles = new ArrayList<>();
    private final List<Operand<TFloat32>> reads = new ArrayList<>();
    private final List<Placeholder<TFloat32>> sources = new ArrayList<>();
    private final List<Op> assignments = new ArrayList<>();

    /**
     * Declares the variables; {@link #set} gives them values.
     *
     * @param prefix of the variables' names: two with the same name would be one and the same variable
     */
    TensorFlowTensors(Ops tf, Network network, String prefix) {
        this.network = network;
        for (tandem.core.Shape canonical : network.parameters()) {
            Shape shape = shape(network, canonical);
            String name = prefix + canonical.name();
            VarHandleOp handle = tf.varHandleOp(TFloat32.class, shape, VarHandleOp.sharedName(name));
            Placeholder<TFloat32> source = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
            handles.add(handle);
            reads.add(tf.readVariableOp(handle, TFloat32.class));
            sources.add(source);
            assignments.add(tf.assignVariableOp(handle, source));
        }
    }

    /** Constants, which are a part of the graph and cannot be set. */
    TensorFlowTensors(Ops tf, Network network, Parameters parameters) {
        this.network = network;
        for (tandem.core.Shape canonical : network.parameters()) {
            float[] reversed = reversed(network, canonical, parameters.get(canonical.name()), true);
            reads.add(tf.withName(canonical.name())
                    .constant(shape(network, canonical), DataBuffers.of(reversed, true, false)));
        }
    }

    /** The variables themselves, in canonical order. */
    List<VarHandleOp> handles() {
        return handles;
    }

    /** Their values, in canonical order. */
    List<Operand<TFloat32>> reads() {
        return reads;
    }

    /** Value of one of them. */
    Operand<TFloat32> read(String name) {
        for (int i = 0; i < reads.size(); i++) {
            if (network.parameters().get(i).name().equals(name)) {
                return reads.get(i);
            }
        }
        throw new IllegalArgumentException("no variable named " + name);
    }

    /** Copies values in. */
    void set(Session session, Parameters parameters) {
        Session.Runner runner = session.runner();
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            tandem.core.Shape shape = parameters.shapes().get(i);
            float[] reversed = reversed(network, shape, parameters.get(shape.name()), true);
            TFloat32 tensor = TFloat32.tensorOf(shape(network, shape), DataBuffers.of(reversed, true, false));
            tensors.add(tensor);
            runner.feed(sources.get(i), tensor).addTarget(assignments.get(i));
        }
        runner.run().close();
        tensors.forEach(Tensor::close);
    }

    /** Copies values out. */
    Parameters values(Session session) {
        Session.Runner runner = session.runner();
        reads.forEach(runner::fetch);
        try (Result result = runner.run()) {
            return values(network, result, 0);
        }
    }

    /** Copies values out of tensors in canonical order. */
    static Parameters values(Network network, Result tensors, int first) {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (int i = 0; i < network.parameters().size(); i++) {
            tandem.core.Shape shape = network.parameters().get(i);
            values.put(shape.name(), reversed(network, shape, values(tensors.get(first + i)), false));
        }
        return new Parameters(network, values);
    }

    /** Copies values out of one tensor, row-major. */
    static float[] values(Tensor tensor) {
        float[] values = new float[(int) tensor.shape().size()];
        tensor.asRawTensor().data().asFloats().read(values);
        return values;
    }

    private static Shape shape(Network network, tandem.core.Shape canonical) {
        long[] sizes = canonical.toLongs();
        return switch (canonical.name()) {
            case "conv1.weight", "conv2.weight" -> Shape.of(sizes[2], sizes[3], sizes[1], sizes[0]);
            case "fc1.weight", "fc2.weight" -> Shape.of(sizes[1], sizes[0]);
            default -> Shape.of(sizes);
        };
    }

    /**
     * To TensorFlow's layout or back. Every weight is [outputs, channels, positions] in canonical layout and
     * [positions, channels, outputs] in TensorFlow's, positions being those of the kernel, or for fc1 those of the
     * pooled activation.
     */
    private static float[] reversed(Network network, tandem.core.Shape canonical, float[] values, boolean there) {
        int outputs = canonical.dimensions().getFirst();
        int positions = switch (canonical.name()) {
            case "conv1.weight", "conv2.weight" -> Network.KERNEL * Network.KERNEL;
            case "fc1.weight" -> network.pooledPositions();
            default -> 1;
        };
        int channels = values.length / outputs / positions;
        return there ? reversed(values, outputs, channels, positions) : reversed(values, positions, channels, outputs);
    }

    /** [a, b, c] to [c, b, a]. */
    private static float[] reversed(float[] values, int a, int b, int c) {
        float[] reversed = new float[values.length];
        for (int i = 0; i < a; i++) {
            for (int j = 0; j < b; j++) {
                for (int k = 0; k < c; k++) {
                    reversed[(k * b + j) * a + i] = values[(i * b + j) * c + k];
                }
            }
        }
        return reversed;
    }
}
