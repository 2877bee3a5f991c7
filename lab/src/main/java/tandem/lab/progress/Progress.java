package tandem.lab.progress;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tandem.core.engine.Library;
import tandem.worker.protocol.Event;

/**
 * What happens while a command works. Every command tells its consumer, and nothing here can be changed: the terminal
 * is one consumer; as {@link tandem.core.Json#line} of it, anything else can be another. A row is an engine, a variant,
 * a peer or an arm of a study, by its name in tables.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "progress")
public sealed interface Progress {

    // ---- fetching

    /** Files are about to be fetched; comes once, before the first. */
    @JsonTypeName("fetching")
    record Fetching(List<String> files) implements Progress {}

    /**
     * So many bytes of something are here.
     *
     * @param file what is on its way, or several things together
     * @param bytes that are here
     * @param total bytes to come in all
     */
    @JsonTypeName("transferred")
    record Transferred(String file, long bytes, long total) implements Progress {}

    /**
     * A file is here, whole.
     *
     * @param verified whether there is a checksum that Tandem knows, which must be the file's
     */
    @JsonTypeName("fetched")
    record Fetched(String file, long bytes, boolean verified) implements Progress {}

    /**
     * Somebody else is at something, and is waited for.
     *
     * @param what is waited for
     * @param pid of the other process, or null if it is not known
     */
    @JsonTypeName("waiting")
    record Waiting(String what, @Nullable Long pid) implements Progress {}

    /** An engine is started for the first time, to unpack its natives. */
    @JsonTypeName("unpacking")
    record Unpacking(String engine) implements Progress {}

    // ---- a row

    /** A process was started for a row. */
    @JsonTypeName("started")
    record Started(String row, long pid) implements Progress {}

    /** A row's engine can take its first step; {@code startupSeconds} after the start of the process. */
    @JsonTypeName("prepared")
    record Prepared(String row, Library library, double startupSeconds) implements Progress {}

    /**
     * The worker of a trial tells something.
     *
     * @param seed of the trial where there are many; null otherwise
     */
    @JsonTypeName("told")
    record Told(String row, @Nullable Long seed, Event.News news) implements Progress {}

    /** A row's training has ended, well or not. */
    @JsonTypeName("ended")
    record Ended(String row) implements Progress {}

    /**
     * A row's training is done.
     *
     * @param row as it is typed and named in tables
     * @param testAccuracy after the last epoch, from 0 to 1
     * @param millisPerStep median of all steps
     * @param imagesPerSecond in training
     */
    @JsonTypeName("trained")
    record Trained(String row, double testAccuracy, double millisPerStep, double imagesPerSecond) implements Progress {}

    /** A row ends without its result, or without a part of it. */
    @JsonTypeName("missing")
    record Missing(String row, Status status, String reason) implements Progress {}

    /** Something that a user should know; the work goes on. */
    @JsonTypeName("notice")
    record Notice(String sentence) implements Progress {}

    // ---- many trials

    /** So many trials are over. */
    @JsonTypeName("trials")
    record Trials(int done, int trials) implements Progress {}

    /**
     * A trial is over.
     *
     * @param failure one sentence, or null
     * @param testAccuracy after the last epoch; null if the trial is not done
     * @param seconds wall time in the worker
     * @param done trials that are over
     * @param trials in all
     * @param secondsLeft an estimate for the others, or null if nothing is known of an engine
     */
    @JsonTypeName("trialOver")
    record TrialOver(
            String row,
            long seed,
            Status status,
            @Nullable String failure,
            @Nullable Double testAccuracy,
            double seconds,
            int done,
            int trials,
            @Nullable Double secondsLeft)
            implements Progress {}

    // ---- measuring

    /**
     * What is measured now.
     *
     * @param turn from 0; every warm-up and every round of every row is one turn
     * @param turns in all
     */
    @JsonTypeName("measuring")
    record Measuring(String row, String what, int turn, int turns) implements Progress {}

    /** A row's warm-up is over. */
    @JsonTypeName("warm")
    record Warm(String row, int steps, double seconds) implements Progress {}

    /**
     * A round is over.
     *
     * @param round from 1
     * @param medians milliseconds a step in this round, by row
     */
    @JsonTypeName("round")
    record Round(int round, int rounds, SequencedMap<String, Double> medians) implements Progress {}

    /**
     * All rows were measured at a value of a sweep.
     *
     * @param point size and value, such as {@code batch-size 64}
     * @param medians milliseconds a step, by row
     */
    @JsonTypeName("swept")
    record Swept(String point, SequencedMap<String, Double> medians) implements Progress {}

    /**
     * A trial to an accuracy is over.
     *
     * @param seconds from the start of the process until the accuracy was reached, or null if it never was
     * @param epochs done until then
     * @param testAccuracy of the last one, or null if there was none
     */
    @JsonTypeName("reached")
    record Reached(
            String row,
            long seed,
            @Nullable Double seconds,
            int epochs,
            @Nullable Double testAccuracy) implements Progress {}

    // ---- proving

    /** The reference computes. */
    @JsonTypeName("reference")
    record Reference(String what, int done, int total) implements Progress {}

    /** An engine took a step: of a proof, then of the trajectory. */
    @JsonTypeName("proving")
    record Proving(String row, int done, int total) implements Progress {}

    /**
     * An engine took a step of the trajectory.
     *
     * @param step from 0
     * @param distance of its loss from the reference's
     * @param noise how far at most the reference's own loss moves if its start is nudged by one rounding
     */
    @JsonTypeName("diverging")
    record Diverging(String row, int step, double distance, double noise) implements Progress {}

    /** An engine took all its steps and is judged. */
    @JsonTypeName("judged")
    record Judged(String row, boolean passed) implements Progress {}

    // ---- predicting

    /**
     * An engine is asked.
     *
     * @param turn from 1
     * @param turns engines in all
     */
    @JsonTypeName("asking")
    record Asking(String row, int turn, int turns) implements Progress {}
}
