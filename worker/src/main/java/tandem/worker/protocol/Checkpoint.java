package tandem.worker.protocol;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tools.jackson.core.JacksonException;

/**
 * Enough to go on bit for bit: parameters, accumulators and position. The folder holds {@code position.json}, which
 * names the two tensor files of its step; it is moved into place after them, so a checkpoint is whole at every moment.
 *
 * @param position where the run stands
 * @param parameters at that step
 * @param state at that step
 */
public record Checkpoint(Position position, Parameters parameters, OptimizerState state) {
    private static final String POSITION = "position.json";

    /**
     * Where a run stands.
     *
     * @param step the next step, from 0 over the whole run
     * @param evaluatedEpochs epochs whose evaluation is done
     * @param lossSum sum of the step losses of the epoch under way
     * @param epochSeconds seconds of training of the epoch under way
     * @param batches fingerprint of the batches so far
     * @param identity of the run
     */
    public record Position(
            long step, int evaluatedEpochs, double lossSum, double epochSeconds, long batches, Identity identity) {}

    /** Whether a folder holds a checkpoint. */
    public static boolean exists(Path folder) {
        return Files.exists(folder.resolve(POSITION));
    }

    /**
     * Reads only where a checkpoint stands.
     *
     * @throws Failure if there is none or it cannot be read
     */
    public static Position position(Path folder) {
        Path file = folder.resolve(POSITION);
        try {
            return Json.parse(Files.readString(file), Position.class);
        } catch (IOException | JacksonException e) {
            throw new Failure("%s: no checkpoint to go on from (%s)".formatted(file, e.getMessage()), e);
        }
    }

    /**
     * Reads a checkpoint.
     *
     * @throws Failure if there is none, or it belongs to another network
     */
    public static Checkpoint read(Path folder, Network network) {
        Position position = position(folder);
        return new Checkpoint(
                position,
                Parameters.read(parametersFile(folder, position), network),
                OptimizerState.read(stateFile(folder, position), network));
    }

    /**
     * Writes the checkpoint, then removes the files of the one before.
     *
     * @throws Failure if it cannot be written; then the one before is still whole
     */
    public void write(Path folder) {
        Path parametersFile = parametersFile(folder, position);
        Path stateFile = stateFile(folder, position);
        parameters.write(parametersFile);
        state.write(stateFile);
        write(folder, position);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.safetensors")) {
            for (Path file : files) {
                if (!file.equals(parametersFile) && !file.equals(stateFile)) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new Failure("%s: old files cannot be removed (%s)".formatted(folder, e.getMessage()), e);
        }
    }

    /** Writes the position alone, when the tensors of its step are already there. */
    public static void write(Path folder, Position position) {
        AtomicFile.write(folder.resolve(POSITION), Json.line(position) + "\n");
    }

    private static Path parametersFile(Path folder, Position position) {
        return folder.resolve("parameters-%d.safetensors".formatted(position.step()));
    }

    private static Path stateFile(Path folder, Position position) {
        return folder.resolve("optimizer-%d.safetensors".formatted(position.step()));
    }
}
