package tandem.core.engine;

import tandem.core.Parameters;

/**
 * What one forward and backward pass yields.
 *
 * @param loss the recipe's loss, mean over the batch
 * @param logits [batch, classes], row-major
 * @param gradients derivative of the loss by each parameter, canonical names and layouts
 */
public record Gradients(float loss, float[] logits, Parameters gradients) {}
