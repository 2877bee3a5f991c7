package tandem.lab;

import tandem.lab.worker.Event;

/** Follows a command's work as it goes; the command line draws its progress from it. */
public interface Watcher extends Natives.Watcher {

    /** A worker for this engine was started. */
    void working(EngineName engine, long pid);

    /** The worker says something. */
    void event(EngineName engine, Event event);

    /** The engine is done, one way or another. */
    void ended(EngineResult result);
}
