package tandem.engine.onnxruntime;

import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.onnxruntime.IoBinding;
import tandem.core.Network;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.engine.Batch;
import tandem.core.engine.Gradients;
import tandem.formats.OnnxGraph;

/**
 * A train step of so many images: one graph with the forward pass, the gradients and the update, the session that runs
 * it, and the memory of the batch.
 */
final class OnnxRuntimeStep implements AutoCloseable {
    private final Network network;
    private final OnnxRuntimeInputs inputs;
    private final OnnxRuntimeTensor<FloatPointer> loss = OnnxRuntimeTensor.floats();
    private final OnnxRuntimeSession session;

    /** From the first state to the second, and back. */
    private final List<IoBinding> updates;

    OnnxRuntimeStep(Recipe recipe, int n, int threads, List<OnnxRuntimeState> states) {
        network = recipe.network();
        inputs = new OnnxRuntimeInputs(recipe, n);
        session = new OnnxRuntimeSession(graph(recipe, n).model(), threads);
        updates = List.of(update(states.get(0), states.get(1)), update(states.get(1), states.get(0)));
    }

    /** The whole graph. */
    static OnnxGraph graph(Recipe recipe, int n) {
        OnnxGraph graph = new OnnxGraph();
        OnnxRuntimeInputs.declare(graph, recipe, n);
        OnnxRuntimeNetwork model = new OnnxRuntimeNetwork(graph, recipe, n);
        model.forward();
        model.loss();
        model.gradients();
        new OnnxRuntimeAdadelta(graph).update(recipe);
        graph.output(OnnxGraph.Value.floats(OnnxRuntimeNetwork.LOSS, List.of()));
        graph.output(OnnxGraph.Value.floats(
                OnnxRuntimeNetwork.LOGITS, List.of(n, recipe.network().classes())));
        for (Shape shape : recipe.network().parameters()) {
            graph.output(OnnxGraph.Value.floats(OnnxRuntimeNetwork.d(shape.name()), shape.dimensions()));
        }
        return graph;
    }

    private IoBinding update(OnnxRuntimeState from, OnnxRuntimeState to) {
        IoBinding binding = session.binding();
        inputs.bind(binding);
        from.bindInputs(binding);
        to.bindOutputs(binding);
        loss.bindOutput(binding, OnnxRuntimeNetwork.LOSS);
        return binding;
    }

    /** Images that it takes. */
    int size() {
        return inputs.size();
    }

    /**
     * Computes the state after a batch.
     *
     * @param from which of the two states it starts from; the other one is replaced
     * @return the loss before the update
     */
    float update(Batch batch, float learningRate, int from) {
        inputs.fill(batch, learningRate);
        session.run(updates.get(from));
        return loss.memory().get(0);
    }

    /** Loss, logits and gradients of a batch. */
    Gradients gradients(Batch batch, OnnxRuntimeState state) {
        inputs.fill(batch, 1);
        try (OnnxRuntimeTensor<FloatPointer> logits = OnnxRuntimeTensor.floats(size(), network.classes());
                OnnxRuntimeTensors gradients = new OnnxRuntimeTensors(network);
                IoBinding binding = session.binding()) {
            inputs.bind(binding);
            state.bindInputs(binding);
            loss.bindOutput(binding, OnnxRuntimeNetwork.LOSS);
            logits.bindOutput(binding, OnnxRuntimeNetwork.LOGITS);
            gradients.bindOutputs(binding, OnnxRuntimeNetwork.d(""));
            session.run(binding);
            float[] values = new float[size() * network.classes()];
            logits.memory().get(values);
            return new Gradients(loss.memory().get(0), values, gradients.values());
        }
    }

    @Override
    public void close() {
        updates.forEach(IoBinding::close);
        session.close();
        inputs.close();
        loss.close();
    }
}
