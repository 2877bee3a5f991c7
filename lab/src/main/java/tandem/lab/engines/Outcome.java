package tandem.lab.engines;

import java.util.function.Consumer;
import java.util.function.Function;
import tandem.core.Failure;
import tandem.lab.progress.Status;
import tandem.lab.progress.StopSignal;

/**
 * What work with an engine yields: a result, or why there is none. Here, and nowhere else, is decided what failed and
 * interrupted mean.
 *
 * @param <T> the result
 */
public sealed interface Outcome<T> {

    /** The work is done. */
    record Result<T>(T value) implements Outcome<T> {}

    /**
     * There is no result.
     *
     * @param status unavailable, failed or interrupted
     * @param reason one sentence
     */
    record Missing<T>(Status status, String reason) implements Outcome<T> {}

    /** Work that a worker takes part in. */
    @FunctionalInterface
    interface Work<T> {
        /** Does it; a {@link Failure} says what goes wrong. */
        T run() throws InterruptedException;
    }

    /**
     * Does some work: what goes wrong with it is a sentence, and the other engines go on.
     *
     * @param stop what fails after it was raised was interrupted: a worker may not have ended by itself
     */
    static <T> Outcome<T> of(StopSignal stop, Work<T> work) {
        try {
            return new Result<>(work.run());
        } catch (Failure e) {
            return new Missing<>(stop.raised() ? Status.INTERRUPTED : Status.FAILED, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Missing<>(Status.INTERRUPTED, "the lab was interrupted");
        }
    }

    /** What follows from a result; nothing follows from none. */
    default <U> Outcome<U> then(Function<T, Outcome<U>> next) {
        return switch (this) {
            case Result<T>(T value) -> next.apply(value);
            case Missing<T>(Status status, String reason) -> new Missing<>(status, reason);
        };
    }

    /** Tells why there is no result. */
    default Outcome<T> ifMissing(Consumer<Missing<T>> action) {
        if (this instanceof Missing<T> missing) {
            action.accept(missing);
        }
        return this;
    }
}
