package tandem.web.job;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far a job is. */
public enum JobState {
    /** Another one is at work. */
    QUEUED,
    /** It works. */
    RUNNING,
    /** It was asked to pause, and keeps what is done. */
    PAUSING,
    /** What is done is kept, and it can go on. */
    PAUSED,
    /** All of it is done. */
    DONE,
    /** It was asked to stop; what is done is kept. */
    STOPPED,
    /** It went wrong; a sentence says how. */
    FAILED;

    /** Whether nothing more will happen. */
    public boolean over() {
        return this == DONE || this == STOPPED || this == FAILED;
    }

    /** The name in JSON. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
