package tandem.lab.bench;

/** Counts turns, for whoever watches how far a bench is. */
final class Turns {
    private final BenchWatcher watcher;
    private final int turns;
    private int begun;

    /**
     * Turns to come.
     *
     * @param turns how many in all
     */
    Turns(BenchWatcher watcher, int turns) {
        this.watcher = watcher;
        this.turns = turns;
    }

    /** The next turn begins. */
    void next(String row, String what) {
        begun++;
        note(row, what);
    }

    /** The turn under way goes on to something else. */
    void note(String row, String what) {
        watcher.measuring(row, what, begun - 1, turns);
    }
}
