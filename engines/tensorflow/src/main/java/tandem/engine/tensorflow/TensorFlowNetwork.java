package tandem.engine.tensorflow;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gradients;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import tandem.core.Loss;
import tandem.core.Network;
import tandem.core.Parameters;

/**
 * The network as a part of a graph: its eight variables, its forward pass and its loss. Shapes are written for n images
 * of MNIST: input [n, 28, 28, 1].
 */
final class TensorFlowNetwork {
    private static final List<Long> ONE = List.of(1L, 1L, 1L, 1L);
    private static final String VALID = "VALID";

    private final Ops tf;
    private final Network network;
    private final TensorFlowTensors parameters;

    TensorFlowNetwork(Ops tf, Network network) {
        this(tf, network, new TensorFlowTensors(tf, network, ""));
    }

    /** A network of given parameters, variables or constants. */
    TensorFlowNetwork(Ops tf, Network network, TensorFlowTensors parameters) {
        this.tf = tf;
        this.network = network;
        this.parameters = parameters;
    }

    /** The parameters' variables, in canonical order. */
    List<VarHandleOp> parameters() {
        return parameters.handles();
    }

    /** A copy of the parameters. */
    Parameters values(Session session) {
        return parameters.values(session);
    }

    /** Replaces the parameters. */
    void set(Session session, Parameters values) {
        parameters.set(session, values);
    }

    /**
     * Logits of images.
     *
     * @param images [n, 28, 28, 1]
     * @param mask1 factors of dropout1, [n, 12, 12, 64], or null for none
     * @param mask2 factors of dropout2, [n, 128], or null for none
     * @return [n, 10]
     */
    Operand<TFloat32> forward(
            Operand<TFloat32> images, @Nullable Operand<TFloat32> mask1, @Nullable Operand<TFloat32> mask2) {
        Operand<TFloat32> conv1 = tf.nn.relu(convolution("conv1", images)); // [n, 26, 26, 32]
        Operand<TFloat32> conv2 = tf.nn.relu(convolution("conv2", conv1)); // [n, 24, 24, 64]
        Operand<TFloat32> pooled = tf.nn.maxPool(
                conv2, tf.array(1, Network.POOL, Network.POOL, 1), tf.array(1, Network.POOL, Network.POOL, 1), VALID);
        Operand<TFloat32> dropped = mask1 == null ? pooled : tf.math.mul(pooled, mask1);
        Operand<TFloat32> flat = tf.reshape(dropped, tf.array(-1, network.features())); // [n, 9216]
        Operand<TFloat32> hidden = tf.nn.relu(dense("fc1", flat)); // [n, 128]
        hidden = mask2 == null ? hidden : tf.math.mul(hidden, mask2);
        return dense("fc2", hidden);
    }

    private Operand<TFloat32> convolution(String layer, Operand<TFloat32> input) {
        return tf.nn.biasAdd(tf.nn.conv2d(input, weight(layer), ONE, VALID), bias(layer));
    }

    private Operand<TFloat32> dense(String layer, Operand<TFloat32> input) {
        return tf.nn.biasAdd(tf.linalg.matMul(input, weight(layer)), bias(layer));
    }

    private Operand<TFloat32> weight(String layer) {
        return parameters.read(layer + ".weight");
    }

    private Operand<TFloat32> bias(String layer) {
        return parameters.read(layer + ".bias");
    }

    /**
     * The recipe's loss, mean over the batch.
     *
     * @param logits [n, 10]
     * @param labels [n]
     */
    Operand<TFloat32> loss(Loss loss, Operand<TFloat32> logits, Operand<TInt32> labels) {
        // Of the two operations for this loss, only the one with dense labels has a gradient in Java.
        Operand<TFloat32> target = tf.oneHot(labels, tf.constant(network.classes()), tf.constant(1f), tf.constant(0f));
        Operand<TFloat32> z = switch (loss) {
            case CROSS_ENTROPY -> logits;
            case DOUBLE_SOFTMAX -> tf.nn.softmax(logits);
        };
        return tf.math.mean(tf.nn.softmaxCrossEntropyWithLogits(z, target).loss(), tf.constant(0));
    }

    /** Derivatives of the loss by each parameter, in canonical order. */
    List<Operand<TFloat32>> gradients(Operand<TFloat32> loss) {
        Gradients gradients = Gradients.create(tf.scope(), loss, parameters.reads());
        List<Operand<TFloat32>> list = new ArrayList<>();
        for (int i = 0; i < parameters.reads().size(); i++) {
            list.add(gradients.dy(i));
        }
        return list;
    }
}
