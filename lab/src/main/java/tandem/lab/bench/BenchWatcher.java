package tandem.lab.bench;

import java.util.SequencedMap;
import tandem.core.engine.Library;
import tandem.lab.EngineName;
import tandem.lab.EngineResult.Status;
import tandem.lab.Watcher;

/** Follows a bench as it goes; trials to an accuracy are followed as those of a comparison. */
public interface BenchWatcher extends Watcher {

    /** A process was started; it stays alive until all rounds are over. */
    void started(String row, long pid);

    /** Its engine can take the first step, so many seconds after the start of the process. */
    void prepared(String row, Library library, double startupSeconds);

    /** Its warm-up is over. */
    void warm(String row, int steps, double seconds);

    /**
     * What is measured now.
     *
     * @param turn from 0; every warm-up and every round of every row is one turn
     * @param turns in all
     */
    void measuring(String row, String what, int turn, int turns);

    /**
     * A round is over.
     *
     * @param round from 1
     * @param medians milliseconds a step in this round, by row
     */
    void measured(int round, int rounds, SequencedMap<String, Double> medians);

    /** A row ends without all its figures. */
    void missing(String row, Status status, String reason);

    /**
     * A trial to an accuracy is over.
     *
     * @param seconds from the start of the process until the accuracy was reached, or null if it never was
     * @param epochs done until then
     * @param testAccuracy of the last one, or null if there was none
     */
    void reached(EngineName engine, long seed, Double seconds, int epochs, Double testAccuracy);
}
