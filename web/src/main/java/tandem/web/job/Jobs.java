package tandem.web.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SequencedMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import tandem.web.event.Topics;

/** All jobs; one works at a time, so that they do not slow each other. */
public final class Jobs implements AutoCloseable {
    /** The topic of changes of a job. */
    public static final String TOPIC = "trainings";

    private static final int LONGEST_QUEUE = 16;

    /** Jobs that are kept once they are over. */
    private static final int KEPT = 50;

    private final SequencedMap<String, Job> jobs = new LinkedHashMap<>();
    private final BlockingQueue<Job> queue = new LinkedBlockingQueue<>(LONGEST_QUEUE);
    private final Topics topics;
    private final Thread thread;
    private int made;
    private volatile boolean closed;

    /** @param topics is told of changes */
    public Jobs(Topics topics) {
        this.topics = topics;
        thread = Thread.ofPlatform().daemon().name("jobs").start(this::work);
    }

    private void work() {
        try {
            while (!closed) {
                queue.take().run();
            }
        } catch (InterruptedException e) {
            // Between two jobs, when the server ends.
            closed = true;
        }
    }

    /**
     * Puts some work into the queue.
     *
     * @throws RejectedExecutionException if the queue is full
     */
    synchronized Job add(Work work) {
        made++;
        Job job = new Job(String.valueOf(made), work, () -> topics.changed(TOPIC));
        enqueue(job);
        jobs.put(job.id(), job);
        for (Job old : List.copyOf(jobs.values())) {
            if (jobs.size() > KEPT && old.state().over()) {
                jobs.remove(old.id());
            }
        }
        topics.changed(TOPIC);
        return job;
    }

    private void enqueue(Job job) {
        if (closed || !queue.offer(job)) {
            throw new RejectedExecutionException("%s jobs wait already; stop one first".formatted(LONGEST_QUEUE));
        }
    }

    /** Puts a paused job back into the queue. */
    public synchronized void resume(Job job) {
        if (queue.remainingCapacity() == 0) {
            throw new RejectedExecutionException("%s jobs wait already; stop one first".formatted(LONGEST_QUEUE));
        }
        job.resume();
        enqueue(job);
    }

    /** All that are kept, in the order in which they were made. */
    public synchronized List<Job> all() {
        return List.copyOf(jobs.values());
    }

    /**
     * One of them.
     *
     * @param kind training or parity
     * @throws NoSuchElementException if there is none
     */
    public synchronized Job get(String kind, String id) {
        Job job = jobs.get(id);
        if (job == null || !job.view().kind().equals(kind)) {
            throw new NoSuchElementException("there is no %s %s".formatted(kind, id));
        }
        return job;
    }

    /** Stops all, and waits until the one at work has kept what is done. */
    @Override
    public void close() {
        closed = true;
        all().forEach(Job::stop);
        try {
            // A job is not interrupted, as it would not keep what is done; a queue that is empty is.
            while (all().stream().anyMatch(job -> !job.state().over())) {
                Thread.sleep(20);
            }
            thread.interrupt();
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
