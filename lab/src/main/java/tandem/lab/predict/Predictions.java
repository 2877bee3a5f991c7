package tandem.lab.predict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.data.Normalisation;
import tandem.core.picture.DigitImage;
import tandem.lab.EngineName;
import tandem.lab.EngineResult.Status;
import tandem.lab.StopSignal;
import tandem.lab.WorkerProcess;
import tandem.lab.Workers;
import tandem.lab.worker.Event;
import tandem.lab.worker.Request;

/**
 * What engines take pictures for, by one model.
 *
 * @param engines how each one did, in the order asked for
 * @param answers of each picture, in the order of the images; one for each engine that is done
 */
public record Predictions(List<Outcome> engines, List<List<Answer>> answers) {

    /**
     * How one engine did.
     *
     * @param engine name as in tables
     * @param status whether it answered
     * @param failure one sentence, or null
     * @param library what computes
     * @param libraryVersion its version
     */
    public record Outcome(EngineName engine, Status status, String failure, String library, String libraryVersion) {}

    /**
     * What to predict.
     *
     * @param names engines in the order in which they are asked
     * @param model safetensors file of the parameters
     * @param network the model's
     * @param normalisation how pixels become inputs
     * @param images at least one, of the network's rows and columns
     * @param silence how long a worker may say nothing
     */
    public record Plan(
            List<EngineName> names,
            Path model,
            Network network,
            Normalisation normalisation,
            List<DigitImage> images,
            Duration silence) {

        private Request.Predict request(EngineName name, int threads) {
            int size = network.rows() * network.columns();
            byte[] pixels = new byte[images.size() * size];
            for (int i = 0; i < images.size(); i++) {
                System.arraycopy(images.get(i).pixels(), 0, pixels, i * size, size);
            }
            return new Request.Predict(
                    network, threads, name.variant(), model.toAbsolutePath().toString(), normalisation, pixels);
        }
    }

    /**
     * Asks every engine of a plan. One that fails does not keep the others from answering. Workers' logs lie in a
     * folder of temporary files that is kept only if an engine failed: its sentence names the log.
     *
     * @throws Failure if that folder cannot be written
     */
    public static Predictions run(Plan plan, Workers workers, PredictWatcher watcher, StopSignal stop) {
        Path logs;
        try {
            logs = Files.createTempDirectory("tandem-predict");
        } catch (IOException e) {
            throw new Failure("no folder for temporary files can be made (%s)".formatted(e.getMessage()), e);
        }
        List<Outcome> engines = new ArrayList<>();
        Map<EngineName, float[]> logits = new LinkedHashMap<>();
        for (EngineName name : plan.names) {
            watcher.asking(name, engines.size() + 1, plan.names.size());
            engines.add(ask(name, plan, workers, logs, logits, watcher, stop));
        }
        if (engines.stream().noneMatch(engine -> engine.status == Status.FAILED)) {
            remove(logs);
        }
        List<List<Answer>> answers = new ArrayList<>();
        int classes = plan.network.classes();
        for (int i = 0; i < plan.images.size(); i++) {
            List<Answer> ofImage = new ArrayList<>();
            for (Map.Entry<EngineName, float[]> engine : logits.entrySet()) {
                ofImage.add(Answer.of(engine.getKey(), engine.getValue(), i * classes, classes));
            }
            answers.add(ofImage);
        }
        return new Predictions(engines, answers);
    }

    private static Outcome ask(
            EngineName name,
            Plan plan,
            Workers workers,
            Path logs,
            Map<EngineName, float[]> logits,
            PredictWatcher watcher,
            StopSignal stop) {
        var provider = workers.engines().get(name).provider();
        String library = provider.library();
        String version = provider.version();
        if (stop.raised()) {
            return new Outcome(name, Status.INTERRUPTED, "interrupted before it was asked", library, version);
        }
        switch (workers.ready(name, watcher, stop)) {
            case Workers.Readiness.Absent(Status status, String reason) -> {
                return new Outcome(name, status, reason, library, version);
            }
            case Workers.Readiness.Ready(WorkerProcess.Command command) -> {
                Path log = logs.resolve(name.folder()).resolve("worker.log");
                try (WorkerProcess worker = WorkerProcess.start(command, log, plan.silence)) {
                    worker.send(plan.request(name, workers.threads()));
                    Event.Predicted predicted = switch (worker.take().event()) {
                        case Event.Predicted answer -> answer;
                        case Event.Failed failed -> throw new Failure(failed.sentence());
                        case Event event -> throw new Failure("the worker sent what is no prediction: " + event);
                    };
                    checkFinite(predicted.logits());
                    logits.put(name, predicted.logits());
                    return new Outcome(
                            name,
                            Status.DONE,
                            null,
                            predicted.library().name(),
                            predicted.library().version());
                } catch (Failure e) {
                    return new Outcome(name, Status.FAILED, e.getMessage(), library, version);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return new Outcome(name, Status.INTERRUPTED, "the lab was interrupted", library, version);
                }
            }
        }
    }

    private static void checkFinite(float[] logits) {
        for (float logit : logits) {
            if (!Float.isFinite(logit)) {
                throw new Failure("a logit is %s, not a number; the model is broken".formatted(logit));
            }
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new Failure("%s: cannot be removed (%s)".formatted(folder, e.getMessage()), e);
        }
    }
}
