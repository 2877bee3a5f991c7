package tandem.lab.parity;

import tandem.core.engine.Library;
import tandem.lab.EngineName;
import tandem.lab.Natives;

/** Follows a proof as it goes; the command line draws its progress from it. */
public interface ParityWatcher extends Natives.Watcher {

    /** The reference computes. */
    void reference(String what, int done, int total);

    /** A worker was started. */
    void started(String row, long pid);

    /** Its engine is ready. */
    void prepared(String row, Library library, double startupSeconds);

    /** An engine took a step: of a proof, then of the trajectory. */
    void step(EngineName engine, int done, int total);

    /** An engine is judged, or has failed, or did not come. */
    void judged(EngineParity engine);
}
