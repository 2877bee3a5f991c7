package tandem.lab.study;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.core.Failure;
import tandem.core.Recipe;
import tandem.lab.EngineName;
import tandem.lab.EngineResult.Status;
import tandem.lab.StopSignal;
import tandem.lab.WorkerProcess;
import tandem.lab.worker.Event;
import tandem.lab.worker.Request;

/**
 * Runs one trial at a time. Every engine has one process here that serves all its trials, so that libraries are loaded
 * and code is compiled once; while other engines train it sleeps.
 */
final class Lane implements AutoCloseable {
    private final int number;
    private final Path logs;
    private final int threads;
    private final Duration silence;
    private final StudyWatcher watcher;
    private final StopSignal stop;
    private final Map<String, Living> processes = new HashMap<>();

    private record Living(WorkerProcess worker, StopSignal.Handle handle) {
        void end() {
            handle.close();
            worker.close();
        }
    }

    /**
     * A lane.
     *
     * @param number from 1
     * @param logs folder of the workers' logs
     * @param threads of each worker
     * @param silence how long a worker may say nothing
     */
    Lane(int number, Path logs, int threads, Duration silence, StudyWatcher watcher, StopSignal stop) {
        this.number = number;
        this.logs = logs;
        this.threads = threads;
        this.silence = silence;
        this.watcher = watcher;
        this.stop = stop;
    }

    /** Trains; whatever goes wrong is in the result. */
    TrialResult train(Arm arm, long seed, WorkerProcess.Command command) {
        Recipe recipe = arm.recipe(seed);
        Following following = new Following(arm, seed, recipe.fingerprint());
        try {
            WorkerProcess worker = worker(arm.engine(), command);
            worker.send(new Request.Train(recipe, threads, arm.engine().variant(), null, null, null));
            return following.toTheEnd(worker);
        } catch (Failure e) {
            // The process is dead or not to be trusted; the next trial gets a new one.
            end(arm.engine());
            return following.result(Status.FAILED, e.getMessage(), null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return following.result(Status.INTERRUPTED, "the lab was interrupted", null);
        }
    }

    private WorkerProcess worker(EngineName name, WorkerProcess.Command command) {
        Living living = processes.get(name.engine());
        if (living == null) {
            String folder = number == 1 ? name.engine() : name.engine() + "-" + number;
            WorkerProcess worker =
                    WorkerProcess.start(command, logs.resolve(folder).resolve("worker.log"), silence);
            living = new Living(worker, stop.onRaise(worker::askToStop));
            processes.put(name.engine(), living);
            synchronized (watcher) {
                watcher.started(name.engine(), worker.pid());
            }
        }
        return living.worker;
    }

    private void end(EngineName name) {
        Living living = processes.remove(name.engine());
        if (living != null) {
            living.end();
        }
    }

    /** Ends the processes. */
    @Override
    public void close() {
        processes.values().forEach(Living::end);
        processes.clear();
    }

    /** One trial's events. */
    private final class Following {
        private final Arm arm;
        private final long seed;
        private final String recipe;
        private final long start = System.nanoTime();
        private final List<Event.Epoch> epochs = new ArrayList<>();
        private Event.Ready ready;

        Following(Arm arm, long seed, String recipe) {
            this.arm = arm;
            this.seed = seed;
            this.recipe = recipe;
        }

        TrialResult toTheEnd(WorkerProcess worker) throws InterruptedException {
            while (true) {
                WorkerProcess.Message message = worker.take();
                switch (message.event()) {
                    case Event.Ready event -> ready = event;
                    case Event.Epoch event -> {
                        epochs.add(event);
                        synchronized (watcher) {
                            watcher.epoch(arm.name(), seed, event);
                        }
                    }
                    case Event.Done event -> {
                        return result(Status.DONE, null, event.batches());
                    }
                    case Event.Interrupted _ -> {
                        return result(Status.INTERRUPTED, "interrupted", null);
                    }
                    case Event.Failed event -> {
                        return result(Status.FAILED, event.sentence(), null);
                    }
                    case Event.Step _, Event.Evaluating _ -> {}
                    case Event.Answer _ ->
                        throw new Failure("the worker sent what is no event of a trial: " + message.line());
                }
            }
        }

        TrialResult result(Status status, String failure, String batches) {
            return new TrialResult(
                    arm.name(),
                    arm.engine(),
                    seed,
                    recipe,
                    status,
                    failure,
                    List.copyOf(epochs),
                    (System.nanoTime() - start) / 1e9,
                    ready == null ? null : ready.library(),
                    ready == null ? null : ready.identity(),
                    batches);
        }
    }
}
