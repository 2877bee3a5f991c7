package tandem.lab.export;

import java.nio.file.Path;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.data.Normalisation;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Status;
import tandem.lab.run.TemporaryFolder;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Request;

/**
 * A trained model to be written in the format of an engine's library, by a worker: nobody else has the library.
 *
 * @param engine whose library's format is meant
 * @param network the model's
 * @param model safetensors file of the parameters
 * @param normalisation how pixels become inputs
 * @param rawPixels whether the normalisation is a part of what is written
 * @param folder where it is written; it may be missing
 */
public record Export(
        EngineName engine, Network network, Path model, Normalisation normalisation, boolean rawPixels, Path folder) {

    /**
     * Fetches the library if it is missing, and writes. The worker's log is kept only if it fails, as its sentence
     * names it.
     *
     * @throws Failure if the engine does not run here, or cannot write the model
     */
    public void run(Workers workers) {
        TemporaryFolder logs = TemporaryFolder.create("tandem-export");
        Request.Export request = new Request.Export(
                network,
                model.toAbsolutePath().toString(),
                normalisation,
                rawPixels,
                folder.toAbsolutePath().toString());
        switch (workers.talk(engine, logs.path().resolve("worker.log"), worker -> worker.ask(request))) {
            case Outcome.Result<Event.Exported> _ -> logs.delete();
            case Outcome.Missing<Event.Exported>(Status status, String reason) ->
                throw new Failure(
                        status == Status.FAILED
                                ? reason
                                : "%s: cannot be written, as %s cannot run: %s".formatted(folder, engine, reason));
        }
    }
}
