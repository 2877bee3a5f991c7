package tandem.lab.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.lab.engines.Conversation;
import tandem.lab.engines.Outcome;
import tandem.lab.engines.Workers;
import tandem.lab.progress.Progress;
import tandem.lab.progress.Status;
import tandem.lab.statistics.Speed;
import tandem.worker.protocol.Event;
import tandem.worker.protocol.Identity;
import tandem.worker.protocol.Request;

/**
 * One row while it is measured: its process, which lives through all rounds. Whatever goes wrong with the process ends
 * this row and no other.
 */
final class Contestant implements AutoCloseable {
    /** Images of a call in inference: one at a time, a batch as in training, many. */
    private static final List<Integer> CALLS = List.of(1, 64, 1000);

    /** Inference has its own code to compile and its own memory to get: its warm-up takes this many measurements. */
    private static final int INFERENCE_WARM_UP = 3;

    /** Steps of one request while warming up; in between, the lab looks whether it is enough. */
    private static final int WARM_UP_STRIDE = 10;

    private final Entry entry;
    private final Bench.Plan plan;
    private final Workers workers;
    private final Turns turns;
    private final Figures figures;
    private String name;
    private @Nullable Status status;
    private @Nullable String failure;
    private @Nullable Conversation worker;
    /** When the process began to wait for its turn, and its processor time then; null if the system does not tell. */
    private long waitingSince;

    private @Nullable Duration usedBefore;

    Contestant(Entry entry, Bench.Plan plan, Workers workers, Turns turns) {
        this.entry = entry;
        this.plan = plan;
        this.workers = workers;
        this.turns = turns;
        figures = new Figures(calls());
        name = entry.name();
    }

    private List<Integer> calls() {
        return plan.inference().isZero() ? List.of() : CALLS;
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
    void warmUp() {
        guarded(() -> {
            turns.next(name, "starting");
            Conversation started = entry.worker().get();
            worker = started;
            tell(new Progress.Started(name, started.pid()));
            prepare();
            for (int steps = 1; entry.trains() && !stopped() && !warm(); steps = WARM_UP_STRIDE) {
                turns.note(name, "warming up, step %s".formatted(figures.warmUpSteps()));
                train(steps, figures::warmUp);
            }
            infer("warming up, inference", INFERENCE_WARM_UP * seconds(plan.inference()), (_, _) -> {});
            if (entry.trains()) {
                tell(new Progress.Warm(name, figures.warmUpSteps(), figures.warmUpSeconds()));
            }
            beginToWait();
        });
    }

    private Conversation worker() {
        // A row that has not ended has one.
        return Objects.requireNonNull(worker);
    }

    private void beginToWait() {
        usedBefore = worker().processorTime().orElse(null);
        waitingSince = System.nanoTime();
    }

    private void endWaiting() {
        Optional<Duration> now = worker().processorTime();
        if (usedBefore != null && now.isPresent()) {
            figures.waited(now.get().minus(usedBefore), (System.nanoTime() - waitingSince) / 1e9);
        }
    }

    private void tell(Progress what) {
        workers.progress().accept(what);
    }

    private boolean stopped() {
        return workers.stop().raised();
    }

    private void prepare() throws InterruptedException {
        Event.Prepared prepared = worker().ask(new Request.Prepare(plan.recipe(), workers.threads(), entry.variant()));
        figures.prepared(prepared);
        tell(new Progress.Prepared(name, prepared.library(), prepared.startupSeconds()));
        if (entry.peer()) {
            name = Peer.name(prepared.library());
        }
    }

    private boolean warm() {
        return plan.warmUp().enough(figures.warmUpSteps(), figures.warmUpSeconds());
    }

    /** Takes its turn in a round: train steps, then inference. */
    void takeTurn() {
        guarded(() -> {
            endWaiting();
            int steps = steps();
            turns.next(name, entry.trains() ? "%s train steps".formatted(steps) : "inference");
            if (entry.trains()) {
                train(steps, figures::round);
            }
            infer("inference", seconds(plan.inference()), (measured, call) -> figures.inference(call, measured));
            beginToWait();
        });
    }

    /** Measures, in another process, how memory grows in training. */
    void grow() {
        guarded(() -> {
            close();
            turns.next(name, "memory, starting");
            if (entry.trains()) {
                worker = entry.worker().get();
                worker().ask(new Request.Prepare(plan.recipe(), workers.threads(), entry.variant()));
                Double early = residentAfter(MemoryGrowth.EARLY, 0);
                figures.grew(early, residentAfter(MemoryGrowth.LATE, MemoryGrowth.EARLY));
            }
        });
    }

    private @Nullable Double residentAfter(int steps, int done) throws InterruptedException {
        turns.note(name, "memory, %s train steps".formatted(steps));
        return worker().ask(new Request.MeasureSteps(steps - done), _ -> {}).residentMemoryMiB();
    }

    /** Train steps of a turn: as many as the plan wants, or as fit into its time. */
    private int steps() {
        return entry.trains() ? figures.stepsWithin(plan.turn(), plan.steps()) : 0;
    }

    /** What happens in one turn. */
    private interface Turn {
        void take() throws InterruptedException;
    }

    /** Does nothing once the row has ended. */
    private void guarded(Turn turn) {
        if (status == null) {
            Outcome.of(workers.stop(), () -> {
                        turn.take();
                        return this;
                    })
                    .ifMissing(missing -> {
                        end(missing.status(), missing.reason());
                        close();
                    });
        }
    }

    private void train(int steps, BiConsumer<List<Double>, Event.Measured> trained) throws InterruptedException {
        List<Double> millis = new ArrayList<>();
        Event.Measured measured = worker().ask(new Request.MeasureSteps(steps), news -> {
            if (!(news instanceof Event.Step step)) {
                throw new Failure("the worker sent %s in the middle of a measurement".formatted(news));
            }
            millis.add(step.millis());
        });
        trained.accept(millis, measured);
    }

    private void infer(String what, double seconds, ObjIntConsumer<Event.Measured> inferred)
            throws InterruptedException {
        for (int call : calls()) {
            if (!stopped()) {
                turns.note(name, "%s, %s at a time".formatted(what, call));
                inferred.accept(worker().ask(new Request.MeasureInference(call, seconds)), call);
            }
        }
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /** Ends this row early: failed or interrupted. The first end counts. */
    void end(Status how, String reason) {
        if (status == null) {
            status = how;
            failure = reason;
            tell(new Progress.Missing(name, how, reason));
        }
    }

    /** Ends this row, unless it has ended early: it took all its turns. */
    void done() {
        if (status == null) {
            status = Status.DONE;
        }
    }

    /** Ends this row early, because the lab was asked to stop. */
    void interrupt() {
        int done = figures.roundMedians().size();
        end(Status.INTERRUPTED, "interrupted after %s of %s rounds".formatted(done, plan.rounds()));
    }

    /** How fast it is so far. */
    Speed speed() {
        String engine = entry.variantOf() == null ? entry.name() : entry.variantOf();
        return new Speed(entry.peer() ? null : engine, figures.millisPerStep());
    }

    /** The figures, compared with those of all rows. */
    BenchRow row(List<Speed> rows) {
        Status ended = Objects.requireNonNull(status, "every row ends before there are figures");
        return figures.row(name, entry, ended, failure, speed().ratioToFastestOther(rows));
    }

    /** Ends the process. */
    @Override
    public void close() {
        if (worker != null) {
            worker.close();
            worker = null;
        }
    }
}
