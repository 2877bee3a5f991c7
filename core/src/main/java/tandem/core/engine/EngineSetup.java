package tandem.core.engine;

import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.random.InitialParameters;

/**
 * What an engine is created from.
 *
 * @param recipe network, loss, optimizer constants, batch size
 * @param parameters initial parameters; the engine copies them
 * @param state initial accumulators; the engine copies them
 * @param threads how many threads may compute, at least 1
 * @param variant one of the provider's variants, or the empty string for the engine at its best
 */
public record EngineSetup(Recipe recipe, Parameters parameters, OptimizerState state, int threads, String variant) {

    /** A network before its first step: the recipe's initial parameters, and accumulators that are zero. */
    public static EngineSetup fresh(Recipe recipe, int threads, String variant) {
        return new EngineSetup(
                recipe, InitialParameters.of(recipe), OptimizerState.zeros(recipe.network()), threads, variant);
    }

    /** The part of it that predicting needs. */
    public PredictorSetup forPredictor() {
        return new PredictorSetup(recipe.network(), parameters, threads, variant);
    }
}
