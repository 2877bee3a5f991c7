package tandem.engine.tensorflow;

import java.util.List;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.types.TFloat32;
import tandem.core.Batch;
import tandem.core.Failure;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Images;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineProvider;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;

/**
 * The network in TensorFlow, in graph mode: TensorFlow Java has no gradients in eager mode. The graph is laid out once;
 * every call runs the part of it that yields what is asked for.
 */
final class TensorFlowEngine implements Engine {
    /** Images that are predicted at a time: more take no less time each, but more memory. */
    private static final int CHUNK = 100;

    /** Threads of this process, 0 before the first engine: TensorFlow makes one pool, which later sessions share. */
    private static int threadsOfProcess;

    private final Recipe recipe;
    private final Network network;
    private final int threads;
    private final boolean cuda;
    private final TensorFlowNetwork model;
    private final TensorFlowAdadelta adadelta;
    private final TensorFlowInputs.Placeholders in;
    private final Placeholder<TFloat32> learningRate;
    private final Operand<TFloat32> trainLogits;
    private final Operand<TFloat32> loss;
    private final List<Operand<TFloat32>> gradients;
    private final Op update;
    private final Operand<TFloat32> logits;
    private final Graph graph = new Graph();
    private final Session session;
    private TensorFlowInputs inputs;

    TensorFlowEngine(EngineSetup setup) {
        recipe = setup.recipe();
        network = recipe.network();
        threads = threadsOfProcess(setup.threads());
        cuda = setup.variant().equals(EngineProvider.CUDA);
        if (cuda) {
            requireGpu(threads);
        }
        Ops tf = Ops.create(graph);
        model = new TensorFlowNetwork(tf, network);
        adadelta = new TensorFlowAdadelta(tf, recipe);
        in = TensorFlowInputs.Placeholders.of(tf, recipe);
        learningRate = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
        trainLogits = model.forward(in.images(), in.mask1(), in.mask2());
        loss = model.loss(recipe.loss(), trainLogits, in.labels());
        gradients = model.gradients(loss);
        update = adadelta.update(model.parameters(), gradients, learningRate);
        logits = model.forward(in.images(), null, null);
        session = new Session(graph, settings(threads).build());
        restore(setup.parameters(), setup.state());
    }

    private static synchronized int threadsOfProcess(int threads) {
        if (threadsOfProcess != 0 && threadsOfProcess != threads) {
            throw new Failure(
                    "TensorFlow computes with %d threads in this process since its first engine; start another process to use %d"
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
                            .formatted(e.getMessage().lines().findFirst().orElse("it says nothing")),
                    e);
        }
    }

    @Override
    public Library library() {
        return new Library(TensorFlowProvider.LIBRARY, TensorFlow.version(), cuda ? "cuda:0" : "cpu", threads);
    }

    // ---- train step

    @Override
    public float trainStep(Batch batch, float rate) {
        try (TFloat32 rateTensor = TFloat32.scalarOf(rate);
                Result result = fed(batch)
                        .feed(learningRate, rateTensor)
                        .addTarget(update)
                        .fetch(loss)
                        .run()) {
            return ((TFloat32) result.get(0)).getFloat();
        }
    }

    private Session.Runner fed(Batch batch) {
        if (inputs == null || batch.size() != inputs.size()) {
            closeInputs();
            inputs = new TensorFlowInputs(recipe, batch.size());
        }
        inputs.fill(batch);
        return in.feed(session.runner(), inputs);
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
            try (TFloat32 input = TFloat32.tensorOf(Shape.of(n, network.rows(), network.columns(), 1))) {
                input.asRawTensor().data().asFloats().write(pixels, 0, n * size);
                try (Result result =
                        session.runner().feed(in.images(), input).fetch(logits).run()) {
                    result.get(0)
                            .asRawTensor()
                            .data()
                            .asFloats()
                            .read(out, done * network.classes(), n * network.classes());
                }
            }
        }
    }

    // ---- gradients

    @Override
    public Gradients gradients(Batch batch) {
        Session.Runner runner = fed(batch).fetch(loss).fetch(trainLogits);
        gradients.forEach(runner::fetch);
        try (Result result = runner.run()) {
            return new Gradients(
                    ((TFloat32) result.get(0)).getFloat(),
                    TensorFlowTensors.values(result.get(1)),
                    TensorFlowTensors.values(network, result, 2));
        }
    }

    // ---- parameters in and out

    @Override
    public Parameters parameters() {
        return model.values(session);
    }

    @Override
    public OptimizerState optimizerState() {
        return adadelta.state(session);
    }

    @Override
    public void restore(Parameters parameters, OptimizerState state) {
        model.set(session, parameters);
        adadelta.set(session, state);
    }

    // ---- closing

    @Override
    public void close() {
        closeInputs();
        session.close();
        graph.close();
    }

    private void closeInputs() {
        if (inputs != null) {
            inputs.close();
        }
    }
}
