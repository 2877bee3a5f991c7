package tandem.lab.study;

import tandem.lab.EngineResult.Status;
import tandem.lab.Natives;
import tandem.lab.worker.Event;

/** Follows many trials as they are run; called by one thread at a time. */
public interface StudyWatcher extends Natives.Watcher {

    /** A process was started; it serves one trial after the other. */
    void started(String engine, long pid);

    /** An engine cannot take part. */
    void missing(String engine, Status status, String reason);

    /**
     * Trials begin.
     *
     * @param done trials that were done before
     * @param trials in all
     */
    void begin(int done, int trials);

    /** A trial has trained for an epoch. */
    void epoch(String arm, long seed, Event.Epoch epoch);

    /**
     * A trial is over.
     *
     * @param done trials that are over
     * @param trials in all
     * @param secondsLeft an estimate for the others, or null if nothing is known of an engine
     */
    void over(TrialResult trial, int done, int trials, Double secondsLeft);
}
