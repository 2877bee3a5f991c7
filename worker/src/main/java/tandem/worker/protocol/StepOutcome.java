package tandem.worker.protocol;

import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.data.Images;
import tandem.core.engine.Engine;
import tandem.core.engine.Gradients;

/**
 * What an engine made of one step.
 *
 * @param prediction logits of the batch's images without dropout, before the step: [batch, classes]
 * @param gradients loss, logits and gradients with the batch's dropout masks, before the step
 * @param loss what the train step returned
 * @param parameters parameters after the step
 * @param state accumulators after the step
 */
public record StepOutcome(
        float[] prediction, Gradients gradients, float loss, Parameters parameters, OptimizerState state) {

    /** Lets an engine take the step: restores it to the start, and leaves it after the step. */
    public static StepOutcome of(Engine engine, StepStart start) {
        engine.restore(start.parameters(), start.state());
        Images images = start.images();
        Gradients gradients = engine.gradients(start.batch());
        float[] prediction = new float[gradients.logits().length];
        engine.logits(images, 0, images.count(), prediction);
        float loss = engine.trainStep(start.batch(), start.learningRate());
        return new StepOutcome(prediction, gradients, loss, engine.parameters(), engine.optimizerState());
    }
}
