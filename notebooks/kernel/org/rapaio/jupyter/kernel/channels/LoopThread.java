package org.rapaio.jupyter.kernel.channels;

import java.util.concurrent.CountDownLatch;

/**
 * A thread of the Java kernel that serves one of its sockets, in place of the class of this name in rapaio-jupyter-kernel
 * 3.0.1, before which it stands on the class path. That one has two races, and each leaves a notebook waiting for ever:
 *
 * <ul>
 *   <li>{@code start} raises {@code running} when the thread runs already. If it looks first, it ends: every fifth start.
 *   <li>It serves before {@code Channels.connect} has said what to do with messages. Jupyter's first comes that early
 *       every third time, and the thread ends with an exception.
 * </ul>
 */
public final class LoopThread extends Thread {
    private static final CountDownLatch READY = new CountDownLatch(1);

    private final long sleep;
    private final Runnable loopBody;
    private volatile boolean running = true;

    /**
     * A thread, not started.
     *
     * @param sleep milliseconds between two rounds
     * @param loopBody one round: takes a message, if there is one
     */
    public LoopThread(String name, long sleep, Runnable loopBody) {
        super(name);
        this.sleep = sleep;
        this.loopBody = loopBody;
    }

    /** Lets all threads serve. */
    public static void ready() {
        READY.countDown();
    }

    @Override
    public void run() {
        try {
            READY.await();
            while (running) {
                loopBody.run();
                Thread.sleep(sleep);
            }
        } catch (InterruptedException _) {
            running = false;
        }
    }

    /** Ends the thread after its round. */
    public void shutdown() {
        running = false;
    }
}
