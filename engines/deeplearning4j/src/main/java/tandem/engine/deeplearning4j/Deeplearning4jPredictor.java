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
import tandem.core.Network;
import tandem.core.data.Images;
import tandem.core.engine.ChunkedPredictor;
import tandem.core.engine.Library;
import tandem.core.engine.PredictorSetup;

/** The network in Deeplearning4j, forward alone. */
final class Deeplearning4jPredictor implements ChunkedPredictor {
    private static final int CHUNK = 100;

    private final Network network;
    private final boolean oneDnn;
    private final Deeplearning4jNetwork model;

    Deeplearning4jPredictor(PredictorSetup setup) {
        network = setup.network();
        setThreads(setup.threads());
        oneDnn = !setup.variant().equals(Deeplearning4jProvider.AS_SHIPPED);
        model = new Deeplearning4jNetwork(network, oneDnn);
        model.set(setup.parameters());
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

    Deeplearning4jNetwork model() {
        return model;
    }

    @Override
    public Library library() {
        String version = runningVersion();
        return new Library(
                Deeplearning4jProvider.DESCRIPTION.library(),
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
        try (INDArray input = Deeplearning4jTensors.allocate(count, network.rows(), network.columns(), 1)) {
            Deeplearning4jTensors.write(input, images.normalised(from, count));
            try (INDArray logits = model.logits(input)) {
                Deeplearning4jTensors.read(logits, out, to);
            }
        }
    }

    // ---- closing

    @Override
    public void close() {
        model.close();
    }
}
