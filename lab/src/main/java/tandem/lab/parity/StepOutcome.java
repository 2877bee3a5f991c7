package tandem.lab.parity;

import tandem.core.Batch;
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
        Images images = images(start.batch());
        Gradients gradients = engine.gradients(start.batch());
        float[] prediction = new float[gradients.logits().length];
        engine.logits(images, 0, images.count(), prediction);
        float loss = engine.trainStep(start.batch(), start.learningRate());
        return new StepOutcome(prediction, gradients, loss, engine.parameters(), engine.optimizerState());
    }

    /** The batch's images as a dataset of their own, since engines predict consecutive images. */
    static Images images(Batch batch) {
        Images all = batch.images();
        byte[] pixels = new byte[batch.size() * all.size()];
        byte[] labels = new byte[batch.size()];
        for (int i = 0; i < batch.size(); i++) {
            System.arraycopy(all.pixels(), batch.index(i) * all.size(), pixels, i * all.size(), all.size());
            labels[i] = (byte) batch.label(i);
        }
        return new Images(all.rows(), all.columns(), pixels, labels, all.normalisation());
    }
}
