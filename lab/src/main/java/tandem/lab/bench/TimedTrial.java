package tandem.lab.bench;

import java.nio.file.Path;
import java.time.Duration;
import tandem.core.Failure;
import tandem.core.Recipe;
import tandem.lab.EngineName;
import tandem.lab.EngineResult.Status;
import tandem.lab.StopSignal;
import tandem.lab.WorkerProcess;
import tandem.lab.Workers.Readiness;
import tandem.lab.worker.Event;
import tandem.lab.worker.Request;

/**
 * One engine, one seed, from nothing to an accuracy.
 *
 * @param status how it ended: done, even if the target was not reached
 * @param failure one sentence, or null
 * @param seconds from just before the process was started until the target was reached, or null
 * @param epochs done by then
 * @param testAccuracy after the last of them, or null if there was none
 */
record TimedTrial(Status status, String failure, Double seconds, int epochs, Double testAccuracy) {

    /** A trial under way. */
    static final class Run {
        private final EngineName name;
        private final Recipe recipe;
        private final int threads;
        private final double target;
        private final Path log;
        private final Duration silence;
        private final BenchWatcher watcher;
        private final StopSignal stop;
        private Double seconds;
        private int epochs;
        private Double testAccuracy;

        Run(
                EngineName name,
                Recipe recipe,
                int threads,
                double target,
                Path log,
                Duration silence,
                BenchWatcher watcher,
                StopSignal stop) {
            this.name = name;
            this.recipe = recipe;
            this.threads = threads;
            this.target = target;
            this.log = log;
            this.silence = silence;
            this.watcher = watcher;
            this.stop = stop;
        }

        /** Trains in a fresh process until the target is reached; one that cannot be started has no figures. */
        TimedTrial of(Readiness readiness) {
            return switch (readiness) {
                case Readiness.Absent(Status status, String reason) -> without(status, reason);
                case Readiness.Ready(WorkerProcess.Command command) ->
                    stop.raised()
                            ? without(Status.INTERRUPTED, "interrupted before seed " + recipe.seed())
                            : train(command);
            };
        }

        private static TimedTrial without(Status status, String reason) {
            return new TimedTrial(status, reason, null, 0, null);
        }

        private TimedTrial train(WorkerProcess.Command command) {
            Status status = Status.DONE;
            String failure = null;
            long start = System.nanoTime();
            try (WorkerProcess worker = WorkerProcess.start(command, log, silence)) {
                watcher.working(name, worker.pid());
                worker.send(new Request.Train(recipe, threads, name.variant(), null, null, null));
                try (StopSignal.Handle _ = stop.onRaise(worker::askToStop)) {
                    follow(worker, start);
                }
            } catch (Failure e) {
                status = Status.FAILED;
                failure = "seed %d: %s".formatted(recipe.seed(), e.getMessage());
                watcher.missing(name.toString(), status, failure);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                status = Status.INTERRUPTED;
                failure = "the lab was interrupted";
            }
            if (seconds == null && stop.raised() && status == Status.DONE) {
                status = Status.INTERRUPTED;
                failure = "interrupted in epoch %d of seed %d".formatted(epochs + 1, recipe.seed());
            }
            watcher.reached(name, recipe.seed(), seconds, epochs, testAccuracy);
            return new TimedTrial(status, failure, seconds, epochs, testAccuracy);
        }

        /** Until the target is reached, or the worker has ended the trial of itself. */
        private void follow(WorkerProcess worker, long start) throws InterruptedException {
            while (true) {
                Event event = worker.take().event();
                watcher.event(name, event);
                switch (event) {
                    case Event.Epoch epoch -> {
                        epochs = epoch.epoch();
                        testAccuracy = epoch.testAccuracy();
                        if (testAccuracy >= target) {
                            seconds = (System.nanoTime() - start) / 1e9;
                            worker.askToStop();
                            return;
                        }
                    }
                    case Event.Failed failed -> throw new Failure(failed.sentence());
                    case Event.Done _, Event.Interrupted _ -> {
                        return;
                    }
                    case Event.Ready _, Event.Step _, Event.Evaluating _ -> {}
                    case Event.Answer _ -> throw new Failure("the worker sent what is no event of a trial: " + event);
                }
            }
        }
    }
}
