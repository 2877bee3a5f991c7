package tandem.lab.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tandem.core.Recipe;
import tandem.lab.engines.EngineName;
import tandem.lab.engines.Launch;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Request;

/**
 * One engine, one seed, from nothing to an accuracy, in a process of its own.
 *
 * @param status how it ended: done, even if the target was not reached
 * @param failure one sentence, or null
 * @param seconds from just before the process was started until the target was reached, or null
 * @param epochs done by then
 * @param testAccuracy after the last of them, or null if there was none
 */
record Attempt(
        Status status,
        @Nullable String failure,
        @Nullable Double seconds,
        int epochs,
        @Nullable Double testAccuracy) {

    /** One that did not begin. */
    static Attempt waiting(long seed) {
        return new Attempt(Status.INTERRUPTED, "interrupted before seed " + seed, null, 0, null);
    }

    /** Trains until the target is reached, or all epochs are done. */
    static Attempt of(EngineName name, Recipe recipe, double target, Outcome<Launch> ready, Path log, Workers workers) {
        if (workers.stop().raised() && ready instanceof Outcome.Result<Launch>) {
            return waiting(recipe.seed());
        }
        return switch (ready) {
            case Outcome.Result<Launch>(Launch launch) -> train(name, recipe, target, launch, log, workers);
            case Outcome.Missing<Launch>(Status status, String reason) -> new Attempt(status, reason, null, 0, null);
        };
    }

    private static Attempt train(
            EngineName name, Recipe recipe, double target, Launch launch, Path log, Workers workers) {
        long start = System.nanoTime();
        List<Event.Epoch> epochs = new ArrayList<>();
        AtomicReference<@Nullable Double> reached = new AtomicReference<>();
        Request.Train request = new Request.Train(recipe, workers.threads(), name.variant(), null, null, null, null);
        Outcome<Event.End> outcome = workers.talk(
                name,
                launch,
                log,
                worker -> worker.ask(request, news -> {
                    workers.progress().accept(new Progress.Told(name.toString(), null, news));
                    if (news instanceof Event.Epoch epoch && reached.get() == null) {
                        epochs.add(epoch);
                        if (epoch.testAccuracy() >= target) {
                            reached.set((System.nanoTime() - start) / 1e9);
                            worker.askToStop();
                        }
                    }
                }));
        Double seconds = reached.get();
        Status status = Status.DONE;
        String failure = null;
        if (outcome instanceof Outcome.Missing<Event.End>(Status missing, String reason)) {
            status = missing;
            failure = missing == Status.FAILED ? "seed %s: %s".formatted(recipe.seed(), reason) : reason;
            workers.tell(name, new Outcome.Missing<>(status, failure));
        } else if (seconds == null && workers.stop().raised()) {
            status = Status.INTERRUPTED;
            failure = "interrupted in epoch %s of seed %s".formatted(epochs.size() + 1, recipe.seed());
        }
        Double accuracy = epochs.isEmpty() ? null : epochs.getLast().testAccuracy();
        workers.progress()
                .accept(new Progress.Reached(name.toString(), recipe.seed(), seconds, epochs.size(), accuracy));
        return new Attempt(status, failure, seconds, epochs.size(), accuracy);
    }
}
