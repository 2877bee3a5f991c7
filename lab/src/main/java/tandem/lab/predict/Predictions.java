package tandem.lab.predict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Library;
import tandem.core.picture.DigitImage;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.run.TemporaryFolder;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Request;

/**
 * What engines take pictures for, by one model.
 *
 * @param engines how each one did, in the order asked for
 * @param answers of each picture, in the order of the images; one for each engine that is done
 */
public record Predictions(List<AskedEngine> engines, List<List<Answer>> answers) {

    /**
     * How one engine did.
     *
     * @param engine name as in tables
     * @param status whether it answered
     * @param failure one sentence, or null
     * @param library what computes
     * @param libraryVersion its version
     */
    public record AskedEngine(
            EngineName engine, Status status, @Nullable String failure, String library, String libraryVersion) {}

    /**
     * What to predict.
     *
     * @param names engines in the order in which they are asked
     * @param model what they answer by
     * @param images at least one, of the network's rows and columns
     */
    public record Plan(List<EngineName> names, ChosenModel model, List<DigitImage> images) {

        private Network network() {
            return model.file().model().network();
        }

        private byte[] pixels() {
            int size = network().rows() * network().columns();
            byte[] pixels = new byte[images.size() * size];
            for (int i = 0; i < images.size(); i++) {
                System.arraycopy(images.get(i).pixels(), 0, pixels, i * size, size);
            }
            return pixels;
        }
    }

    /** What an engine answered. */
    private record Predicted(Library library, float[] logits) {}

    /**
     * Asks every engine of a plan. One that fails does not keep the others from answering. Workers' logs lie in a
     * folder of temporary files that is kept only if an engine failed: its sentence names the log.
     *
     * @throws Failure if that folder cannot be written
     */
    public static Predictions run(Plan plan, Workers workers) {
        TemporaryFolder logs = TemporaryFolder.create("tandem-predict");
        List<AskedEngine> engines = new ArrayList<>();
        Map<EngineName, float[]> logits = new LinkedHashMap<>();
        for (EngineName name : plan.names) {
            workers.progress().accept(new Progress.Asking(name.toString(), engines.size() + 1, plan.names.size()));
            EngineProvider provider = workers.engines().get(name).provider();
            engines.add(
                    switch (ask(name, plan, workers, logs.path())) {
                        case Outcome.Result<Predicted>(Predicted(Library library, float[] answer)) -> {
                            logits.put(name, answer);
                            yield new AskedEngine(name, Status.DONE, null, library.name(), library.version());
                        }
                        case Outcome.Missing<Predicted>(Status status, String reason) ->
                            new AskedEngine(name, status, reason, provider.library(), provider.version());
                    });
        }
        if (engines.stream().noneMatch(engine -> engine.status == Status.FAILED)) {
            logs.delete();
        }
        int classes = plan.network().classes();
        List<List<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < plan.images.size(); i++) {
            int from = i * classes;
            List<Answer> ofImage = new ArrayList<>();
            logits.forEach((name, values) -> ofImage.add(Answer.of(name, values, from, classes)));
            answers.add(ofImage);
        }
        return new Predictions(engines, answers);
    }

    private static Outcome<Predicted> ask(EngineName name, Plan plan, Workers workers, Path logs) {
        return workers.talk(name, logs.resolve(name.folder()).resolve("worker.log"), worker -> {
            Event.Opened opened = worker.ask(new Request.Open(
                    plan.network(),
                    workers.threads(),
                    name.variant(),
                    plan.model.of(name).toAbsolutePath().toString()));
            float[] logits = worker.ask(new Request.Predict(plan.model.normalisation(), plan.pixels()))
                    .logits();
            for (float logit : logits) {
                if (!Float.isFinite(logit)) {
                    throw new Failure("a logit is %s, not a number; the model is broken".formatted(logit));
                }
            }
            return new Predicted(opened.library(), logits);
        });
    }
}
