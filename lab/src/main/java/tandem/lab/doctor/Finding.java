package tandem.lab.doctor;

import org.jspecify.annotations.Nullable;

/**
 * What was found of one thing.
 *
 * @param what was looked at
 * @param kind how it is
 * @param sentence what was found
 * @param advice what to do; null if nothing has to be done
 */
public record Finding(
        String what, Kind kind, String sentence, @Nullable String advice) {
    /** How a thing is. */
    public enum Kind {
        /** As it should be. */
        FINE,
        /** Something must be done. */
        PROBLEM,
        /** Was a problem until now. */
        REPAIRED
    }

    static Finding fine(String what, String sentence, Object... values) {
        return new Finding(what, Kind.FINE, sentence.formatted(values), null);
    }

    static Finding problem(String what, String sentence, String advice) {
        return new Finding(what, Kind.PROBLEM, sentence, advice);
    }

    static Finding repaired(String what, String sentence) {
        return new Finding(what, Kind.REPAIRED, sentence, null);
    }
}
