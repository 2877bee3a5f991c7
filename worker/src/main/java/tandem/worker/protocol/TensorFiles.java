package tandem.worker.protocol;

import java.nio.file.Path;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;

/**
 * A folder with the tensors of one moment, by which lab and worker pass them to each other.
 *
 * @param folder may not exist yet when something is written
 */
public record TensorFiles(Path folder) {

    /** Writes parameters and accumulators. */
    public void write(Parameters parameters, OptimizerState state) {
        parameters.write(folder.resolve("parameters.safetensors"));
        state.write(folder.resolve("optimizer.safetensors"));
    }

    /** Writes gradients. */
    public void writeGradients(Parameters gradients) {
        gradients.write(folder.resolve("gradients.safetensors"));
    }

    /** The parameters. */
    public Parameters parameters(Network network) {
        return Parameters.read(folder.resolve("parameters.safetensors"), network);
    }

    /** The accumulators. */
    public OptimizerState state(Network network) {
        return OptimizerState.read(folder.resolve("optimizer.safetensors"), network);
    }

    /** The gradients. */
    public Parameters gradients(Network network) {
        return Parameters.read(folder.resolve("gradients.safetensors"), network);
    }
}
