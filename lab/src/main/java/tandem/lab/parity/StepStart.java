package tandem.lab.parity;

import tandem.core.Batch;
import tandem.core.OptimizerState;
import tandem.core.Parameters;

/**
 * What one step of training starts from: the same for every engine and the reference.
 *
 * @param parameters parameters before the step
 * @param state accumulators before the step
 * @param batch images with their dropout masks
 * @param learningRate factor of the update
 */
public record StepStart(Parameters parameters, OptimizerState state, Batch batch, float learningRate) {}
