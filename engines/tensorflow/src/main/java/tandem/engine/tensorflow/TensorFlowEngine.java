package tandem.engine.tensorflow;

import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import tandem.core.Batch;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.data.Images;
import tandem.core.engine.Engine;
import tandem.core.engine.EngineSetup;
import tandem.core.engine.Gradients;
import tandem.core.engine.Library;

final class TensorFlowEngine implements Engine {
    private static final int CHUNK = Integer.getInteger("chunk", 250);

    private final Recipe recipe;
    private final Network network;
    private final int threads;
    private final Graph graph = new Graph();
    private final TensorFlowNetwork model;
    private final TensorFlowAdadelta adadelta;
    private final Placeholder<TFloat32> images;
    private final Placeholder<TInt32> labels;
    private final Placeholder<TFloat32> mask1;
    private final Placeholder<TFloat32> mask2;
    private final Placeholder<TFloat32> learningRate;
    private final Operand<TFloat32> trainLogits;
    private final Operand<TFloat32> loss;
    private final List<Operand<TFloat32>> gradients;
    private final Op update;
    private final Operand<TFloat32> logits;
    private final Session session;
    private TensorFlowInputs inputs;

    TensorFlowEngine(EngineSetup setup) {
        recipe = setup.recipe();
        network = recipe.network();
        threads = setup.threads();
        Ops tf = Ops.create(graph);
        images = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, network.rows(), network.columns(), 1)));
        labels = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
        mask1 = tf.placeholder(
                TFloat32.class,
                Placeholder.shape(Shape.of(-1, network.pooledRows(), network.pooledColumns(), network.conv2())));
        mask2 = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, network.hidden())));
        learningRate = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
        model = new TensorFlowNetwork(tf, network);
        adadelta = new TensorFlowAdadelta(tf, recipe);
        trainLogits = recipe.dropout() ? model.forward(images, mask1, mask2) : model.forward(images, null, null);
        loss = model.loss(recipe.loss(), trainLogits, labels);
        gradients = model.gradients(loss);
        update = adadelta.update(model.parameters().handles(), gradients, learningRate);
        logits = model.forward(images, null, null);
        ConfigProto config = ConfigProto.newBuilder()
                .setIntraOpParallelismThreads(threads)
                .setInterOpParallelismThreads(Integer.getInteger("inter", 1))
                .build();
        session = new Session(graph, config);
        inputs = new TensorFlowInputs(network, recipe.batchSize());
        restore(setup.parameters(), setup.state());
    }

    @Override
    public Library library() {
        return new Library("TensorFlow Java", TensorFlow.version(), "cpu", threads);
    }

    // ---- train step

    @Override
    public float trainStep(Batch batch, float rate) {
        try (TFloat32 rateTensor = TFloat32.scalarOf(rate);
                Result result = feed(batch)
                        .feed(learningRate, rateTensor)
                        .addTarget(update)
                        .fetch(loss)
                        .run()) {
            return ((TFloat32) result.get(0)).getFloat();
        }
    }

    private Session.Runner feed(Batch batch) {
        if (batch.size() != inputs.size()) {
            inputs.close();
            inputs = new TensorFlowInputs(network, batch.size());
        }
        inputs.fill(batch);
        Session.Runner runner = session.runner().feed(images, inputs.images).feed(labels, inputs.labels);
        return recipe.dropout() ? runner.feed(mask1, inputs.mask1).feed(mask2, inputs.mask2) : runner;
    }

    // ---- predict

    @Override
    public void logits(Images source, int from, int count, float[] out) {
        int size = source.size();
        float[] pixels = new float[CHUNK * size];
        for (int done = 0; done < count; done += CHUNK) {
            int n = Math.min(CHUNK, count - done);
            for (int i = 0; i < n; i++) {
                source.normalise(from + done + i, pixels, i * size);
            }
            try (TFloat32 x = TFloat32.tensorOf(Shape.of(n, network.rows(), network.columns(), 1))) {
                x.asRawTensor().data().asFloats().write(pixels, 0, n * size);
                try (Result result =
                        session.runner().feed(images, x).fetch(logits).run()) {
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
        Session.Runner runner = feed(batch).fetch(loss).fetch(trainLogits);
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
        return model.parameters().get(session);
    }

    @Override
    public OptimizerState optimizerState() {
        return adadelta.state(session);
    }

    @Override
    public void restore(Parameters parameters, OptimizerState state) {
        model.parameters().set(session, parameters);
        adadelta.set(session, state);
    }

    // ---- closing

    @Override
    public void close() {
        inputs.close();
        session.close();
        graph.close();
    }
}
