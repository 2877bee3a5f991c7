package tandem.lab.study;

import tandem.lab.statistics.Estimate;
import tandem.lab.statistics.PairedDifference;

/** Two recipes or engines, compared seed by seed; what tables and reports say of them. */
sealed interface Compared permits ArmPair, Differences.Swap {
    /** What was measured, and what can be said of it. */
    PairedDifference difference();

    /** The difference's mean, spread and interval. */
    default Estimate points() {
        return difference().points();
    }

    /** How many seeds both have. */
    default int seeds() {
        return points().n();
    }

    /** The difference with half of its interval. */
    default String figures() {
        return difference().figures();
    }

    /** The verdict in words. */
    default String words() {
        return difference().words();
    }
}
