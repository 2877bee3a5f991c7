package tandem.core;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A trained network: its sizes and its parameters.
 *
 * @param network without dropout, which prediction does not need and the file does not tell
 * @param parameters of the network
 */
public record Model(Network network, Parameters parameters) {

    /**
     * Reads a safetensors file with PyTorch's names and layouts, and the network's sizes from its shapes. Images are
     * taken to be square with an even side: an odd last row or column goes no further than the pooling.
     *
     * @throws Failure if the file cannot be read, or its tensors are not those of such a network
     */
    public static Model read(Path file) {
        Map<String, Safetensors.Tensor> tensors = Safetensors.read(file).tensors();
        List<Integer> conv1 = dimensions(file, tensors, "conv1.weight", 4);
        List<Integer> conv2 = dimensions(file, tensors, "conv2.weight", 4);
        List<Integer> fc1 = dimensions(file, tensors, "fc1.weight", 2);
        List<Integer> fc2 = dimensions(file, tensors, "fc2.weight", 2);
        int channels = conv2.getFirst();
        int pooled = channels == 0 ? 0 : (int) Math.round(Math.sqrt((double) fc1.get(1) / channels));
        if (pooled == 0 || (long) pooled * pooled * channels != fc1.get(1)) {
            throw new Failure("%s: fc1.weight has %s inputs, which are no square image of %s channels"
                    .formatted(file, fc1.get(1), channels));
        }
        int side = Network.POOL * pooled + 2 * (Network.KERNEL - 1);
        try {
            Network network = new Network(side, side, fc2.getFirst(), conv1.getFirst(), channels, fc1.getFirst(), 0, 0);
            return new Model(network, Parameters.read(file, network));
        } catch (Failure e) {
            throw e.getMessage().startsWith(file.toString()) ? e : new Failure(file + ": " + e.getMessage(), e);
        }
    }

    private static List<Integer> dimensions(
            Path file, Map<String, Safetensors.Tensor> tensors, String name, int count) {
        Safetensors.Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new Failure(
                    "%s: holds no tensor %s; give a model.safetensors that 'tandem train' wrote".formatted(file, name));
        }
        List<Integer> dimensions = tensor.shape().dimensions();
        if (dimensions.size() != count) {
            throw new Failure(
                    "%s: tensor %s has %s dimensions, not %s; give a model.safetensors that 'tandem train' wrote"
                            .formatted(file, tensor.shape(), dimensions.size(), count));
        }
        return dimensions;
    }
}
