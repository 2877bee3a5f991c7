package tandem.engine.tensorflow;

import java.util.Objects;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.types.TFloat32;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.data.Images;
import tandem.core.engine.ChunkedPredictor;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.Library;
import tandem.core.engine.PredictorSetup;

/** The network in TensorFlow, forward alone: a graph from images to logits, to which {@link TensorFlowEngine} adds. */
final class TensorFlowPredictor implements ChunkedPredictor {
    private static final int CHUNK = 100;

    /** For a GPU, which waits for Java between two chunks and needs many images to be busy. */
    private static final int GPU_CHUNK = 2000;

    /** Threads of this process, 0 before the first session: TensorFlow makes one pool, which later sessions share. */
    private static int threadsOfProcess;

    private final Network network;
    private final int threads;
    private final boolean cuda;
    private final Graph graph = new Graph();
    private final Ops tf = Ops.create(graph);
    private final TensorFlowNetwork model;
    private final Placeholder<TFloat32> images;
    private final Operand<TFloat32> logits;
    private final Session session;

    TensorFlowPredictor(PredictorSetup setup) {
        network = setup.network();
        threads = threadsOfProcess(setup.threads());
        cuda = setup.variant().equals(EngineProvider.CUDA);
        if (cuda) {
            requireGpu(threads);
        }
        model = new TensorFlowNetwork(tf, network);
        images = tf.placeholder(TFloat32.class, Placeholder.shape(TensorFlowInputs.imageShape(network, -1)));
        logits = model.forward(images, null, null);
        session = new Session(graph, settings(threads).build());
        model.set(session, setup.parameters());
    }

    private static synchronized int threadsOfProcess(int threads) {
        if (threadsOfProcess != 0 && threadsOfProcess != threads) {
            throw new Failure(
                    "TensorFlow computes with %s threads in this process since its first engine; start another process to use %s"
                            .formatted(threadsOfProcess, threads));
        }
        threadsOfProcess = threads;
        return threads;
    }

    private static ConfigProto.Builder settings(int threads) {
        return ConfigProto.newBuilder()
                .setIntraOpParallelismThreads(threads)
                .setInterOpParallelismThreads(1)
                // Or else it takes all memory of a GPU.
                .setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true));
    }

    /** A graph computes on the GPU if there is one, and without a word on the processor if there is none. */
    private static void requireGpu(int threads) {
        try (Graph probe = new Graph()) {
            Ops tf = Ops.create(probe);
            Operand<TFloat32> sum = tf.withDevice(DeviceSpec.newBuilder()
                            .deviceType(DeviceSpec.DeviceType.GPU)
                            .deviceIndex(0)
                            .build())
                    .math
                    .add(tf.constant(1f), tf.constant(2f));
            try (Session session = new Session(
                    probe, settings(threads).setAllowSoftPlacement(false).build())) {
                session.runner().fetch(sum).run().close();
            }
        } catch (IllegalArgumentException | TensorFlowException e) {
            throw new Failure(
                    "TensorFlow finds no GPU (%s); see docs/gpu.md for the driver and the CUDA libraries it needs"
                            .formatted(Objects.requireNonNullElse(e.getMessage(), "")
                                    .lines()
                                    .findFirst()
                                    .orElse("it says nothing")),
                    e);
        }
    }

    /** For what is added to the graph. */
    Ops graph() {
        return tf;
    }

    TensorFlowNetwork model() {
        return model;
    }

    /** Where images enter the graph. */
    Placeholder<TFloat32> images() {
        return images;
    }

    Session session() {
        return session;
    }

    @Override
    public Library library() {
        return new Library(
                TensorFlowProvider.DESCRIPTION.library(),
                "%s, TensorFlow %s".formatted(TensorFlowProvider.DESCRIPTION.version(), TensorFlow.version()),
                cuda ? "cuda:0" : "cpu",
                threads);
    }

    // ---- predict

    @Override
    public int classes() {
        return network.classes();
    }

    @Override
    public int chunk() {
        return cuda ? GPU_CHUNK : CHUNK;
    }

    @Override
    public void logits(Images images, int from, int count, float[] out, int to) {
        float[] pixels = images.normalised(from, count);
        try (TFloat32 input = TFloat32.tensorOf(TensorFlowInputs.imageShape(network, count))) {
            input.asRawTensor().data().asFloats().write(pixels);
            try (Result result =
                    session.runner().feed(this.images, input).fetch(logits).run()) {
                result.get(0).asRawTensor().data().asFloats().read(out, to, count * network.classes());
            }
        }
    }

    // ---- closing

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
