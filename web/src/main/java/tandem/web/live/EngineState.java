package tandem.web.live;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Whether an engine can answer, and how soon. */
public enum EngineState {
    /** It does not run on this machine. */
    UNAVAILABLE,
    /** It is not built yet, or its natives are not here: it answers once it was woken. */
    ABSENT,
    /** It has no worker; the next question starts one. */
    ASLEEP,
    /** Its worker is being started. */
    STARTING,
    /** It answers at once. */
    WARM,
    /** It could not answer; the next question tries again. */
    FAILED;

    /** The name in JSON. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
