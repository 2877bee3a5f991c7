package tandem.lab.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tandem.core.Failure;
import tandem.lab.EngineResult.Status;
import tandem.lab.Sample;
import tandem.lab.StopSignal;
import tandem.lab.WorkerProcess;
import tandem.lab.worker.Event;
import tandem.lab.worker.Identity;
import tandem.lab.worker.Request;

/**
 * One row while it is measured: its process, which lives through all rounds, and the figures so far. Whatever goes
 * wrong with the process ends this row and no other.
 */
final class Contestant implements AutoCloseable {
    /** Images of a call in inference: one at a time, a batch as in training, many. */
    static final List<Integer> CALLS = List.of(1, 64, 1000);

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

    private final List<Double> warmUpMillis = new ArrayList<>();
    private final List<Double> millis = new ArrayList<>();
    private final List<Double> roundMedians = new ArrayList<>();
    private final Map<Integer, List<Double>> inference = new LinkedHashMap<>();

    private String name;
    private Status status;
    private String failure;
    private WorkerProcess process;
    private Event.Prepared prepared;
    private double firstStepSeconds;
    private double warmUpSeconds;
    private long images;
    private double seconds;
    private Double peakMemoryMiB;
    private Idleness idleness;

    Contestant(Entry entry, Bench.Plan plan, int threads, BenchWatcher watcher, StopSignal stop, Turns turns) {
        this.entry = entry;
        this.plan = plan;
        this.threads = threads;
        this.watcher = watcher;
        this.stop = stop;
        this.turns = turns;
        name = entry.name();
        CALLS.forEach(call -> inference.put(call, new ArrayList<>()));
    }

    /** Name as in tables. */
    String name() {
        return name;
    }

    /** What the engine was given; nothing of a peer, which draws its own, or of an engine that was never ready. */
    Optional<Identity> identity() {
        return Optional.ofNullable(prepared).map(Event.Prepared::identity);
    }

    /** Rounds it took part in so far. */
    int rounds() {
        return roundMedians.size();
    }

    /** Milliseconds a step of the last round; nothing unless it was measured. */
    Optional<Double> lastMedian() {
        return running() && !roundMedians.isEmpty() ? Optional.of(roundMedians.getLast()) : Optional.empty();
    }

    private boolean running() {
        return process != null && status == null;
    }

    /** Starts the process and lets it work until it is at its speed. */
    void warmUp() throws InterruptedException {
        guarded(() -> {
            turns.next(name, "starting");
            process = entry.process().get();
            watcher.started(name, process.pid());
            prepare();
            long start = System.nanoTime();
            firstStepSeconds = prepared.startupSeconds()
                    + measure(new Request.MeasureSteps(1), warmUpMillis).seconds();
            while (!stop.raised() && !plan.warmUp().enough(warmUpMillis.size(), secondsSince(start))) {
                turns.note(name, "warming up, step %d".formatted(warmUpMillis.size()));
                measure(new Request.MeasureSteps(WARM_UP_STRIDE), warmUpMillis);
            }
            warmUpSeconds = secondsSince(start);
            for (int call : CALLS) {
                if (!stop.raised()) {
                    turns.note(name, "warming up, inference, %d at a time".formatted(call));
                    measure(
                            new Request.MeasureInference(call, INFERENCE_WARM_UP * seconds(plan.inference())),
                            warmUpMillis);
                }
            }
            watcher.warm(name, warmUpMillis.size(), warmUpSeconds);
            idleness = new Idleness(process);
        });
    }

    private void prepare() throws InterruptedException {
        process.send(new Request.Prepare(plan.recipe(), threads, entry.variant()));
        switch (process.take().event()) {
            case Event.Prepared event -> prepared = event;
            case Event.Failed event -> throw new Failure(event.sentence());
            case Event event -> throw outOfTurn(event);
        }
        watcher.prepared(name, prepared.library(), prepared.startupSeconds());
        if (entry.peer()) {
            name = Peer.name(prepared.library());
        }
    }

