package tandem.engine.onnxruntime;

import static tandem.engine.onnxruntime.OnnxRuntimeNetwork.d;

import java.util.List;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.formats.OnnxGraph;

/**
 * Adadelta as a part of the graph. ONNX Runtime has optimizers of its own (SGD and AdamW), but not this one, so it is
 * written in ONNX's elementwise operators, in the order of PyTorch's ({@code torch/optim/adadelta.py}):
 *
 * <pre>
 * squareAverage    = rho squareAverage + (1 - rho) g^2
 * delta            = sqrt((accumulatedDelta + epsilon) / (squareAverage + epsilon)) g
 * accumulatedDelta = rho accumulatedDelta + (1 - rho) delta^2
 * parameter        = parameter - learningRate delta
 * </pre>
 *
 * A graph has no variables: what goes in under a name comes out under the name after {@value #NEXT}.
 */
final class OnnxRuntimeAdadelta {
    static final String NEXT = "next/";
    static final String SQUARE_AVERAGE = "squareAverage/";
    static final String ACCUMULATED_DELTA = "accumulatedDelta/";

    private final OnnxGraph graph;

    OnnxRuntimeAdadelta(OnnxGraph graph) {
        this.graph = graph;
    }

    /** Adds one update of all parameters by their gradients. */
    void update(Recipe recipe) {
        graph.constant("rho", (float) recipe.rho());
        graph.constant("1 - rho", (float) (1 - recipe.rho()));
        graph.constant("epsilon", (float) recipe.epsilon());
        for (Shape shape : recipe.network().parameters()) {
            update(shape);
        }
    }

    private void update(Shape shape) {
        String name = shape.name();
        String gradient = d(name);
        String squares = SQUARE_AVERAGE + name;
        String deltas = ACCUMULATED_DELTA + name;
        for (String value : List.of(name, squares, deltas)) {
            graph.input(OnnxGraph.Value.floats(value, shape.dimensions()));
            graph.output(OnnxGraph.Value.floats(NEXT + value, shape.dimensions()));
        }
        average(squares, gradient);
        graph.node("Add", "denominator/" + name, List.of(NEXT + squares, "epsilon"));
        graph.node("Add", "numerator/" + name, List.of(deltas, "epsilon"));
        graph.node("Div", "ratio/" + name, List.of("numerator/" + name, "denominator/" + name));
        graph.node("Sqrt", "root/" + name, List.of("ratio/" + name));
        graph.node("Mul", "delta/" + name, List.of("root/" + name, gradient));
        average(deltas, "delta/" + name);
        graph.node("Mul", "step/" + name, List.of("delta/" + name, OnnxRuntimeInputs.LEARNING_RATE));
        graph.node("Sub", NEXT + name, List.of(name, "step/" + name));
    }

    /** Takes the square of a value into a running average. */
    private void average(String average, String value) {
        graph.node("Mul", "square/" + average, List.of(value, value));
        graph.node("Mul", "new/" + average, List.of("square/" + average, "1 - rho"));
        graph.node("Mul", "old/" + average, List.of(average, "rho"));
        graph.node("Add", NEXT + average, List.of("old/" + average, "new/" + average));
    }
}
