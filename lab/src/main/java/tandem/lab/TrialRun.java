package tandem.lab;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tandem.core.Failure;
import tandem.lab.EngineResult.Status;
import tandem.lab.worker.Checkpoint;
import tandem.lab.worker.Event;
import tandem.lab.worker.Request;

/** One trial in a worker: from its events come the engine's files in the run directory, and its result. */
final class TrialRun {
    private final EngineName name;
    private final Path folder;
    private final Watcher watcher;
    private final List<Double> millis = new ArrayList<>();
    private final List<Event.Epoch> epochs = new ArrayList<>();
    private Event.Ready ready;
    private Event.Done done;
    private Double firstLoss;
    private long steps;

    /**
     * What a trial yields.
     *
     * @param result for comparison.json
     * @param ready null if the engine never was
     * @param done null if the trial did not end well
     * @param firstLoss loss of step 0, or null
     */
    record Outcome(EngineResult result, Event.Ready ready, Event.Done done, Double firstLoss) {}

    private TrialRun(EngineName name, Path folder, Watcher watcher) {
        this.name = name;
        this.folder = folder;
        this.watcher = watcher;
    }

    /**
     * Trains one engine in a worker of its own.
     *
     * @param folder the engine's folder in the run directory
     * @param silence how long the worker may say nothing
     */
    static Outcome run(
            EngineName name,
            WorkerProcess.Command command,
            Request.Train request,
            Path folder,
            Watcher watcher,
            StopSignal stop,
            Duration silence) {
        return new TrialRun(name, folder, watcher).run(command, request, stop, silence);
    }

    private Outcome run(WorkerProcess.Command command, Request.Train request, StopSignal stop, Duration silence) {
        Status status;
        String failure = null;
        try (WorkerProcess worker = WorkerProcess.start(command, folder.resolve("worker.log"), silence)) {
            watcher.working(name, worker.pid());
            worker.send(request);
            try (StopSignal.Handle _ = stop.onRaise(worker::askToStop)) {
                status = follow(worker, request);
            }
        } catch (Failure e) {
            status = Status.FAILED;
            failure = steps == 0 ? e.getMessage() : "at step %d: %s".formatted(steps, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            status = Status.INTERRUPTED;
            failure = "the lab was interrupted";
        }
        if (status == Status.INTERRUPTED) {
            failure = "interrupted at step %d; 'tandem train %s --resume DIR' goes on".formatted(steps, name);
        }
        return new Outcome(result(command, status, failure), ready, done, firstLoss);
    }

    private Status follow(WorkerProcess worker, Request.Train request) throws InterruptedException {
        Path file = folder.resolve("events.jsonl");
        try (BufferedWriter events = open(file, request)) {
            while (true) {
                WorkerProcess.Message message = worker.take();
                watcher.event(name, message.event());
                switch (message.event()) {
                    case Event.Ready event -> {
                        ready = event;
                        steps = event.firstStep();
                    }
                    case Event.Step event -> {
                        append(events, message.line());
                        millis.add(event.millis());
                        steps = event.step() + 1;
                        if (event.step() == 0) {
                            firstLoss = event.loss();
                        }
                    }
                    case Event.Epoch event -> {
                        append(events, message.line());
                        events.flush();
                        epochs.add(event);
                    }
                    case Event.Evaluating _ -> {}
                    case Event.Done event -> {
                        done = event;
                        return Status.DONE;
                    }
                    case Event.Interrupted event -> {
                        steps = event.steps();
                        return Status.INTERRUPTED;
                    }
                    case Event.Failed event -> throw new Failure(event.sentence());
                    case Event.Answer _ ->
                        throw new Failure("the worker sent what is no event of a trial: " + message.line());
                }
            }
        } catch (IOException e) {
            throw new Failure(
                    "%s: cannot be written (%s); check the room on the disk".formatted(file, e.getMessage()), e);
        }
    }

    /** Opens events.jsonl; a run that goes on keeps the events before its checkpoint, and no later ones. */
    private BufferedWriter open(Path file, Request.Train request) throws IOException {
        List<String> kept = new ArrayList<>();
        if (request.checkpoint() != null && Files.exists(file)) {
            Checkpoint.Position position = Checkpoint.position(Path.of(request.checkpoint()));
            for (String line : Files.readAllLines(file)) {
                Event event = Json.parse(line, Event.class);
                switch (event) {
                    case Event.Step step
                    when step.step() < position.step() -> {
                        kept.add(line);
                        millis.add(step.millis());
                        if (step.step() == 0) {
                            firstLoss = step.loss();
                        }
                    }
                    case Event.Epoch epoch
                    when epoch.epoch() <= position.evaluatedEpochs() -> {
                        kept.add(line);
                        epochs.add(epoch);
                    }
                    default -> {}
                }
            }
        }
        BufferedWriter events = Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        for (String line : kept) {
            append(events, line);
        }
        return events;
    }

    private static void append(BufferedWriter events, String line) throws IOException {
        events.write(line);
        events.write('\n');
    }

    private EngineResult result(WorkerProcess.Command command, Status status, String failure) {
        Event.Epoch last = epochs.isEmpty() ? null : epochs.getLast();
        double trainSeconds = epochs.stream().mapToDouble(Event.Epoch::seconds).sum();
        return new EngineResult(
                name,
                status,
                failure,
                last == null ? null : last.testAccuracy(),
                last == null ? null : last.testLoss(),
                List.copyOf(epochs),
                last == null ? null : trainSeconds,
                last == null ? null : trainSeconds / epochs.size(),
                millis.isEmpty() ? null : Sample.of(millis).median(),
                ready == null ? null : ready.startupSeconds(),
                done == null ? null : done.inferenceImagesPerSecond(),
                done == null ? null : done.peakMemoryMiB(),
                done == null ? null : done.confusion(),
                ready == null ? command.library() : ready.library().name(),
                ready == null ? command.libraryVersion() : ready.library().version(),
                ready == null ? null : ready.library().device(),
                ready == null ? null : ready.library().threads());
    }
}
