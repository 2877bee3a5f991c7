package tandem.lab.statistics;

/**
 * A share of a number of tries, and the interval that holds the true share with 95% confidence: Wilson's, which never
 * leaves 0 to 1 (E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927).
 *
 * @param share from 0 to 1
 * @param low where the interval begins
 * @param high where it ends
 */
public record Proportion(double share, double low, double high) {
    /** The 97.5th percentile of the normal distribution. */
    private static final double Z = 1.959963984540054;

    /**
     * The share and its interval.
     *
     * @param tries at least 1
     */
    public static Proportion of(double share, long tries) {
        double spread = Z * Z / tries;
        double middle = (share + spread / 2) / (1 + spread);
        double half = Z / (1 + spread) * Math.sqrt(share * (1 - share) / tries + spread / (4 * tries));
        return new Proportion(share, Math.max(0, middle - half), Math.min(1, middle + half));
    }

    /** Whether the intervals have nothing in common. */
    public boolean apartFrom(Proportion other) {
        return low > other.high || other.low > high;
    }
}
