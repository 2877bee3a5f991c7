package tandem.engine.java;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that run one job together, again and again: the caller and as many helpers as are wanted besides. Between two
 * jobs of a training there is too little time to sleep, so a helper waits awake for {@value #AWAKE_NANOS} ns before it
 * parks; within a job threads meet at {@link #await}. The helpers end when the crew is closed.
 */
final class Crew implements AutoCloseable {

    /** What each member does. */
    interface Job {
        /** @param member from 0 up to, not including, the crew's size; 0 is the caller's thread */
        void run(int member);
    }

    /** How long a helper without a job stays awake: longer than the lab takes between two steps. */
    private static final long AWAKE_NANOS = 2_000_000;

    /** Turns of a waiting loop before it lets other threads have the processor. */
    private static final int TURNS = 200;

    private final int size;
    private final Thread[] helpers;
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private Job job = member -> {};
    private volatile int jobs;
    private volatile int meetings;
    private volatile boolean closed;

    /** Thrown to members who wait for one that failed. */
    private static final class Abandoned extends RuntimeException {
        private static final long serialVersionUID = 1;

        Abandoned() {
            super("another thread failed", null, false, false);
        }
    }

    /** A crew of so many threads, the caller's included. */
    Crew(int size) {
        this.size = size;
        helpers = new Thread[size - 1];
        for (int i = 0; i < helpers.length; i++) {
            int member = i + 1;
            helpers[i] =
                    Thread.ofPlatform().daemon().name("java engine " + member).start(() -> serve(member));
        }
    }

    int size() {
        return size;
    }

    /**
     * Runs a job on all members and waits for the last. If a member throws, the others end at their next meeting, and
     * the caller gets the first exception.
     */
    void run(Job job) {
        this.job = job;
        finished.set(0);
        arrived.set(0);
        failure.set(null);
        jobs++;
        for (Thread helper : helpers) {
            // Does nothing but leave a permit if the helper is awake.
            LockSupport.unpark(helper);
        }
        work(0);
        for (int turn = 1; finished.get() < helpers.length; turn++) {
            pause(turn);
        }
        Throwable failed = failure.get();
        if (failed instanceof Error e) {
            throw e;
        }
        if (failed != null) {
            // Jobs declare no exceptions.
            throw (RuntimeException) failed;
        }
    }

    private void work(int member) {
        try {
            job.run(member);
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    /** Waits within a job until all members are here. */
    void await() {
        int meeting = meetings;
        if (arrived.incrementAndGet() == size) {
            arrived.set(0);
            meetings = meeting + 1;
            return;
        }
        for (int turn = 1; meetings == meeting; turn++) {
            if (failure.get() != null) {
                throw new Abandoned();
            }
            pause(turn);
        }
    }

    private static void pause(int turn) {
        if (turn % TURNS == 0) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }

    private void serve(int member) {
        int done = 0;
        while (true) {
            long idleSince = System.nanoTime();
            for (int turn = 1; jobs == done; turn++) {
                if (closed) {
                    return;
                }
                if (turn % TURNS == 0 && System.nanoTime() - idleSince > AWAKE_NANOS) {
                    LockSupport.park(this);
                } else {
                    pause(turn);
                }
            }
            done = jobs;
            work(member);
            finished.incrementAndGet();
        }
    }

    /** Ends the helpers. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        for (Thread helper : helpers) {
            LockSupport.unpark(helper);
            while (helper.isAlive()) {
                try {
                    helper.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
