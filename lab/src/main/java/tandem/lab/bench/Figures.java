package tandem.lab.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tandem.core.engine.Library;
import tandem.lab.progress.Status;
import tandem.lab.statistics.Sample;
import tandem.worker.protocol.Event;

/** What was measured of one row so far. */
final class Figures {
    /** So many steps at the end of the warm-up say how long one takes. */
    private static final int LAST = 10;

    /** A round's median needs some steps. */
    private static final int FEWEST = 3;

    private final List<Double> warmUpMillis = new ArrayList<>();
    private final List<Double> millis = new ArrayList<>();
    private final List<Double> roundMedians = new ArrayList<>();
    private final Map<Integer, List<Double>> inference = new LinkedHashMap<>();
    private Event.@Nullable Prepared prepared;
    private @Nullable Double firstStepSeconds;
    private double warmUpSeconds;
    private long images;
    private double seconds;
    private @Nullable Double peakMemoryMiB;
    private @Nullable MemoryGrowth memoryGrowth;
    private double waitingUsed;
    private double waitingSeconds;

    /** No figures yet, but the sizes of calls for which there will be some. */
    Figures(List<Integer> calls) {
        calls.forEach(call -> inference.put(call, new ArrayList<>()));
    }

    void prepared(Event.Prepared event) {
        prepared = event;
    }

    /** Steps of the warm-up; the first of them ends when the engine's first step is done. */
    void warmUp(List<Double> stepMillis, Event.Measured trained) {
        if (firstStepSeconds == null) {
            firstStepSeconds = Objects.requireNonNull(prepared, "steps come after the engine is ready")
                            .startupSeconds()
                    + trained.seconds();
        }
        warmUpMillis.addAll(stepMillis);
        warmUpSeconds += trained.seconds();
        peakMemoryMiB = trained.peakMemoryMiB();
    }

    void round(List<Double> stepMillis, Event.Measured trained) {
        millis.addAll(stepMillis);
        roundMedians.add(Sample.of(stepMillis).median());
        images += trained.images();
        seconds += trained.seconds();
        peakMemoryMiB = trained.peakMemoryMiB();
    }

    /** Calls for the logits of a number of images at a time. */
    void inference(int call, Event.Measured inferred) {
        inference.computeIfAbsent(call, _ -> new ArrayList<>()).add(inferred.images() / inferred.seconds());
        peakMemoryMiB = inferred.peakMemoryMiB();
    }

    /** Resident memory in MiB after few steps and after many. */
    void grew(@Nullable Double early, @Nullable Double late) {
        memoryGrowth = MemoryGrowth.of(early, late).orElse(null);
    }

    /** Processor time that the process used while it waited for its turn. */
    void waited(Duration used, double seconds) {
        waitingUsed += used.toMillis() / 1e3;
        waitingSeconds += seconds;
    }

    int warmUpSteps() {
        return warmUpMillis.size();
    }

    double warmUpSeconds() {
        return warmUpSeconds;
    }

    /** How many steps take about so long by the last of the warm-up: at least {@value #FEWEST}, and at most as many. */
    int stepsWithin(Duration time, int atMost) {
        List<Double> last = warmUpMillis.subList(Math.max(0, warmUpMillis.size() - LAST), warmUpMillis.size());
        double fitting = time.toNanos() / 1e6 / Sample.of(last).median();
        return (int) Math.min(atMost, Math.max(FEWEST, fitting));
    }

    /** The median of every round so far. */
    List<Double> roundMedians() {
        return roundMedians;
    }

    /** What the engine was given and said of itself; null before it was ready. */
    Event.@Nullable Prepared prepared() {
        return prepared;
    }

    /** Median over all rounds; null before the first. */
    @Nullable
    Double millisPerStep() {
        return millis.isEmpty() ? null : Sample.of(millis).median();
    }

    BenchRow row(String name, Entry entry, Status status, @Nullable String failure, @Nullable Double ratio) {
        Library library = prepared == null ? null : prepared.library();
        Map<Integer, @Nullable Double> inferred = new LinkedHashMap<>();
        inference.forEach((call, perSecond) -> inferred.put(
                call, perSecond.isEmpty() ? null : Sample.of(perSecond).median()));
        return new BenchRow(
                name,
                entry.variantOf(),
                entry.peer(),
                status,
                failure,
                library == null ? entry.library() : library.name(),
                library == null ? entry.libraryVersion() : library.version(),
                library == null ? null : library.device(),
                library == null ? null : library.threads(),
                Spread.of(millis),
                List.copyOf(roundMedians),
                millis.isEmpty() ? null : images / seconds,
                inferred,
                prepared == null ? null : prepared.startupSeconds(),
                firstStepSeconds,
                warmUpMillis.isEmpty() ? null : WarmUp.of(warmUpMillis, warmUpSeconds),
                peakMemoryMiB,
                memoryGrowth,
                // From 0 (asleep) to the number of processors.
                waitingSeconds == 0 ? null : waitingUsed / waitingSeconds,
                ratio);
    }
}
