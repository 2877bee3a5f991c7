package tandem.engine.deeplearning4j;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;
import tandem.core.Batch;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Images;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;

/** The network in Deeplearning4j. */
final class Deeplearning4jEngine implements Engine {
    /** Images that are predicted at a time: more take no less time each, but more memory. */
    private static final int CHUNK = 100;

    private final Recipe recipe;
    private final Network network;
    private final boolean oneDnn;
    private final Deeplearning4jNetwork model;
    private Deeplearning4jInputs inputs;

    Deeplearning4jEngine(EngineSetup setup) {
        recipe = setup.recipe();
        network = recipe.network();
        setThreads(setup.threads());
        oneDnn = !setup.variant().equals(Deeplearning4jProvider.AS_SHIPPED);
        model = new Deeplearning4jNetwork(recipe, oneDnn);
        restore(setup.parameters(), setup.state());
    }

    /**
     * Of oneDNN and of ND4J's own loops. OpenBLAS, which multiplies the dense layers, gets one: its threads spin
     * against those of OpenMP, and one step in ten takes 70 ms instead of 30 (2 AVX-512 cores).
     */
    private static void setThreads(int threads) {
        Nd4j.getEnvironment().setMaxThreads(threads);
        Nd4j.getEnvironment().setMaxMasterThreads(threads);
        nativeOps().setOmpNumThreads(threads);
        Nd4j.factory().blas().setMaxThreads(1);
    }

    /** The native library, once {@link Nd4j} has loaded it. */
    private static NativeOps nativeOps() {
        return NativeOpsHolder.getInstance().getDeviceNativeOps();
    }

    @Override
    public Library library() {
        String version = runningVersion();
        return new Library(
                Deeplearning4jProvider.LIBRARY,
                oneDnn ? version + ", oneDNN by a workaround" : version,
                "cpu",
                nativeOps().ompGetMaxThreads());
    }

    /** The library has no call for this, but it carries what Maven built it from. */
    private static String runningVersion() {
        Properties built = new Properties();
        try (InputStream in = MultiLayerNetwork.class.getResourceAsStream(
                "/META-INF/maven/org.deeplearning4j/deeplearning4j-nn/pom.properties")) {
            built.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return built.getProperty("version");
    }

    // ---- train step

    @Override
    public float trainStep(Batch batch, float learningRate) {
        return model.fit(inputs(batch), learningRate);
    }

    private Deeplearning4jInputs inputs(Batch batch) {
        if (inputs == null || batch.size() != inputs.size()) {
            closeInputs();
            inputs = new Deeplearning4jInputs(recipe, batch.size());
        }
        inputs.fill(batch);
        return inputs;
    }

    // ---- predict

    @Override
    public void logits(Images images, int from, int count, float[] out) {
        int size = images.size();
        float[] pixels = new float[Math.min(CHUNK, count) * size];
        for (int done = 0; done < count; done += CHUNK) {
            int n = Math.min(CHUNK, count - done);
            for (int i = 0; i < n; i++) {
                images.normalise(from + done + i, pixels, i * size);
            }
            try (INDArray input = Deeplearning4jTensors.allocate(n, network.rows(), network.columns(), 1)) {
                Deeplearning4jTensors.write(input, pixels);
                try (INDArray logits = model.logits(input)) {
                    Deeplearning4jTensors.read(logits, out, done * network.classes());
                }
            }
        }
    }

    // ---- gradients

    @Override
    public Gradients gradients(Batch batch) {
        Deeplearning4jInputs in = inputs(batch);
        float[] logits = new float[batch.size() * network.classes()];
        try (INDArray array = model.trainLogits(in)) {
            Deeplearning4jTensors.read(array, logits, 0);
        }
        float loss = model.computeGradients(in);
        Parameters gradients = model.gradientsOfSum();
        for (Shape shape : gradients.shapes()) {
            float[] values = gradients.get(shape.name());
            for (int i = 0; i < values.length; i++) {
                values[i] /= batch.size();
            }
        }
        return new Gradients(loss, logits, gradients);
    }

    // ---- parameters in and out

    @Override
    public Parameters parameters() {
        return model.parameters();
    }

    @Override
    public OptimizerState optimizerState() {
        return model.state();
    }

    @Override
    public void restore(Parameters parameters, OptimizerState state) {
        model.set(parameters, state);
    }

    // ---- closing

    @Override
    public void close() {
        model.close();
        closeInputs();
    }

    private void closeInputs() {
        if (inputs != null) {
            inputs.close();
        }
    }
}
