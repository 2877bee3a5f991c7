package tandem.lab.study;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tandem.core.Recipe;
import tandem.lab.engines.Conversation;
import tandem.lab.engines.Launch;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.worker.protocol.Checkpoint;
import tandem.worker.protocol.CheckpointEvery;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.EventLog;
import tandem.worker.protocol.Request;

/**
 * Runs one trial at a time. Every engine has one worker here that serves all its trials, so that libraries are loaded
 * and code is compiled once; while other engines train it sleeps.
 */
final class Lane implements AutoCloseable {
    private final int number;
    private final Path logs;
    private final Workers workers;
    private final boolean models;
    private final Map<String, Conversation> conversations = new HashMap<>();

    /**
     * A lane.
     *
     * @param number from 1
     * @param logs folder of its workers' logs
     * @param models whether trials leave their models in their folders
     */
    Lane(int number, Path logs, Workers workers, boolean models) {
        this.number = number;
        this.logs = logs;
        this.workers = workers;
        this.models = models;
    }

    /**
     * Trains; whatever goes wrong is in the result.
     *
     * @param folder what it takes to go on; a trial that was killed before goes on from there
     */
    TrialResult train(Arm arm, long seed, Launch launch, Path folder) {
        return train(
                arm,
                seed,
                launch,
                folder,
                epoch -> workers.progress().accept(new Progress.Told(arm.name(), seed, epoch)));
    }

    /**
     * The same.
     *
     * @param epochs is told of every epoch
     */
    TrialResult train(Arm arm, long seed, Launch launch, Path folder, Consumer<Event.Epoch> epochs) {
        Recipe recipe = arm.recipe(seed);
        Request.Train request = new Request.Train(
                recipe,
                workers.threads(),
                arm.engine().variant(),
                null,
                checkpoint(folder),
                new Request.TrialFiles(folder.toString(), CheckpointEvery.DEFAULT, models),
                null);
        AtomicReference<Event.@Nullable Ready> heard = new AtomicReference<>();
        long start = System.nanoTime();
        Outcome<Event.End> outcome = Outcome.of(
                workers.stop(),
                () -> worker(arm.engine().engine(), launch).ask(request, news -> {
                    if (news instanceof Event.Ready event) {
                        heard.set(event);
                    } else if (news instanceof Event.Epoch epoch) {
                        epochs.accept(epoch);
                    }
                }));
        Status status;
        String failure = null;
        String batches = null;
        String parameters = null;
        switch (outcome) {
            case Outcome.Result<Event.End>(Event.Done done) -> {
                status = Status.DONE;
                batches = done.batches();
                parameters = done.parameters();
            }
            case Outcome.Result<Event.End>(Event.Interrupted _) -> {
                status = Status.INTERRUPTED;
                failure = "interrupted";
            }
            case Outcome.Missing<Event.End>(Status missing, String reason) -> {
                status = missing;
                failure = reason;
                // The worker is dead or not to be trusted; the next trial gets a new one.
                end(arm.engine().engine());
            }
        }
        Event.Ready ready = heard.get();
        List<Event.Epoch> told =
                ready == null ? List.of() : EventLog.read(folder).epochs();
        if (status == Status.DONE && told.size() < recipe.epochs()) {
            status = Status.FAILED;
            failure = "%s: was deleted while the training wrote into it".formatted(folder);
            batches = null;
            parameters = null;
        }
        return new TrialResult(
                arm.name(),
                arm.engine(),
                seed,
                arm.fingerprint(seed),
                status,
                failure,
                told,
                (System.nanoTime() - start) / 1e9,
                ready == null ? null : ready.library(),
                ready == null ? null : ready.identity(),
                batches,
                parameters);
    }

    /** The newest checkpoint whose epochs are all known; null if there is none. */
    private static @Nullable String checkpoint(Path folder) {
        Checkpoint.Found found = Checkpoint.find(folder.resolve("checkpoint"));
        return found.newest() == null
                        || found.position() == null
                        || !EventLog.read(folder)
                                .before(found.position())
                                .lacks()
                                .isEmpty()
                ? null
                : found.newest().toString();
    }

    private Conversation worker(String engine, Launch launch) {
        return conversations.computeIfAbsent(engine, _ -> {
            String folder = number == 1 ? engine : engine + "-" + number;
            return workers.start(engine, launch, logs.resolve(folder).resolve("worker.log"));
        });
    }

    private void end(String engine) {
        Conversation conversation = conversations.remove(engine);
        if (conversation != null) {
            conversation.close();
        }
    }

    /** Ends the workers. */
    @Override
    public void close() {
        conversations.values().forEach(Conversation::close);
        conversations.clear();
    }
}
