package tandem.lab.progress;

import java.util.ArrayList;
import java.util.List;

/** Asks work under way to end early and to keep what is done. Raised by Ctrl-C. */
public final class StopSignal {
    private final List<Runnable> actions = new ArrayList<>();
    private boolean raised;

    /** Whether the signal was raised. */
    public synchronized boolean raised() {
        return raised;
    }

    /** Raises the signal; further calls do nothing. */
    public synchronized void raise() {
        if (!raised) {
            raised = true;
            actions.forEach(Runnable::run);
        }
    }

    /** Something to do when the signal is raised, at once if it was already; until the returned handle is closed. */
    public synchronized Handle onRaise(Runnable action) {
        actions.add(action);
        if (raised) {
            action.run();
        }
        return () -> remove(action);
    }

    private synchronized void remove(Runnable action) {
        actions.remove(action);
    }

    /** Ends a registration. */
    public interface Handle extends AutoCloseable {
        @Override
        void close();
    }
}
