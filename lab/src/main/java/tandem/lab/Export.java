package tandem.lab;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import tandem.core.Failure;
import tandem.core.data.Normalisation;
import tandem.lab.worker.Event;
import tandem.lab.worker.Request;

/**
 * A trained model to be written in the format of an engine's library, by a worker: nobody else has the library.
 *
 * @param engine whose library's format is meant
 * @param model safetensors file of the parameters
 * @param normalisation how pixels become inputs
 * @param rawPixels whether the normalisation is a part of what is written
 * @param folder where it is written; it may lack
 * @param silence how long a worker may say nothing
 */
public record Export(
        EngineName engine, Path model, Normalisation normalisation, boolean rawPixels, Path folder, Duration silence) {

    /**
     * Fetches the library if it lacks, and writes. The worker's log is kept only if it fails, as its sentence names it.
     *
     * @throws Failure if the engine does not run here, or cannot write the model
     */
    public void run(Workers workers, Natives.Watcher watcher, StopSignal stop) {
        switch (workers.ready(engine, watcher, stop)) {
            case Workers.Readiness.Absent(EngineResult.Status _, String reason) ->
                throw new Failure("%s: cannot be written, as %s cannot run: %s".formatted(folder, engine, reason));
            case Workers.Readiness.Ready(WorkerProcess.Command command) -> {
                Path logs = temporaryFolder();
                write(command, logs.resolve("worker.log"));
                remove(logs);
            }
        }
    }

    private void write(WorkerProcess.Command command, Path log) {
        try (WorkerProcess worker = WorkerProcess.start(command, log, silence)) {
            worker.send(new Request.Export(
                    model.toAbsolutePath().toString(),
                    normalisation,
                    rawPixels,
                    folder.toAbsolutePath().toString()));
            switch (worker.take().event()) {
                case Event.Exported _ -> {}
                case Event.Failed failed -> throw new Failure(failed.sentence());
                case Event event -> throw new Failure("the worker sent what is no answer to an export: " + event);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("%s: not written, as the lab was interrupted".formatted(folder), e);
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("tandem-export");
        } catch (IOException e) {
            throw new Failure("no folder for temporary files can be made (%s)".formatted(e.getMessage()), e);
        }
    }

    private static void remove(Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new Failure("%s: cannot be removed (%s)".formatted(folder, e.getMessage()), e);
        }
    }
}
