package tandem.core.engine;

import tandem.core.Network;
import tandem.core.Parameters;

/**
 * What a predictor is created from.
 *
 * @param network its sizes
 * @param parameters trained or not; the predictor copies them
 * @param threads how many threads may compute, at least 1
 * @param variant one of the provider's variants, or the empty string for the engine at its best
 */
public record PredictorSetup(Network network, Parameters parameters, int threads, String variant) {}
