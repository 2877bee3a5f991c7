package tandem.lab.progress;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How work with an engine ended. */
public enum Status {
    /** All of it is done. */
    DONE,
    /** Something went wrong; a sentence beside it says what. */
    FAILED,
    /** It was asked to stop; what was done is kept. */
    INTERRUPTED,
    /** The engine cannot run on this machine. */
    UNAVAILABLE;

    /**
     * Whether a command in which work ended like this has not failed.
     *
     * @param unavailableIsFine whether an engine that does not run here was not asked for by name
     */
    public boolean fine(boolean unavailableIsFine) {
        return this == DONE || unavailableIsFine && this == UNAVAILABLE;
    }

    /** The name in JSON and in tables. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
