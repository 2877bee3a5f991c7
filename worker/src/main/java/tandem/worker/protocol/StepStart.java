package tandem.worker.protocol;

import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.data.Images;
import tandem.core.engine.Batch;

/**
 * What one step of training starts from: the same for every engine and the reference.
 *
 * @param parameters parameters before the step
 * @param state accumulators before the step
 * @param batch images with their dropout masks
 * @param learningRate factor of the update
 */
public record StepStart(Parameters parameters, OptimizerState state, Batch batch, float learningRate) {

    /** The batch's images as a dataset of their own, since engines predict consecutive images. */
    public Images images() {
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
