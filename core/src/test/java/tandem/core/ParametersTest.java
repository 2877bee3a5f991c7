package tandem.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ParametersTest {
    /** 6x6 pixels, 2 classes, one or two of everything else. */
    private static final Network NETWORK = new Network(6, 6, 2, 1, 2, 3, 0, 0);

    private static final List<String> NAMES = List.of(
            "conv1.weight",
            "conv1.bias",
            "conv2.weight",
            "conv2.bias",
            "fc1.weight",
            "fc1.bias",
            "fc2.weight",
            "fc2.bias");

    private static final List<List<Integer>> SHAPES = List.of(
            List.of(1, 1, 3, 3),
            List.of(1),
            List.of(2, 1, 3, 3),
            List.of(2),
            List.of(3, 2),
            List.of(3),
            List.of(2, 3),
            List.of(2));

    @TempDir
    Path folder;

    /** Every value is another one: 100 times the tensor's place in the list, plus its own place, plus a constant. */
    private static Map<String, float[]> values(int constant) {
        Map<String, float[]> values = new LinkedHashMap<>();
        for (int t = 0; t < 8; t++) {
            float[] tensor = new float[SHAPES.get(t).stream().reduce(1, (a, b) -> a * b)];
            for (int i = 0; i < tensor.length; i++) {
                tensor[i] = constant + 100 * t + i;
            }
            values.put(NAMES.get(t), tensor);
        }
        return values;
    }

    private static void assertValues(int constant, Parameters parameters) {
        values(constant).forEach((name, expected) -> assertArrayEquals(expected, parameters.get(name), name));
    }

    @Test
    void namesAndShapesAreTheNetworks() {
        Parameters zeros = Parameters.zeros(NETWORK);
        assertEquals(NAMES, zeros.shapes().stream().map(Shape::name).toList());
        assertEquals(SHAPES, zeros.shapes().stream().map(Shape::dimensions).toList());
        for (Shape shape : zeros.shapes()) {
            assertArrayEquals(new float[shape.size()], zeros.get(shape.name()));
        }
        assertEquals(9 + 1 + 18 + 2 + 6 + 3 + 6 + 2, NETWORK.parameterCount());
        assertArrayEquals(new long[] {2, 1, 3, 3}, zeros.shapes().get(2).toLongs());
        assertEquals(9, zeros.shapes().get(2).fanIn());
        assertEquals(18, zeros.shapes().get(2).fanOut());
        assertEquals(2, zeros.shapes().get(4).fanIn());
        assertEquals(3, zeros.shapes().get(4).fanOut());
    }

    @Test
    void aCopySharesNothing() {
        Map<String, float[]> values = values(0);
        Parameters parameters = new Parameters(NETWORK, values);
        assertSame(values.get("fc1.bias"), parameters.get("fc1.bias"), "arrays are held");
        Parameters copy = parameters.copy(NETWORK);
        for (String name : NAMES) {
            assertNotSame(parameters.get(name), copy.get(name));
            copy.get(name)[0] = -1;
        }
        assertValues(0, parameters);
        assertValues(0, parameters.copy(NETWORK));
    }

    @Test
    void whatIsMissingUnknownOrOfAnotherLengthIsRefused() {
        refused("parameter fc1.bias is missing; the network needs fc1.bias [3]", "fc1.bias", null);
        refused("parameter fc1.bias holds 2 values; the network needs fc1.bias [3]", "fc1.bias", new float[2]);
        refused(
                "parameter fc3.bias is unknown; the network has [conv1.weight, conv1.bias, conv2.weight, conv2.bias, fc1.weight, fc1.bias, fc2.weight, fc2.bias]",
                "fc3.bias",
                new float[2]);
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> Parameters.zeros(NETWORK).get("fc3.bias"))
                .getMessage();
        assertEquals("no tensor named fc3.bias among " + NAMES, message);
    }

    private static void refused(String sentence, String name, float[] tensor) {
        Map<String, float[]> values = values(0);
        if (tensor == null) {
            values.remove(name);
        } else {
            values.put(name, tensor);
        }
        assertEquals(
                sentence,
                assertThrows(Failure.class, () -> new Parameters(NETWORK, values))
                        .getMessage());
    }

    /** The whole file of parameters, byte by byte as the format says. */
    @Test
    void aFileOfParametersAsOthersReadIt() throws Exception {
        Path file = folder.resolve("model.safetensors");
        new Parameters(NETWORK, values(0)).write(file);
        assertArrayEquals(file(List.of(""), List.of(0)), Files.readAllBytes(file));
        assertValues(0, Parameters.read(file, NETWORK));
    }

    /** Both accumulators in one file, under PyTorch's names; each comes back as itself. */
    @Test
    void aFileOfAccumulatorsAsOthersReadIt() throws Exception {
        Path file = folder.resolve("state.safetensors");
        OptimizerState state =
                new OptimizerState(new Parameters(NETWORK, values(1)), new Parameters(NETWORK, values(2000)));
        state.write(file);
        assertArrayEquals(file(List.of(".square_avg", ".acc_delta"), List.of(1, 2000)), Files.readAllBytes(file));
        OptimizerState read = OptimizerState.read(file, NETWORK);
        assertValues(1, read.squareAverage());
        assertValues(2000, read.accumulatedDelta());
    }

    @Test
    void accumulatorsBeginWithZeros() {
        OptimizerState zeros = OptimizerState.zeros(NETWORK);
        for (Parameters accumulator : List.of(zeros.squareAverage(), zeros.accumulatedDelta())) {
            for (Shape shape : NETWORK.parameters()) {
                assertArrayEquals(new float[shape.size()], accumulator.get(shape.name()));
            }
        }
        assertNotSame(
                zeros.squareAverage().get("fc2.bias"), zeros.accumulatedDelta().get("fc2.bias"));
    }

    private static byte[] file(List<String> suffixes, List<Integer> constants) {
        StringBuilder header = new StringBuilder();
        List<Float> floats = new ArrayList<>();
        for (int s = 0; s < suffixes.size(); s++) {
            Map<String, float[]> values = values(constants.get(s));
            for (int t = 0; t < 8; t++) {
                int from = 4 * floats.size();
                for (float value : values.get(NAMES.get(t))) {
                    floats.add(value);
                }
                header.append(header.isEmpty() ? "{" : ",")
                        .append("\"%s%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%s,%s]}"
                                .formatted(
                                        NAMES.get(t),
                                        suffixes.get(s),
                                        SHAPES.get(t).toString().replace(" ", ""),
                                        from,
                                        4 * floats.size()));
            }
        }
        header.append("}");
        while (header.length() % 8 != 0) {
            header.append(" ");
        }
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 4 * floats.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length())
                .put(header.toString().getBytes(StandardCharsets.US_ASCII));
        floats.forEach(bytes::putFloat);
        return bytes.array();
    }

    /** All sizes of a network are other numbers, so that none stands for another. */
}
