package tandem.core.engine;

import tandem.core.OptimizerState;
import tandem.core.Parameters;

/**
 * One network in training, in one library, which also predicts with what it has learnt so far. Made by an
 * {@link EngineProvider} from a recipe, initial parameters and optimizer state; used by one thread at a time.
 *
 * <p>All tensors cross this interface in canonical (PyTorch) names and layouts, see
 * {@link tandem.core.Network#parameters()}; each engine converts to and from its own.
 */
public interface Engine extends Predictor {

    /**
     * Forward, backward and one Adadelta update on a batch, with the batch's dropout masks.
     *
     * @param learningRate factor of the update
     * @return the recipe's loss, mean over the batch, before the update
     */
    float trainStep(Batch batch, float learningRate);

    /** Loss, logits and gradients of a batch with its dropout masks, for proofs; changes nothing. */
    Gradients gradients(Batch batch);

    /** A copy of the parameters as they are now. */
    Parameters parameters();

    /** A copy of the optimizer's accumulators as they are now. */
    OptimizerState optimizerState();

    /** Replaces parameters and accumulators, as if the engine had been created with them. */
    void restore(Parameters parameters, OptimizerState state);
}
