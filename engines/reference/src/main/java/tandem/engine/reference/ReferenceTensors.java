package tandem.engine.reference;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.Shape;

/**
 * What {@link Parameters} are, in float64: one array for each parameter of a network, in canonical names, order and
 * layouts. Also used for gradients and the optimizer's accumulators.
 */
public final class ReferenceTensors {
    private final Network network;
    private final SequencedMap<String, double[]> values = new LinkedHashMap<>();

    /** All zeros. */
    public ReferenceTensors(Network network) {
        this.network = network;
        for (Shape shape : network.parameters()) {
            values.put(shape.name(), new double[shape.size()]);
        }
    }

    /** The same values in float64. */
    public static ReferenceTensors widen(Network network, Parameters parameters) {
        ReferenceTensors tensors = new ReferenceTensors(network);
        tensors.values.forEach((name, to) -> {
            float[] from = parameters.get(name);
            for (int i = 0; i < to.length; i++) {
                to[i] = from[i];
            }
        });
        return tensors;
    }

    /** The values rounded to float32. */
    public Parameters round() {
        Map<String, float[]> rounded = new LinkedHashMap<>();
        values.forEach((name, from) -> {
            float[] to = new float[from.length];
            for (int i = 0; i < to.length; i++) {
                to[i] = (float) from[i];
            }
            rounded.put(name, to);
        });
        return new Parameters(network, rounded);
    }

    /** A copy that shares nothing. */
    public ReferenceTensors copy() {
        ReferenceTensors copy = new ReferenceTensors(network);
        copy.values.forEach((name, to) -> System.arraycopy(get(name), 0, to, 0, to.length));
        return copy;
    }

    /**
     * The values of one tensor, row-major, not copied.
     *
     * @throws IllegalArgumentException if there is no such tensor
     */
    public double[] get(String name) {
        double[] tensor = values.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no tensor named " + name + " among " + values.keySet());
        }
        return tensor;
    }
}
