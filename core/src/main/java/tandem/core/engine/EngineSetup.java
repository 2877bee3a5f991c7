package tandem.core.engine;

import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;

/**
 * What an engine is created from.
 *
 * @param recipe network, loss, optimizer constants, batch size
 * @param parameters initial parameters; the engine copies them
 * @param state initial accumulators; the engine copies them
 * @param threads how many threads may compute, at least 1
 * @param variant one of the provider's variants, or the empty string for the engine at its best
 */
public record EngineSetup(Recipe recipe, Parameters parameters, OptimizerState state, int threads, String variant) {}
