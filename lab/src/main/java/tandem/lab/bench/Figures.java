package tandem.lab.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.core.engine.Library;
import tandem.lab.EngineResult.Status;
import tandem.lab.Sample;
import tandem.lab.worker.Event;

/** What was measured of one row so far. */
final class Figures {
    private final List<Double> warmUpMillis = new ArrayList<>();
    private final List<Double> millis = new ArrayList<>();
    private final List<Double> roundMedians = new ArrayList<>();
    private final Map<Integer, List<Double>> inference = new LinkedHashMap<>();
    private Event.Prepared prepared;
    private Double firstStepSeconds;
    private double warmUpSeconds;
    private long images;
    private double seconds;
    private Double peakMemoryMiB;

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
            firstStepSeconds = prepared.startupSeconds() + trained.seconds();
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

    /** Calls for the logits of so many images at a time. */
    void inference(int call, Event.Measured inferred) {
        inference.get(call).add(inferred.images() / inferred.seconds());
        peakMemoryMiB = inferred.peakMemoryMiB();
    }

    int warmUpSteps() {
        return warmUpMillis.size();
    }

    double warmUpSeconds() {
        return warmUpSeconds;
    }

    /** The median of every round so far. */
    List<Double> roundMedians() {
        return roundMedians;
    }

    /** What the engine was given and said of itself; null before it was ready. */
    Event.Prepared prepared() {
        return prepared;
    }

    /** Median over all rounds; null before the first. */
    Double millisPerStep() {
        return millis.isEmpty() ? null : Sample.of(millis).median();
    }

    Row row(String name, Entry entry, Status status, String failure, Double waitingShare, Double ratio) {
        Library library =
                prepared == null ? new Library(entry.library(), entry.libraryVersion(), null, 0) : prepared.library();
        Map<Integer, Double> inferred = new LinkedHashMap<>();
        inference.forEach((call, perSecond) -> inferred.put(
                call, perSecond.isEmpty() ? null : Sample.of(perSecond).median()));
        return new Row(
                name,
                entry.variantOf(),
                entry.peer(),
                status,
                failure,
                library.name(),
                library.version(),
                library.device(),
                prepared == null ? null : library.threads(),
                Spread.of(millis),
                List.copyOf(roundMedians),
                millis.isEmpty() ? null : images / seconds,
                inferred,
                prepared == null ? null : prepared.startupSeconds(),
                firstStepSeconds,
                warmUpMillis.isEmpty() ? null : WarmUp.of(warmUpMillis, warmUpSeconds),
                peakMemoryMiB,
                waitingShare,
                ratio);
    }
}
