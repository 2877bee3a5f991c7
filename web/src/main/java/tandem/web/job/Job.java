package tandem.web.job;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.lab.progress.StopSignal;
import tandem.web.event.Journal;

/** One piece of work, from the queue to its end. */
public final class Job {
    private final String id;
    private final Work work;
    private final Journal journal = new Journal();
    private final Runnable changed;

    private JobState state = JobState.QUEUED;
    private @Nullable String failure;
    private StopSignal stop = new StopSignal();
    private boolean stopping;

    Job(String id, Work work, Runnable changed) {
        this.id = id;
        this.work = work;
        this.changed = changed;
        journal.add("state", view());
    }

    /**
     * What the page shows of it.
     *
     * @param id number, from 1
     * @param kind training or parity
     * @param state how far it is
     * @param rows what works
     * @param epochs of a training, or null
     * @param steps of each row; 0 as long as it is not known
     * @param imagesPerEpoch of a training, or null
     * @param runs names of its run directories, as far as they are made
     * @param failure one sentence, or null
     */
    public record View(
            String id,
            String kind,
            JobState state,
            List<Row> rows,
            @Nullable Integer epochs,
            long steps,
            @Nullable Integer imagesPerEpoch,
            List<String> runs,
            @Nullable String failure) {}

    /** Its number. */
    public String id() {
        return id;
    }

    /** What happened. */
    public Journal journal() {
        return journal;
    }

    /** How far it is. */
    public synchronized JobState state() {
        return state;
    }

    /** What the page shows of it. */
    public synchronized View view() {
        Work.Description about = work.description();
        return new View(
                id,
                about.kind(),
                state,
                about.rows(),
                about.epochs(),
                about.steps(),
                about.imagesPerEpoch(),
                about.runs(),
                failure);
    }

    /** Works, on the thread that calls, unless it was stopped in the queue. */
    void run() {
        StopSignal signal;
        synchronized (this) {
            if (state != JobState.QUEUED) {
                return;
            }
            stop = new StopSignal();
            signal = stop;
            become(JobState.RUNNING);
        }
        String sentence;
        try {
            sentence = work.run(journal, signal);
        } catch (Failure e) {
            sentence = e.getMessage();
        } catch (RuntimeException | Error e) {
            sentence = "unexpected: %s".formatted(e);
        }
        synchronized (this) {
            if (stopping) {
                become(JobState.STOPPED);
            } else if (signal.raised()) {
                become(JobState.PAUSED);
            } else if (sentence != null) {
                failure = sentence;
                become(JobState.FAILED);
            } else {
                become(JobState.DONE);
            }
        }
    }

    /**
     * Asks it to pause, and to keep what is done.
     *
     * @throws IllegalStateException if it does not work, or cannot go on afterwards
     */
    public synchronized void pause() {
        if (state != JobState.RUNNING || !work.goesOn()) {
            throw new IllegalStateException("job %s is %s and cannot pause".formatted(id, state));
        }
        become(JobState.PAUSING);
        stop.raise();
    }

    /**
     * Puts it back into the queue.
     *
     * @throws IllegalStateException if it is not paused
     */
    synchronized void resume() {
        if (state != JobState.PAUSED) {
            throw new IllegalStateException("job %s is %s, not paused".formatted(id, state));
        }
        become(JobState.QUEUED);
    }

    /** Asks it to stop, and to keep what is done; one that is over stays as it is. */
    public synchronized void stop() {
        if (state.over()) {
            return;
        }
        stopping = true;
        if (state == JobState.QUEUED || state == JobState.PAUSED) {
            become(JobState.STOPPED);
        } else {
            stop.raise();
        }
    }

    private void become(JobState next) {
        state = next;
        journal.add("state", view());
        if (next.over()) {
            journal.end("end", view());
        }
        changed.run();
    }
}
