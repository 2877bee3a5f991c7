package tandem.worker.protocol;

import java.util.HexFormat;
import tandem.core.engine.Engine;

/**
 * What an engine takes a step from, as fingerprints: equal for all engines that are compared, and for the lab.
 *
 * @param parameters before the step
 * @param accumulators before the step
 * @param images pixels, normalisation and labels of the batch
 * @param masks indices, labels and dropout masks of the batch
 */
public record Received(String parameters, String accumulators, String images, String masks) {

    /** As read back from an engine that was restored to a start. */
    public static Received of(Engine engine, StepStart start) {
        return of(new StepStart(engine.parameters(), engine.optimizerState(), start.batch(), start.learningRate()));
    }

    /** As the lab gives it. */
    public static Received of(StepStart start) {
        return new Received(
                start.parameters().fingerprint(),
                start.state().squareAverage().fingerprint()
                        + start.state().accumulatedDelta().fingerprint(),
                start.images().fingerprint(),
                HexFormat.of().toHexDigits(start.batch().mix(0)));
    }
}