    /** Takes its turn in a round: train steps, then inference. */
    void takeTurn() throws InterruptedException {
        if (!running()) {
            return;
        }
        guarded(() -> {
            idleness.end();
            turns.next(name, "%d train steps".formatted(plan.steps()));
            List<Double> round = new ArrayList<>();
            Event.Measured trained = measure(new Request.MeasureSteps(plan.steps()), round);
            millis.addAll(round);
            roundMedians.add(Sample.of(round).median());
            images += trained.images();
            seconds += trained.seconds();
            for (int call : CALLS) {
                if (!stop.raised()) {
                    turns.note(name, "inference, %d at a time".formatted(call));
                    Event.Measured inferred =
                            measure(new Request.MeasureInference(call, seconds(plan.inference())), new ArrayList<>());
                    inference.get(call).add(inferred.images() / inferred.seconds());
                }
            }
            idleness.begin();
        });
    }

    private void guarded(Work work) throws InterruptedException {
        try (StopSignal.Handle _ = stop.onRaise(this::askToStop)) {
            work.run();
        } catch (Failure e) {
            end(Status.FAILED, e.getMessage());
            close();
        }
    }

    private void askToStop() {
        if (process != null) {
            process.askToStop();
        }
    }

    private Event.Measured measure(Request.Measurement request, List<Double> stepMillis) throws InterruptedException {
        process.send(request);
        while (true) {
            switch (process.take().event()) {
                case Event.Step step -> stepMillis.add(step.millis());
                case Event.Measured measured -> {
                    peakMemoryMiB = measured.peakMemoryMiB();
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

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Ends this row: failed, interrupted or, if it ran all rounds, done. The first end counts. */
    void end(Status how, String reason) {
        if (status == null) {
            status = how;
            failure = reason;
            if (how != Status.DONE) {
                watcher.missing(name, how, reason);
            }
        }
    }

    /** How fast it is so far. */
    Speed speed() {
        String engine = entry.variantOf() == null ? entry.name() : entry.variantOf();
        return new Speed(
                entry.peer() ? null : engine,
                millis.isEmpty() ? null : Sample.of(millis).median());
    }

    /** The figures, compared with those of all rows. */
    Row row(List<Speed> rows) {
        Map<Integer, Double> inferred = new LinkedHashMap<>();
        inference.forEach((call, perSecond) -> inferred.put(
                call, perSecond.isEmpty() ? null : Sample.of(perSecond).median()));
        boolean ready = prepared != null;
        boolean warmedUp = !warmUpMillis.isEmpty();
        return new Row(
                name,
                entry.variantOf(),
                entry.peer(),
                status,
                failure,
                ready ? prepared.library().name() : entry.library(),
                ready ? prepared.library().version() : entry.libraryVersion(),
                ready ? prepared.library().device() : null,
                ready ? prepared.library().threads() : null,
                Spread.of(millis),
                List.copyOf(roundMedians),
                millis.isEmpty() ? null : images / seconds,
                inferred,
                ready ? prepared.startupSeconds() : null,
                warmedUp ? firstStepSeconds : null,
                warmedUp ? WarmUp.of(warmUpMillis, warmUpSeconds) : null,
                peakMemoryMiB,
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

    /** Processor time of a process while it waits for its turn. */
    private static final class Idleness {
        private final WorkerProcess process;
        private Duration usedBefore;
        private long start;
        private double used;
        private double waited;

        /** Begins at once. */
        Idleness(WorkerProcess process) {
            this.process = process;
            begin();
        }

        void begin() {
            usedBefore = process.processorTime().orElse(null);
            start = System.nanoTime();
        }

        void end() {
            Optional<Duration> now = process.processorTime();
            if (usedBefore != null && now.isPresent()) {
                used += now.get().minus(usedBefore).toMillis() / 1e3;
                waited += secondsSince(start);
            }
        }

        /** From 0 (asleep) to the number of processors; null if it never waited, or the system does not tell. */
        Double share() {
            return waited == 0 ? null : used / waited;
        }
    }
}
