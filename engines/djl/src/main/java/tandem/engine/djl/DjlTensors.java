package tandem.engine.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tandem.core.Network;
import tandem.core.Parameters;

/** Values in and out of DJL's arrays. The layouts of DJL on PyTorch are the canonical ones, so they go as they are. */
final class DjlTensors {
    private DjlTensors() {}

    /** An array of given values in native memory; the manager frees it. */
    static NDArray of(NDManager manager, Shape shape, float[] values) {
        // Not NDManager.create(float[]), whose array lies in a Java buffer that only the collector frees.
        NDArray array = manager.create(shape, DataType.FLOAT32);
        set(array, values);
        return array;
    }

    /** Copies values in, as many as the array holds. */
    static void set(NDArray array, float[] values) {
        write(array, memory -> {
            FloatBuffer floats = memory.asFloatBuffer();
            floats.put(values, 0, floats.capacity());
        });
    }

    /** Copies values into arrays in canonical order. */
    static void set(List<NDArray> arrays, Parameters values) {
        for (int i = 0; i < arrays.size(); i++) {
            set(arrays.get(i), values.get(values.shapes().get(i).name()));
        }
    }

    /** Copies values out, row-major. */
    static float[] values(NDArray array) {
        float[] values = new float[(int) array.size()];
        NDArray here = array.toDevice(Device.cpu(), false);
        here.toByteBuffer(true).asFloatBuffer().get(values);
        if (here != array) {
            here.close();
        }
        return values;
    }

    /** Copies values out of arrays in canonical order. */
    static Parameters values(Network network, List<? extends NDArray> arrays) {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (int i = 0; i < arrays.size(); i++) {
            values.put(network.parameters().get(i).name(), values(arrays.get(i)));
        }
        return new Parameters(network, values);
    }

    /** Lets an array's memory be written; a GPU's through a copy, which is sent there. */
    static void write(NDArray array, Consumer<ByteBuffer> values) {
        if (!array.getDevice().isGpu()) {
            values.accept(array.toByteBuffer(true));
            return;
        }
        try (NDManager processor = array.getManager().newSubManager(Device.cpu())) {
            NDArray copy = processor.create(array.getShape(), array.getDataType());
            values.accept(copy.toByteBuffer(true));
            copy.copyTo(array);
        }
    }
}
