package tandem.lab.study;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tandem.lab.progress.Progress;
import tandem.worker.protocol.Event;

/** Writes down what it is told. */
class Recorder implements Consumer<Progress> {
    final List<String> processes = new ArrayList<>();
    final List<Long> pids = new ArrayList<>();
    final List<String> told = new ArrayList<>();
    final List<Progress.Missing> missing = new ArrayList<>();
    final List<Progress.TrialOver> trials = new ArrayList<>();
    final List<Double> left = new ArrayList<>();
    int before = -1;

    @Override
    public synchronized void accept(Progress progress) {
        switch (progress) {
            case Progress.Started started -> {
                processes.add(started.row());
                pids.add(started.pid());
            }
            case Progress.Told(String row, Long seed, Event.News news) ->
                told.add("%s %d: %s".formatted(row, seed, news.getClass().getSimpleName()));
            case Progress.Missing without -> missing.add(without);
            case Progress.Trials begun when before < 0 -> before = begun.done();
            case Progress.TrialOver over -> {
                trials.add(over);
                left.add(over.secondsLeft());
            }
            default -> {}
        }
    }
}
