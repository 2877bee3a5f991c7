package tandem.lab.statistics;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What the tests of a paired difference say. */
public enum Verdict {
    /** Every pair is equal: there is nothing to test. */
    SAME,
    /** Within the margin, by two one-sided tests. */
    EQUIVALENT,
    /** Not zero, by the paired t test. */
    DIFFERENT,
    /** Both: there is a difference, and it is smaller than the margin. */
    DIFFERENT_WITHIN_MARGIN,
    /** Neither test decides. */
    UNDECIDED;

    /** The name in JSON. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
