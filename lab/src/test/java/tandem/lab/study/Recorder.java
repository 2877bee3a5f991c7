package tandem.lab.study;

import java.util.ArrayList;
import java.util.List;
import tandem.lab.EngineResult.Status;
import tandem.lab.worker.Event;

/** Writes down what it is told. */
class Recorder implements StudyWatcher {
    final List<String> processes = new ArrayList<>();
    final List<TrialResult> trials = new ArrayList<>();
    final List<Double> left = new ArrayList<>();
    int before = -1;

    @Override
    public void started(String engine, long pid) {
        processes.add(engine);
    }

    @Override
    public void missing(String engine, Status status, String reason) {}

    @Override
    public void begin(int done, int trials) {
        if (before < 0) {
            before = done;
        }
    }

    @Override
    public void epoch(String arm, long seed, Event.Epoch epoch) {}

    @Override
    public void over(TrialResult trial, int done, int of, Double secondsLeft) {
        trials.add(trial);
        left.add(secondsLeft);
    }

    @Override
    public void fetching(List<String> jars) {}

    @Override
    public void progress(long bytes, long total) {}

    @Override
    public void fetched(String jar, String size) {}
}
