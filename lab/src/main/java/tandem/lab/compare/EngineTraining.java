package tandem.lab.compare;

import java.nio.file.Files;
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
import tandem.lab.statistics.Sample;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.EventLog;
import tandem.worker.protocol.Request;

/** One engine's training: its worker writes the engine's files in the run directory, and its result is made of them. */
final class EngineTraining {
    static final String MODEL = "model.safetensors";
    static final String PREDICTIONS = "predictions.safetensors";

    private final EngineName name;
    private final FoundEngine engine;
    private final Path folder;
    private final Consumer<Progress> progress;
    private final List<Event.Tested> tests = new ArrayList<>();
    private Event.@Nullable Ready ready;

    /** @param folder the engine's folder in the run directory */
    EngineTraining(EngineName name, FoundEngine engine, Path folder, Consumer<Progress> progress) {
        this.name = name;
        this.engine = engine;
        this.folder = folder;
        this.progress = progress;
    }

    /** Trains in a worker of its own. */
    EngineResult run(Workers workers, Request.Train request) {
        Outcome<Event.End> outcome = workers.talk(name, folder.resolve("worker.log"), worker -> {
            engine.networkSource()
                    .ifPresent(network -> AtomicFile.write(folder.resolve(network.name()), network.text()));
            return worker.ask(request, news -> {
                progress.accept(new Progress.Told(name.toString(), null, news));
                if (news instanceof Event.Ready event) {
                    ready = event;
                } else if (news instanceof Event.Tested test) {
                    tests.add(test);
                }
            });
        });
        progress.accept(new Progress.Ended(name.toString()));
        if (ready != null) {
            TestLog.add(folder, ready.firstStep(), tests);
        }
        // An engine that never was ready has not touched what is there from before.
        EventLog.Content log = EventLog.read(folder);
        long steps = log.steps().isEmpty() || ready == null
                ? 0
                : log.steps().getLast().step() + 1;
        EngineResult result = switch (outcome) {
            case Outcome.Result<Event.End>(Event.Done done)
            when ready != null && (steps < ready.steps() || !Files.exists(folder.resolve(MODEL))) ->
                result(log, Status.FAILED, "its files were deleted or changed while it trained", null);
            case Outcome.Result<Event.End>(Event.Done done) -> result(log, Status.DONE, null, done);
            case Outcome.Result<Event.End>(Event.Interrupted end) -> interrupted(log, end.steps());
            case Outcome.Missing<Event.End>(Status status, String reason)
            when status == Status.INTERRUPTED && ready != null -> interrupted(log, steps);
            case Outcome.Missing<Event.End>(Status status, String reason)
            when status == Status.FAILED && steps > 0 ->
                result(log, status, "at step %s: %s".formatted(steps, reason), null);
            case Outcome.Missing<Event.End>(Status status, String reason) -> result(log, status, reason, null);
        };
        if (result.status() == Status.DONE
                && result.testAccuracy() != null
                && result.millisPerStepMedian() != null
                && result.trainImagesPerSecond() != null) {
            progress.accept(new Progress.Trained(
                    name.toString(),
                    result.testAccuracy(),
                    result.millisPerStepMedian(),
                    result.trainImagesPerSecond()));
        }
        if (result.failure() != null) {
            progress.accept(new Progress.Missing(name.toString(), result.status(), result.failure()));
        }
        return result;
    }

    private EngineResult interrupted(EventLog.Content log, long at) {
        return result(log, Status.INTERRUPTED, "interrupted at step %s".formatted(at), null);
    }

    private EngineResult result(
            EventLog.Content log, Status status, @Nullable String failure, Event.@Nullable Done done) {
        List<Event.Epoch> epochs = log.epochs();
        List<Double> millis = log.steps().stream().map(Event.Step::millis).toList();
        Event.Epoch last = epochs.isEmpty() ? null : epochs.getLast();
        double trainSeconds = epochs.stream().mapToDouble(Event.Epoch::seconds).sum();
        return new EngineResult(
                name,
                status,
                failure,
                last == null ? null : last.testAccuracy(),
                last == null ? null : last.testLoss(),
                epochs,
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
    }
}
