package tandem.engine.deeplearning4j;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import tandem.core.Network;
import tandem.core.Parameters;

/**
 * Values in and out of arrays. Deeplearning4j keeps all parameters of a network in one flat array, and likewise all
 * gradients and each accumulator. Within it, a convolution has its bias first, and its weights as in canonical layout:
 * [out, in, row, column] in C order. A dense layer is [in, out] in Fortran order, which is [out, in] in C order, so fc2
 * is canonical too; the inputs of fc1 are in row, column, channel order, and have to be exchanged.
 */
final class Deeplearning4jTensors {
    private static final String FC1 = "fc1.weight";

    private static final List<String> ORDER = List.of(
            "conv1.bias", "conv1.weight", "conv2.bias", "conv2.weight", FC1, "fc1.bias", "fc2.weight", "fc2.bias");

    private Deeplearning4jTensors() {}

    /**
     * Copies values into a flat array.
     *
     * @param from where the first tensor begins
     */
    static void set(Network network, INDArray flat, long from, Parameters values) {
        FloatPointer to = pointer(flat).position(from);
        for (String name : ORDER) {
            float[] canonical = values.get(name);
            float[] tensor =
                    name.equals(FC1) ? exchanged(canonical, network.conv2(), network.pooledPositions()) : canonical;
            to.put(tensor);
            to.position(to.position() + tensor.length);
        }
    }

    /**
     * Copies values out of a flat array.
     *
     * @param from where the first tensor begins
     */
    static Parameters values(Network network, INDArray flat, long from) {
        FloatPointer at = pointer(flat).position(from);
        Parameters zeros = Parameters.zeros(network);
        Map<String, float[]> values = new LinkedHashMap<>();
        for (String name : ORDER) {
            float[] tensor = zeros.get(name);
            at.get(tensor);
            at.position(at.position() + tensor.length);
            values.put(name, name.equals(FC1) ? exchanged(tensor, network.pooledPositions(), network.conv2()) : tensor);
        }
        return new Parameters(network, values);
    }

    /** [n, a, b] to [n, b, a]. */
    private static float[] exchanged(float[] values, int a, int b) {
        float[] exchanged = new float[values.length];
        for (int start = 0; start < values.length; start += a * b) {
            for (int i = 0; i < a; i++) {
                for (int j = 0; j < b; j++) {
                    exchanged[start + j * a + i] = values[start + i * b + j];
                }
            }
        }
        return exchanged;
    }

    /** An array of its own, outside of all workspaces, until closed; C order. */
    static INDArray allocate(long... shape) {
        return Nd4j.createUninitializedDetached(DataType.FLOAT, 'c', shape);
    }

    /** Copies the first values in, as many as the array has elements. */
    static void write(INDArray array, float[] values) {
        pointer(array).put(values, 0, (int) array.length());
    }

    /** Copies all values out. */
    static void read(INDArray array, float[] values, int to) {
        pointer(array).get(values, to, (int) array.length());
    }

    /** The memory of an array that is not a view of another. */
    private static FloatPointer pointer(INDArray array) {
        return new FloatPointer(array.data().pointer());
    }
}
