package tandem.lab.statistics;

import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * How fast one row is, for comparisons.
 *
 * @param engine the engine's name, the same for all its variants; null for a peer, which is not an engine
 * @param millisPerStep median, or null if it was not measured
 */
public record Speed(@Nullable String engine, @Nullable Double millisPerStep) {

    /**
     * How many times faster this row is than the fastest other engine, which counts with its best variant. A peer is
     * compared with all engines, and no engine with a peer.
     *
     * @return null if there is nothing to compare
     */
    public @Nullable Double ratioToFastestOther(List<Speed> rows) {
        OptionalDouble fastest = rows.stream()
                .filter(row -> row.engine != null && !row.engine.equals(engine) && row.millisPerStep != null)
                .mapToDouble(Speed::millisPerStep)
                .min();
        return millisPerStep == null || fastest.isEmpty() ? null : fastest.getAsDouble() / millisPerStep;
    }
}
