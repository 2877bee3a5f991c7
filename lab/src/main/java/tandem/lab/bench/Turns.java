package tandem.lab.bench;

import java.util.function.Consumer;
import tandem.lab.progress.Progress;

/** Counts turns, which say how far a bench is. */
final class Turns {
    private final Consumer<Progress> progress;
    private final int turns;
    private int begun;

    /** So many turns are to come. */
    Turns(Consumer<Progress> progress, int turns) {
        this.progress = progress;
        this.turns = turns;
    }

    /** The next turn begins. */
    void next(String row, String what) {
        begun++;
        note(row, what);
    }

    /** The turn under way goes on to something else. */
    void note(String row, String what) {
        progress.accept(new Progress.Measuring(row, what, begun - 1, turns));
    }
}
