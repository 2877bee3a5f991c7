package tandem.lab.run;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tandem.core.Failure;
import tandem.lab.engines.EngineName;
import tandem.worker.protocol.Checkpoint;

/**
 * Where a run goes on. Checkpoints are in canonical names and layouts, so any engine goes on from any engine's.
 *
 * @param run the run
 * @param checkpoint folder of the checkpoint to go on from
 */
public record Resumption(RunDirectory run, Path checkpoint) {

    /**
     * From a folder that a user names: an engine's folder in a run, or the run itself. There an engine goes on from its
     * own checkpoint; one that has none, from the only one that is there.
     *
     * @param engine the engine that goes on
     * @throws Failure if the folder is no run, or holds no checkpoint, or several and none of this engine
     */
    public static Resumption of(Path folder, EngineName engine) {
        Path absolute = folder.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent != null && Checkpoint.exists(absolute.resolve("checkpoint"))) {
            return new Resumption(RunDirectory.open(parent), absolute.resolve("checkpoint"));
        }
        RunDirectory run = RunDirectory.open(folder);
        Path own = run.engine(engine).resolve("checkpoint");
        if (Checkpoint.exists(own)) {
            return new Resumption(run, own);
        }
        List<Path> others = others(run.path());
        if (others.isEmpty()) {
            throw new Failure("%s: holds no checkpoint; start a new run without --resume".formatted(run.path()));
        }
        if (others.size() > 1) {
            throw new Failure("%s: holds no checkpoint of %s but several of others; name one of %s"
                    .formatted(
                            run.path(),
                            engine,
                            others.stream().map(other -> "--resume " + other).collect(Collectors.joining(", "))));
        }
        return new Resumption(run, others.getFirst().resolve("checkpoint"));
    }

    private static List<Path> others(Path run) {
        List<Path> others = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(run, Files::isDirectory)) {
            for (Path folder : folders) {
                if (Checkpoint.exists(folder.resolve("checkpoint"))) {
                    others.add(folder);
                }
            }
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(run, e.getMessage()), e);
        }
        others.sort(null);
        return others;
    }
}
