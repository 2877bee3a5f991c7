package tandem.engine.reference;

import tandem.core.Network;
import tandem.core.data.Images;
import tandem.core.engine.ChunkedPredictor;
import tandem.core.engine.Library;
import tandem.core.engine.PredictorSetup;

/** The network in float64, forward alone; logits are rounded to float32 at the interface of a predictor. */
final class ReferencePredictor implements ChunkedPredictor {
    private static final int CHUNK = 64;

    private final Network network;
    private final ReferenceNetwork model;

    ReferencePredictor(PredictorSetup setup) {
        network = setup.network();
        model = new ReferenceNetwork(network, setup.threads());
        model.load(ReferenceTensors.widen(network, setup.parameters()));
    }

    ReferenceNetwork model() {
        return model;
    }

    @Override
    public Library library() {
        return new Library(
                ReferenceProvider.DESCRIPTION.library(),
                ReferenceProvider.DESCRIPTION.version(),
                "cpu",
                model.threads.count());
    }

    // ---- predict

    @Override
    public int classes() {
        return network.classes();
    }

    @Override
    public int chunk() {
        return CHUNK;
    }

    @Override
    public void logits(Images images, int from, int count, float[] out, int to) {
        double[] logits = model.logits(ReferenceInputs.of(images, from, count));
        for (int i = 0; i < logits.length; i++) {
            out[to + i] = (float) logits[i];
        }
    }

    /** As {@link #logits}, in float64: [count, classes]. */
    double[] logits64(Images images, int from, int count) {
        double[] out = new double[count * network.classes()];
        for (int done = 0; done < count; done += CHUNK) {
            double[] chunk = model.logits(ReferenceInputs.of(images, from + done, Math.min(CHUNK, count - done)));
            System.arraycopy(chunk, 0, out, done * network.classes(), chunk.length);
        }
        return out;
    }

    // ---- closing

    @Override
    public void close() {
        model.close();
    }
}
