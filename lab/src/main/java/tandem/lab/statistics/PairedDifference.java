package tandem.lab.statistics;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Require;

/**
 * A difference measured on the same seeds, in points (hundredths of the test images), and what can be said of it. What
 * cannot be computed is null.
 *
 * @param points the differences' mean, spread and 95% interval
 * @param t Student's t of the mean against 0, with n - 1 degrees of freedom
 * @param p two-sided probability of such a t, or one further from 0, if there is no difference
 * @param margin in points; smaller differences do not matter
 * @param equivalenceP the larger p of the two one-sided tests against {@code -margin} and {@code margin} (Schuirmann
 *     1987); it is below 0.05 just where the 90% interval lies within the margin
 * @param verdict what the tests say at 5%
 * @param seedsNeeded where they say nothing: about how many seeds decide it, see {@link SampleSize#toDecide}
 */
public record PairedDifference(
        Estimate points,
        @Nullable Double t,
        @Nullable Double p,
        double margin,
        @Nullable Double equivalenceP,
        Verdict verdict,
        @Nullable Integer seedsNeeded) {
    /** @throws Failure if a value is out of its range */
    public PairedDifference {
        Require.finite("t", t);
        Require.share("p", p);
        Require.atLeast(0.0, "margin", margin);
        Require.share("equivalenceP", equivalenceP);
        boolean different = verdict == Verdict.DIFFERENT || verdict == Verdict.DIFFERENT_WITHIN_MARGIN;
        Require.that(
                !different || points.standardDeviation() != null,
                "verdict",
                verdict,
                "undecided, as there are fewer than two seeds");
        Require.that(
                verdict != Verdict.UNDECIDED || seedsNeeded == null || seedsNeeded > 0,
                "seedsNeeded",
                seedsNeeded,
                "at least 1");
    }

    /** Level of both tests. */
    public static final double ALPHA = 0.05;

    /**
     * Level at which a look in between ends a comparison; Haybittle (1971) and Peto et al. (1976): so strict that looks
     * hardly add false positives to those of the last one.
     */
    private static final double EARLY = 0.001;

    /** Spreads of fewer seeds are too badly known to stop on. */
    private static final int FEWEST = 5;

    /** Accuracies are ratios in float64: a spread below this many points is rounding. */
    private static final double ROUNDING = 1e-9;

    /**
     * Tests differences.
     *
     * @param points of each seed
     * @param margin greater than 0
     */
    public static PairedDifference of(List<Double> points, double margin) {
        Estimate estimate = Estimate.of(points);
        Double mean = estimate.mean();
        Double deviation = estimate.standardDeviation();
        if (mean == null || deviation == null || deviation < ROUNDING) {
            boolean same = mean != null && deviation != null && Math.abs(mean) < ROUNDING;
            return new PairedDifference(
                    estimate, null, null, margin, null, same ? Verdict.SAME : Verdict.UNDECIDED, null);
        }
        double degrees = estimate.n() - 1;
        double error = deviation / Math.sqrt(estimate.n());
        double t = mean / error;
        double p = 2 * Estimate.cumulative(-Math.abs(t), degrees);
        double equivalenceP = Estimate.cumulative((Math.abs(mean) - margin) / error, degrees);
        Verdict verdict = verdict(p < ALPHA, equivalenceP < ALPHA);
        Integer needed = verdict == Verdict.UNDECIDED ? SampleSize.toDecide(mean, deviation, margin) : null;
        return new PairedDifference(estimate, t, p, margin, equivalenceP, verdict, needed);
    }

    private static Verdict verdict(boolean different, boolean equivalent) {
        if (different) {
            return equivalent ? Verdict.DIFFERENT_WITHIN_MARGIN : Verdict.DIFFERENT;
        }
        return equivalent ? Verdict.EQUIVALENT : Verdict.UNDECIDED;
    }

    /** Whether a look in between decides so clearly, at 0.1% or by equality, that more seeds would be wasted. */
    public boolean settled() {
        boolean clear =
                verdict == Verdict.SAME || (p != null && p < EARLY) || (equivalenceP != null && equivalenceP < EARLY);
        return clear && points.n() >= FEWEST;
    }

    /** The verdict in words, with the figures they need: {@code different: +0.21 ± 0.05}. */
    public String words() {
        return switch (verdict) {
            case SAME -> "the same on all %s seeds".formatted(points.n());
            case EQUIVALENT -> "equivalent within " + number(margin);
            case DIFFERENT -> "different: " + figures();
            case DIFFERENT_WITHIN_MARGIN -> "different: %s, yet within %s".formatted(figures(), number(margin));
            case UNDECIDED -> "not decided: " + reason();
        };
    }

    private String reason() {
        if (seedsNeeded != null) {
            return "needs about %s seeds".formatted(rounded(seedsNeeded));
        }
        return points.n() < 2
                ? "needs at least 2 seeds"
                : String.format(Locale.ROOT, "all %d seeds differ by %+.2f", points.n(), points.mean());
    }

    /** Mean and half of the 95% interval, in points: {@code +0.21 ± 0.05}; a dash if there is no mean. */
    public String figures() {
        if (points.mean() == null) {
            return "-";
        }
        if (points.halfWidth() == null) {
            return String.format(Locale.ROOT, "%+.2f", points.mean());
        }
        String format = points.halfWidth() < 0.01 ? "%+.3f ± %.3f" : "%+.2f ± %.2f";
        return String.format(Locale.ROOT, format, points.mean(), points.halfWidth());
    }

    private static String number(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    /** An estimate has two digits. */
    private static String rounded(int count) {
        return new BigDecimal(count).round(new MathContext(2)).toPlainString();
    }
}
