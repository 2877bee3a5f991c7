package tandem.lab.study;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import tandem.lab.progress.Status;

/** Where a run of many trials stands. */
public enum StudyState {
    /** It is under way; or it was killed, if no process works in its folder. */
    RUNNING,
    /** Every trial that can be run is done. */
    DONE,
    /** Some trials failed. */
    FAILED,
    /** It was asked to stop. */
    INTERRUPTED;

    /** Where a run stands at its end. */
    static StudyState of(boolean stopped, List<ArmResult> arms) {
        if (stopped) {
            return INTERRUPTED;
        }
        return arms.stream().anyMatch(arm -> arm.status() == Status.FAILED) ? FAILED : DONE;
    }

    /** The name in JSON. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
