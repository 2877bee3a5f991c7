package tandem.formats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.core.Failure;
import tandem.core.Model;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.Shape;
import tandem.core.data.Images;
import tandem.core.data.Normalisation;

/** What is written, as ONNX Runtime reads it, against the float64 reference. */
final class OnnxModelTest {
    /** That of docs/parity.md for logits in float32, of the largest. */
    private static final double LIMIT = 1e-5;

    private static final Normalisation NORMALISATION = Trained.TEST.normalisation();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 64, 1000})
    void logitsAreTheReferences(int batch) throws Exception {
        OnnxModel model = OnnxModel.of(Trained.MODEL, NORMALISATION);
        assertNear(Trained.LOGITS, run(model, Trained.TEST, batch, false));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64, 1000})
    void logitsOfRawPixelsAreTheReferences(int batch) throws Exception {
        OnnxModel model = OnnxModel.ofRawPixels(Trained.MODEL, NORMALISATION);
        assertNear(Trained.LOGITS, run(model, Trained.TEST, batch, true));
    }

    @Test
    void anotherNetworkIsWrittenInItsOwnSizes() throws Exception {
        Model model = Trained.small();
        Images noise = noise(model.network(), 50);
        float[] expected = Trained.logits(model, noise);
        assertNear(expected, run(OnnxModel.of(model, noise.normalisation()), noise, 7, false));
        assertNear(expected, run(OnnxModel.ofRawPixels(model, noise.normalisation()), noise, 7, true));
    }

    /** The comparison can fail: one weight of 1.2 million, changed by a thousandth. */
    @Test
    void aWrongWeightIsSeen() throws Exception {
        Parameters parameters = Trained.MODEL.parameters().copy(Trained.MODEL.network());
        parameters.get("conv1.weight")[4] += 1e-3f;
        float[] logits = run(
                OnnxModel.of(new Model(Trained.MODEL.network(), parameters), NORMALISATION), Trained.TEST, 64, false);
        assertThrows(AssertionError.class, () -> assertNear(Trained.LOGITS, logits));
    }

    private static Images noise(Network network, int count) {
        byte[] pixels = new byte[count * network.rows() * network.columns()];
        new Random(1).nextBytes(pixels);
        return new Images(network.rows(), network.columns(), pixels, new byte[count], new Normalisation(0.4, 0.25));
    }

    private static void assertNear(float[] expected, float[] logits) {
        assertEquals(expected.length, logits.length);
        double largest = 1;
        double error = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            error = Math.max(error, Math.abs((double) expected[i] - logits[i]));
        }
        System.out.printf("largest difference of a logit: %.2g of a limit of %.2g%n", error, LIMIT * largest);
        // Not "larger than": what is no number fails too.
        assertTrue(error <= LIMIT * largest, "a logit is off by " + error);
    }

    /** Writes the model, lets ONNX Runtime read it, and asks for the logits of all images, a batch at a time. */
    private float[] run(OnnxModel model, Images images, int batch, boolean rawPixels) throws OrtException {
        Path file = folder.resolve("model.onnx");
        model.write(file);
        int classes = (int) model.proto()
                .getGraph()
                .getOutput(0)
                .getType()
                .getTensorType()
                .getShape()
                .getDim(1)
                .getDimValue();
        FloatBuffer logits = FloatBuffer.allocate(images.count() * classes);
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString())) {
            assertEquals(Set.of(OnnxModel.INPUT), session.getInputNames());
            assertEquals(Set.of(OnnxModel.OUTPUT), session.getOutputNames());
            TensorInfo input =
                    (TensorInfo) session.getInputInfo().get(OnnxModel.INPUT).getInfo();
            assertEquals(rawPixels ? OnnxJavaType.UINT8 : OnnxJavaType.FLOAT, input.type);
            assertArrayEquals(new long[] {-1, 1, images.rows(), images.columns()}, input.getShape());
            for (int from = 0; from < images.count(); from += batch) {
                int count = Math.min(batch, images.count() - from);
                try (OnnxTensor image = input(environment, images, from, count, rawPixels);
                        OrtSession.Result result = session.run(Map.of(OnnxModel.INPUT, image))) {
                    OnnxTensor output = (OnnxTensor) result.get(0);
                    assertArrayEquals(
                            new long[] {count, classes}, output.getInfo().getShape());
                    logits.put(output.getFloatBuffer());
                }
            }
        }
        assertEquals(0, logits.remaining());
        return logits.array();
    }

    private static OnnxTensor input(OrtEnvironment environment, Images images, int from, int count, boolean rawPixels)
            throws OrtException {
        long[] shape = {count, 1, images.rows(), images.columns()};
        int size = images.size();
        if (rawPixels) {
            ByteBuffer bytes = ByteBuffer.allocateDirect(count * size).order(ByteOrder.nativeOrder());
            bytes.put(images.pixels(), from * size, count * size).flip();
            return OnnxTensor.createTensor(environment, bytes, shape, OnnxJavaType.UINT8);
        }
        float[] values = new float[count * size];
        for (int i = 0; i < count; i++) {
            images.normalise(from + i, values, i * size);
        }
        return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
    }

    /** What ONNX's own checker looks at: versions, names used once, every input there before it is used. */
    @Test
    void theGraphIsWellFormed() throws Exception {
        Path file = folder.resolve("model.onnx");
        OnnxModel.ofRawPixels(Trained.MODEL, NORMALISATION).write(file);
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
        assertEquals(7, model.getIrVersion());
        assertEquals(1, model.getOpsetImportCount());
        assertEquals("", model.getOpsetImport(0).getDomain());
        assertEquals(13, model.getOpsetImport(0).getVersion());
        GraphProto graph = model.getGraph();
        Set<String> known = new HashSet<>(Set.of("image"));
        for (TensorProto tensor : graph.getInitializerList()) {
            assertTrue(known.add(tensor.getName()), tensor.getName());
            long size = tensor.getDimsList().stream().reduce(1L, Math::multiplyExact);
            assertEquals(Float.BYTES * size, tensor.getRawData().size(), tensor.getName());
        }
        List<String> operators = new ArrayList<>();
        for (NodeProto node : graph.getNodeList()) {
            operators.add(node.getOpType());
            assertTrue(known.containsAll(node.getInputList()), node::toString);
            for (String output : node.getOutputList()) {
                assertTrue(known.add(output), output);
            }
        }
        assertTrue(known.contains("logits"));
        assertEquals(
                List.of(
                        "Cast", "Div", "Sub", "Div", "Conv", "Relu", "Conv", "Relu", "MaxPool", "Flatten", "Gemm",
                        "Relu", "Gemm"),
                operators);
        assertEquals(
                "batch",
                graph.getInput(0).getType().getTensorType().getShape().getDim(0).getDimParam());
    }

    /** Names, shapes and bits of the parameters are those of the safetensors file. */
    @Test
    void parametersAreWrittenBitForBit() {
        GraphProto graph = OnnxModel.of(Trained.MODEL, NORMALISATION).proto().getGraph();
        assertEquals(8, graph.getInitializerCount());
        for (int i = 0; i < 8; i++) {
            Shape shape = Trained.MODEL.network().parameters().get(i);
            TensorProto tensor = graph.getInitializer(i);
            assertEquals(shape.name(), tensor.getName());
            assertArrayEquals(
                    shape.toLongs(),
                    tensor.getDimsList().stream().mapToLong(Long::longValue).toArray());
            float[] values = new float[shape.size()];
            tensor.getRawData()
                    .asReadOnlyByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            assertArrayEquals(Trained.MODEL.parameters().get(shape.name()), values);
        }
    }

    @Test
    void theInputSaysHowItIsNormalised() {
        assertEquals(
                "grey images, white on black, as float32((pixel / 255 - 0.1307) / 0.3081)",
                OnnxModel.of(Trained.MODEL, NORMALISATION)
                        .proto()
                        .getGraph()
                        .getInput(0)
                        .getDocString());
    }

    @Test
    void aFileThatCannotBeWrittenIsASentence() throws Exception {
        Path inTheWay = Files.writeString(folder.resolve("file"), "");
        Failure failure = assertThrows(
                Failure.class, () -> OnnxModel.of(Trained.MODEL, NORMALISATION).write(inTheWay.resolve("model.onnx")));
        assertTrue(failure.getMessage().contains("model.onnx: cannot be written"), failure.getMessage());
    }
}
