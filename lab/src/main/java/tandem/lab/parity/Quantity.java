package tandem.lab.parity;

/** What a proof compares. */
public enum Quantity {
    /** Logits with dropout: largest difference, relative to max(1, largest logit). */
    LOGITS("logits"),
    /** Logits without dropout: as above. */
    PREDICTION("prediction"),
    /** Loss before the update: difference, relative to max(1, loss). */
    LOSS("loss"),
    /** Gradient of a tensor: norm of the difference, relative to the mean norm of one image's gradient. */
    GRADIENT("gradient"),
    /** Running average of squared gradients: norm of the difference, relative to the norm. */
    SQUARE_AVERAGE("square average"),
    /** Running average of squared updates: norm of the difference, relative to the norm. */
    ACCUMULATED_DELTA("accumulated delta"),
    /**
     * Update of a tensor, after minus before: norm of the difference, relative to the norm. Half a unit in the last
     * float32 place of each parameter does not count as a difference: an engine cannot help rounding its result.
     */
    UPDATE("update");

    private final String words;

    Quantity(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
