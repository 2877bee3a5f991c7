package tandem.engine.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tandem.core.Network;
import tandem.core.OptimizerState;
import tandem.core.Parameters;
import tandem.core.Recipe;
import tandem.core.Shape;
import tandem.core.data.Datasets;
import tandem.core.data.Images;
import tandem.core.engine.Training;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sixty steps against PyTorch in float64 (trajectory.json: without dropout, images in file order).
 *
 * <p>Everything agrees to 1e-9: a thousand times what sixty steps make of roundings of 1e-16, and far below anything a
 * wrong formula could hide in. Losses and norms are compared relative to themselves, single values relative to the
 * largest of their tensor, and weighted sums, whose terms cancel, relative to the norm of their tensor.
 */
class TrajectoryTest {
    private static final double RELATIVE = 1e-9;
    private static final Network NETWORK = Network.SEED;

    private static JsonNode expected;
    private static double[] losses;
    private static Pass first;
    private static ReferenceTensors afterFirst;
    private static ReferenceTensors end;

    @BeforeAll
    static void train() throws URISyntaxException {
        expected = JsonMapper.shared().readTree(TrajectoryTest.class.getResourceAsStream("/trajectory.json"));
        int steps = expected.get("steps").asInt();
        Recipe recipe = Recipe.PRESETS
                .get("harmonized")
                .with(Map.of(
                        "shuffle", false,
                        "dropout", false,
                        "batchSize", expected.get("batch").asInt(),
                        "rho", expected.get("rho").asDouble(),
                        "epsilon", expected.get("eps").asDouble()));
        Parameters initial = Parameters.read(
                Path.of(TrajectoryTest.class
                        .getResource("/trajectory.safetensors")
                        .toURI()),
                NETWORK);
        Images images = Datasets.open("mnist").train();
        Training training = new Training(recipe, images);
        double learningRate = expected.get("lr").asDouble();
        losses = new double[steps];
        try (ReferenceEngine engine = new ReferenceEngine(recipe, initial, OptimizerState.zeros(NETWORK), 2)) {
            losses[0] = training.step((batch, _) -> {
                        first = engine.pass(batch);
                        return engine.step(batch, learningRate);
                    })
                    .loss();
            afterFirst = engine.parameters64();
            for (int step = 1; step < steps; step++) {
                losses[step] = training.step((batch, _) -> engine.step(batch, learningRate))
                        .loss();
            }
            end = engine.parameters64();
        }
    }

    @Test
    void losses() {
        double[] pytorch = doubles(expected.get("loss_float64"));
        assertEquals(60, pytorch.length);
        for (int step = 0; step < pytorch.length; step++) {
            assertClose(pytorch[step], losses[step], pytorch[step], "loss of step " + step);
        }
        assertEquals(losses[0], first.loss(), "a pass and a step see the same loss");
    }

    @Test
    void logitsOfTheFirstStep() {
        JsonNode rows = expected.at("/float64/logits_step0");
        assertEquals(64, rows.size());
        double largest = largest(first.logits());
        for (int n = 0; n < rows.size(); n++) {
            double[] pytorch = doubles(rows.get(n));
            for (int k = 0; k < NETWORK.classes(); k++) {
                double actual = first.logits()[n * NETWORK.classes() + k];
                assertClose(pytorch[k], actual, largest, "logit %d of image %d".formatted(k, n));
            }
        }
    }

    @Test
    void gradientsOfTheFirstStep() {
        for (Shape shape : NETWORK.parameters()) {
            String name = shape.name();
            double[] gradient = first.gradients().get(name);
            double norm = number("gradient_norm_step0", name);
            assertClose(norm, Vectors.norm(gradient), norm, "norm of the gradient of " + name);
            assertClose(
                    number("gradient_weighted_sum_step0", name),
                    weightedSum(gradient),
                    norm,
                    "weighted sum of the gradient of " + name);
            assertFirst("gradient_first8_step0", name, gradient);
        }
    }

    @Test
    void parametersAfterTheFirstStep() {
        for (Shape shape : NETWORK.parameters()) {
            assertFirst("parameter_first8_after_step0", shape.name(), afterFirst.get(shape.name()));
        }
    }

    @Test
    void parametersAtTheEnd() {
        for (Shape shape : NETWORK.parameters()) {
            String name = shape.name();
            double norm = number("parameter_norm_at_end", name);
            assertClose(norm, Vectors.norm(end.get(name)), norm, "norm of " + name);
            assertClose(
                    number("parameter_weighted_sum_at_end", name),
                    weightedSum(end.get(name)),
                    norm,
                    "weighted sum of " + name);
        }
    }

    private static void assertFirst(String what, String name, double[] actual) {
        double[] pytorch = doubles(expected.at("/float64/" + what).get(name));
        assertEquals(8, pytorch.length);
        double largest = largest(actual);
        for (int i = 0; i < pytorch.length; i++) {
            assertClose(pytorch[i], actual[i], largest, "%s of %s[%d]".formatted(what, name, i));
        }
    }

    private static void assertClose(double expected, double actual, double scale, String what) {
        assertEquals(expected, actual, RELATIVE * scale, what);
    }

    /** Defined in the description of trajectory.json: sees every element, each with another weight. */
    private static double weightedSum(double[] values) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += values[i] * ((i * 2654435761L & 0xFFFFFFFFL) / 0x1p32 - 0.5);
        }
        return sum;
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElseThrow();
    }

    private static double number(String what, String name) {
        return expected.at("/float64/" + what).get(name).asDouble();
    }

    private static double[] doubles(JsonNode array) {
        double[] values = new double[array.size()];
        Arrays.setAll(values, i -> array.get(i).asDouble());
        return values;
    }
}
