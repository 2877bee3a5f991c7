package tandem.lab.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tandem.core.AtomicFile;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.FoundEngine;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.run.EventLog;
import tandem.lab.statistics.Sample;
import tandem.worker.protocol.Checkpoint;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Request;

/** One engine's training: from its worker's events come the engine's files in the run directory, and its result. */
final class EngineTraining {
    private final EngineName name;
    private final FoundEngine engine;
    private final Path folder;
    private final Consumer<Progress> progress;
    private final List<Double> millis = new ArrayList<>();
    private final List<Event.Epoch> epochs = new ArrayList<>();
    private Event.@Nullable Ready ready;
    private @Nullable Double firstLoss;
    private long steps;

    /** What a training yields; {@code ready} is null if the engine never was, {@code done} if it did not end well. */
    record Trained(
            EngineResult result,
            Event.@Nullable Ready ready,
            Event.@Nullable Done done,
            @Nullable Double firstLoss) {}

    /** @param folder the engine's folder in the run directory */
    EngineTraining(EngineName name, FoundEngine engine, Path folder, Consumer<Progress> progress) {
        this.name = name;
        this.engine = engine;
        this.folder = folder;
        this.progress = progress;
    }

    /** Trains in a worker of its own. */
    Trained run(Workers workers, Request.Train request) {
        Outcome<Event.End> outcome = workers.talk(name, folder.resolve("worker.log"), worker -> {
            engine.networkSource()
                    .ifPresent(network -> AtomicFile.write(folder.resolve(network.name()), network.text()));
            List<Event> kept = request.checkpoint() == null
                    ? List.of()
                    : EventLog.readBefore(folder, Checkpoint.position(Path.of(request.checkpoint())));
            kept.forEach(this::count);
            try (EventLog log = EventLog.open(folder, kept)) {
                return worker.ask(request, news -> hear(news, log));
            }
        });
        progress.accept(new Progress.Ended(name.toString()));
        Trained trained = switch (outcome) {
            case Outcome.Result<Event.End>(Event.Done done) -> trained(Status.DONE, null, done);
            case Outcome.Result<Event.End>(Event.Interrupted end) -> interrupted(end.steps());
            case Outcome.Missing<Event.End>(Status status, String reason)
            when status == Status.INTERRUPTED && ready != null -> interrupted(steps);
            case Outcome.Missing<Event.End>(Status status, String reason)
            when status == Status.FAILED && steps > 0 ->
                trained(status, "at step %d: %s".formatted(steps, reason), null);
            case Outcome.Missing<Event.End>(Status status, String reason) -> trained(status, reason, null);
        };
        if (trained.result.failure() != null) {
            progress.accept(new Progress.Missing(name.toString(), trained.result.status(), trained.result.failure()));
        }
        return trained;
    }

    private void hear(Event.News news, EventLog log) {
        progress.accept(new Progress.Told(name.toString(), null, news));
        if (news instanceof Event.Ready event) {
            ready = event;
            steps = event.firstStep();
        } else if (news instanceof Event.Step || news instanceof Event.Epoch) {
            log.add(news);
            count(news);
        }
    }

    private void count(Event event) {
        if (event instanceof Event.Step step) {
            millis.add(step.millis());
            steps = step.step() + 1;
            if (step.step() == 0) {
                firstLoss = step.loss();
            }
        } else if (event instanceof Event.Epoch epoch) {
            epochs.add(epoch);
        }
    }

    private Trained interrupted(long at) {
        return trained(
                Status.INTERRUPTED,
                "interrupted at step %d; 'tandem train %s --resume DIR' goes on".formatted(at, name),
                null);
    }

    private Trained trained(Status status, @Nullable String failure, Event.@Nullable Done done) {
        Event.Epoch last = epochs.isEmpty() ? null : epochs.getLast();
        double trainSeconds = epochs.stream().mapToDouble(Event.Epoch::seconds).sum();
        EngineResult result = new EngineResult(
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
                ready == null ? engine.provider().library() : ready.library().name(),
                ready == null ? engine.provider().version() : ready.library().version(),
                ready == null ? null : ready.library().device(),
                ready == null ? null : ready.library().threads());
        return new Trained(result, ready, done, firstLoss);
    }
}
