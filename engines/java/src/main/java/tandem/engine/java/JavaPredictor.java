package tandem.engine.java;

import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.data.Images;
import tandem.core.engine.ChunkedPredictor;
import tandem.core.engine.Library;
import tandem.core.engine.PredictorSetup;

/** The network in pure Java, forward alone; results are the same bits with any number of threads. */
final class JavaPredictor implements ChunkedPredictor {
    /** Images that are predicted at a time, at least. */
    private static final int CHUNK = 64;

    private final Network network;
    private final boolean trains;
    private final String variant;
    private final Crew crew;
    private JavaNetwork model;

    JavaPredictor(PredictorSetup setup) {
        this(setup, CHUNK, false);
    }

    /**
     * The forward half of an engine.
     *
     * @param images that its largest batch has
     * @param trains whether the network can be trained
     */
    JavaPredictor(PredictorSetup setup, int images, boolean trains) {
        network = setup.network();
        variant = setup.variant();
        this.trains = trains;
        crew = new Crew(setup.threads());
        model = new JavaNetwork(network, Math.max(CHUNK, images), trains, crew, variant);
        model.set(setup.parameters());
    }

    /** The network, until {@link #grow}. */
    JavaNetwork model() {
        return model;
    }

    /** Moves the parameters into a larger network. */
    JavaNetwork grow(int images) {
        Parameters parameters = model.parameters();
        model = new JavaNetwork(network, images, trains, crew, variant);
        model.set(parameters);
        return model;
    }

    @Override
    public Library library() {
        String version = "%s (%s)".formatted(JavaProvider.DESCRIPTION.version(), VectorWidth.words());
        return new Library(JavaProvider.DESCRIPTION.library(), version, "cpu", crew.size());
    }

    // ---- predict

    @Override
    public int classes() {
        return network.classes();
    }

    @Override
    public int chunk() {
        return model.capacity();
    }

    @Override
    public void logits(Images images, int from, int count, float[] out, int to) {
        model.logits(images, from, count, out, to);
    }

    // ---- closing

    @Override
    public void close() {
        crew.close();
    }
}
