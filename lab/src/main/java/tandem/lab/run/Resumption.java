package tandem.lab.run;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.lab.engines.EngineName;
import tandem.worker.protocol.Checkpoint;

/**
 * Where one engine goes on. Checkpoints are in canonical names and layouts, so any engine goes on from any engine's.
 *
 * @param run folder of the run
 * @param other folder of another engine's checkpoints to go on from; null for the engine's own, or for the beginning if
 *     it has none
 */
public record Resumption(Path run, @Nullable Path other) {

    /**
     * From a folder that a user names: an engine's folder in a run, or the run itself. There an engine goes on from its
     * own checkpoint; one that has none and was not asked for yet, from the only one that is there.
     *
     * @param engine the engine that goes on
     * @param asked whether a run was to train it
     * @throws Failure if the folder is not a run, or several others have a checkpoint and it is not said which
     */
    public static Resumption of(Path folder, EngineName engine, Predicate<RunDirectory> asked) {
        Path absolute = folder.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent != null && Checkpoint.exists(absolute.resolve("checkpoint"))) {
            RunDirectory run = RunDirectory.open(parent);
            boolean itself = run.engine(engine).equals(absolute);
            return new Resumption(parent, itself ? null : absolute.resolve("checkpoint"));
        }
        RunDirectory run = RunDirectory.open(folder);
        if (Checkpoint.exists(run.engine(engine).resolve("checkpoint")) || asked.test(run)) {
            return new Resumption(folder, null);
        }
        List<Path> others = others(run.path());
        if (others.isEmpty()) {
            return new Resumption(folder, null);
        }
        if (others.size() > 1) {
            throw new Failure("%s: holds no checkpoint of %s but several of others; name one of %s"
                    .formatted(
                            run.path(),
                            engine,
                            others.stream().map(other -> "--resume " + other).collect(Collectors.joining(", "))));
        }
        return new Resumption(folder, others.getFirst().resolve("checkpoint"));
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
