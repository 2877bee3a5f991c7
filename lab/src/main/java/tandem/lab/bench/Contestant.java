package tandem.lab.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import tandem.core.Failure;
import tandem.lab.EngineResult.Status;
import tandem.lab.Speed;
import tandem.lab.StopSignal;
import tandem.lab.WorkerProcess;
import tandem.lab.worker.Event;
import tandem.lab.worker.Identity;
import tandem.lab.worker.Request;

/**
 * One row while it is measured: its process, which lives through all rounds. Whatever goes wrong with the process ends
 * this row and no other.
 */
final class Contestant implements AutoCloseable {
    /** Images of a call in inference: one at a time, a batch as in training, many. */
    private static final List<Integer> CALLS = List.of(1, 64, 1000);

    /** Inference has its own code to compile and its own memory to get: its warm-up is so many measurements long. */
    private static final int INFERENCE_WARM_UP = 3;

    /** Steps of one request while warming up; in between, the lab looks whether it is enough. */
    private static final int WARM_UP_STRIDE = 10;

    /** What happens in one turn. */
    private interface Work {
        void run() throws InterruptedException;
    }

    private final Entry entry;
    private final Bench.Plan plan;
    private final int threads;
    private final BenchWatcher watcher;
    private final StopSignal stop;
    private final Turns turns;
    private final Figures figures = new Figures(CALLS);
    private String name;
    private Status status;
    private String failure;
    private WorkerProcess process;
    private Idleness idleness;

    Contestant(Entry entry, Bench.Plan plan, int threads, BenchWatcher watcher, StopSignal stop, Turns turns) {
        this.entry = entry;
        this.plan = plan;
        this.threads = threads;
        this.watcher = watcher;
        this.stop = stop;
        this.turns = turns;
        name = entry.name();
    }

    /** Name as in tables. */
    String name() {
        return name;
    }

    /** What the engine was given; nothing of a peer, which draws its own, or of an engine that was never ready. */
    Optional<Identity> identity() {
        return Optional.ofNullable(figures.prepared()).map(Event.Prepared::identity);
    }

    /** Milliseconds a step of the last round; nothing if it did not take part. */
    Optional<Double> lastMedian() {
        List<Double> medians = figures.roundMedians();
        return status == null && !medians.isEmpty() ? Optional.of(medians.getLast()) : Optional.empty();
    }

    /** Starts the process and lets it work until it is at its speed. */
    void warmUp() throws InterruptedException {
        guarded(() -> {
            turns.next(name, "starting");
            process = entry.process().get();
            watcher.started(name, process.pid());
            try (StopSignal.Handle _ = stop.onRaise(process::askToStop)) {
                prepare();
                for (int steps = 1; entry.trains() && !stop.raised() && !warm(); steps = WARM_UP_STRIDE) {
                    turns.note(name, "warming up, step %d".formatted(figures.warmUpSteps()));
                    train(steps, figures::warmUp);
                }
                infer("warming up, inference", INFERENCE_WARM_UP * seconds(plan.inference()), (_, _) -> {});
            }
            if (entry.trains()) {
                watcher.warm(name, figures.warmUpSteps(), figures.warmUpSeconds());
            }
            idleness = new Idleness(process);
        });
    }

    private void prepare() throws InterruptedException {
        process.send(new Request.Prepare(plan.recipe(), threads, entry.variant()));
        switch (process.take().event()) {
            case Event.Prepared prepared -> figures.prepared(prepared);
            case Event.Failed event -> throw new Failure(event.sentence());
            case Event event -> throw outOfTurn(event);
        }
        Event.Prepared prepared = figures.prepared();
        watcher.prepared(name, prepared.library(), prepared.startupSeconds());
        if (entry.peer()) {
            name = Peer.name(prepared.library());
        }
    }

    private boolean warm() {
        return plan.warmUp().enough(figures.warmUpSteps(), figures.warmUpSeconds());
    }

    /** Takes its turn in a round: train steps, then inference. */
    void takeTurn() throws InterruptedException {
        guarded(() -> {
            idleness.end();
            turns.next(name, entry.trains() ? "%d train steps".formatted(plan.steps()) : "inference");
            try (StopSignal.Handle _ = stop.onRaise(process::askToStop)) {
                if (entry.trains()) {
                    train(plan.steps(), figures::round);
                }
                infer("inference", seconds(plan.inference()), (measured, call) -> figures.inference(call, measured));
            }
            idleness.begin();
        });
    }

    /** Does nothing once the row has ended. */
    private void guarded(Work work) throws InterruptedException {
        if (status == null) {
            try {
                work.run();
            } catch (Failure e) {
                end(Status.FAILED, e.getMessage());
                close();
            }
        }
    }

    /** What becomes of steps that were measured. */
    private interface Trained {
        void accept(List<Double> stepMillis, Event.Measured measured);
    }

    private void train(int steps, Trained trained) throws InterruptedException {
        List<Double> millis = new ArrayList<>();
        trained.accept(millis, measure(new Request.MeasureSteps(steps), step -> millis.add(step.millis())));
    }

    private void infer(String what, double seconds, ObjIntConsumer<Event.Measured> inferred)
            throws InterruptedException {
        for (int call : CALLS) {
            if (!stop.raised()) {
                turns.note(name, "%s, %d at a time".formatted(what, call));
                inferred.accept(
                        measure(new Request.MeasureInference(call, seconds), step -> {
                            throw outOfTurn(step);
                        }),
                        call);
            }
        }
    }

    private Event.Measured measure(Request.Measurement request, Consumer<Event.Step> steps)
            throws InterruptedException {
        process.send(request);
        while (true) {
            switch (process.take().event()) {
                case Event.Step step -> steps.accept(step);
                case Event.Measured measured -> {
                    return measured;
                }
                case Event.Failed event -> throw new Failure(event.sentence());
                case Event event -> throw outOfTurn(event);
            }
        }
    }

    private static Failure outOfTurn(Event event) {
        return new Failure("the worker sent what is no answer to a measurement: " + event);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /** Ends this row: failed, interrupted or, if it took all its turns, done. The first end counts. */
    void end(Status how, String reason) {
        if (status == null) {
            status = how;
            failure = reason;
            if (how != Status.DONE) {
                watcher.missing(name, how, reason);
            }
        }
    }

    /** Ends this row early, because the lab was asked to stop. */
    void interrupt() {
        end(
                Status.INTERRUPTED,
                "interrupted after %d of %d rounds"
                        .formatted(figures.roundMedians().size(), plan.rounds()));
    }

    /** How fast it is so far. */
    Speed speed() {
        String engine = entry.variantOf() == null ? entry.name() : entry.variantOf();
        return new Speed(entry.peer() ? null : engine, figures.millisPerStep());
    }

    /** The figures, compared with those of all rows. */
    Row row(List<Speed> rows) {
        return figures.row(
                name,
                entry,
                status,
                failure,
                idleness == null ? null : idleness.share(),
                speed().ratioToFastestOther(rows));
    }

    /** Ends the process. */
    @Override
    public void close() {
        if (process != null) {
            process.close();
            process = null;
        }
    }
}
