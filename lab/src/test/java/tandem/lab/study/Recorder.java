package tandem.lab.study;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tandem.lab.progress.Progress;

/** Writes down what it is told. */
class Recorder implements Consumer<Progress> {
    final List<String> processes = new ArrayList<>();
    final List<Progress.TrialOver> trials = new ArrayList<>();
    final List<Double> left = new ArrayList<>();
    int before = -1;

    @Override
    public synchronized void accept(Progress progress) {
        switch (progress) {
            case Progress.Started started -> processes.add(started.row());
            case Progress.Trials begun when before < 0 -> before = begun.done();
            case Progress.TrialOver over -> {
                trials.add(over);
                left.add(over.secondsLeft());
            }
            default -> {}
        }
    }
}
