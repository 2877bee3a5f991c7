package tandem.lab.parity;

import java.util.Locale;
import tandem.core.Failure;
import tandem.core.Require;

/**
 * One comparison of a proof.
 *
 * @param quantity what was compared, and how
 * @param tensor the parameter it belongs to, or the quantity's own name where it belongs to none
 * @param error relative error, as {@link Quantity} says
 * @param limit largest error of a right engine in float32
 */
public record Check(Quantity quantity, String tensor, double error, double limit) {
    /** @throws Failure if a value is out of its range */
    public Check {
        Require.that(!(error < 0), "error", error, "at least 0, or NaN");
        Require.that(limit > 0, "limit", limit, "greater than 0");
    }

    /** Whether the error is within the limit; an error that is not a number is not. */
    public boolean passed() {
        return error <= limit;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%-12s %-17s error %.1e, limit %.1e%s",
                tensor,
                quantity,
                error,
                limit,
                passed() ? "" : "  <-- differs");
    }
}
