package tandem.core;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * One float tensor for each parameter of a network, in canonical names, order and layouts
 * ({@link Network#parameters()}). Also used for what has the same shapes: gradients and the optimizer's accumulators.
 *
 * <p>The arrays are held, not copied: the caller of the constructor must not change them later.
 */
public final class Parameters {
    private final List<Shape> shapes;
    private final SequencedMap<String, float[]> tensors = new LinkedHashMap<>();

    /**
     * Parameters of a network.
     *
     * @param tensors one array of the right length for each name
     * @throws Failure if a tensor is missing, unknown or of the wrong length
     */
    public Parameters(Network network, Map<String, float[]> tensors) {
        shapes = network.parameters();
        for (Shape shape : shapes) {
            float[] values = tensors.get(shape.name());
            if (values == null) {
                throw new Failure("parameter %s is missing; the network needs %s".formatted(shape.name(), shape));
            }
            if (values.length != shape.size()) {
                throw new Failure("parameter %s holds %s values; the network needs %s"
                        .formatted(shape.name(), values.length, shape));
            }
            this.tensors.put(shape.name(), values);
        }
        for (String name : tensors.keySet()) {
            if (!this.tensors.containsKey(name)) {
                throw new Failure("parameter %s is unknown; the network has %s".formatted(name, this.tensors.keySet()));
            }
        }
    }

    /**
     * Reads the parameters of a network from a file with PyTorch's names and layouts, see {@link TensorFile}.
     *
     * @throws Failure if the file cannot be read or does not hold exactly this network's parameters
     */
    public static Parameters read(Path file, Network network) {
        return of(file, network, TensorFile.read(file), "");
    }

    /** The parameters whose names in a file end with a suffix. */
    static Parameters of(Path file, Network network, Safetensors stored, String suffix) {
        try {
            return of(network, stored, suffix);
        } catch (Failure e) {
            throw new Failure(file + ": " + e.getMessage(), e);
        }
    }

    private static Parameters of(Network network, Safetensors stored, String suffix) {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        for (Safetensors.Tensor tensor : stored.tensors().values()) {
            String name = tensor.shape().name();
            if (name.endsWith(suffix)) {
                tensors.put(name.substring(0, name.length() - suffix.length()), tensor.values());
            }
        }
        for (Shape shape : network.parameters()) {
            Safetensors.Tensor tensor = stored.tensors().get(shape.name() + suffix);
            if (tensor != null && !tensor.shape().dimensions().equals(shape.dimensions())) {
                throw new Failure("tensor %s has the wrong shape; the recipe's network needs %s"
                        .formatted(tensor.shape(), shape));
            }
        }
        return new Parameters(network, tensors);
    }

    /**
     * Writes a safetensors file with PyTorch's names and layouts.
     *
     * @return SHA-256 of the file
     * @throws Failure if it cannot be written
     */
    public String write(Path file) {
        return Safetensors.of(tensors()).write(file);
    }

    /**
     * The parameters of a network among the tensors of a file.
     *
     * @throws Failure if they are not exactly this network's
     */
    public static Parameters of(Network network, Safetensors stored) {
        return of(network, stored, "");
    }

    /** The tensors as a file holds them. */
    public List<Safetensors.Tensor> tensors() {
        return stored("");
    }

    /** The tensors as a file holds them, each name followed by a suffix. */
    List<Safetensors.Tensor> stored(String suffix) {
        return shapes.stream()
                .map(shape ->
                        new Safetensors.Tensor(new Shape(shape.name() + suffix, shape.dimensions()), get(shape.name())))
                .toList();
    }

    /** All zeros. */
    public static Parameters zeros(Network network) {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        for (Shape shape : network.parameters()) {
            tensors.put(shape.name(), new float[shape.size()]);
        }
        return new Parameters(network, tensors);
    }

    /** Names and shapes, in canonical order. */
    public List<Shape> shapes() {
        return shapes;
    }

    /**
     * The values of one tensor, row-major, not copied.
     *
     * @throws IllegalArgumentException if there is no such tensor
     */
    public float[] get(String name) {
        float[] values = tensors.get(name);
        if (values == null) {
            throw new IllegalArgumentException("no tensor named " + name + " among " + tensors.keySet());
        }
        return values;
    }

    /** A copy that shares nothing. */
    public Parameters copy(Network network) {
        Map<String, float[]> copies = new LinkedHashMap<>();
        tensors.forEach((name, values) -> copies.put(name, values.clone()));
        return new Parameters(network, copies);
    }

    /** A fingerprint of names, order and bits. */
    public String fingerprint() {
        Fingerprint fingerprint = new Fingerprint();
        tensors.forEach((name, values) -> fingerprint.add(name).add(values));
        return fingerprint.toString();
    }
}
