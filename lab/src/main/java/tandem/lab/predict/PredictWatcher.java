package tandem.lab.predict;

import tandem.lab.EngineName;
import tandem.lab.Natives;

/** Follows a prediction as it goes. */
public interface PredictWatcher extends Natives.Watcher {

    /**
     * An engine is asked.
     *
     * @param turn from 1
     * @param turns engines in all
     */
    void asking(EngineName engine, int turn, int turns);
}
