package tandem.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.core.random.InitialParameters;

final class SafetensorsTest {
    private static final Network SMALL = new Network(6, 6, 2, 1, 1, 1, 0, 0);

    @TempDir
    Path folder;

    /** A file as the safetensors Python package writes one, byte by byte. */
    private Path file(String header, float... values) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + json.length + 4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return Files.write(folder.resolve("x.safetensors"), bytes.array());
    }

    @Test
    void readsWhatTheFormatDescribes() throws IOException {
        Safetensors read = Safetensors.read(file(
                "{\"__metadata__\":{\"format\":\"pt\"},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}",
                1,
                2,
                3,
                4));
        assertEquals(List.of("a", "b"), List.copyOf(read.tensors().keySet()));
        assertEquals(List.of(1, 2), read.tensors().get("a").shape().dimensions());
        assertArrayEquals(new float[] {3, 4}, read.tensors().get("b").values());
        assertEquals("pt", read.metadata().get("format"));
    }

    @Test
    void parametersAndStateComeBackBitForBitAndEqualOnesMakeEqualFiles() throws IOException {
        Recipe recipe = Recipe.PRESETS.get("harmonized");
        Parameters parameters = InitialParameters.of(recipe);
        Path a = folder.resolve("a.safetensors");
        Path b = folder.resolve("b.safetensors");
        parameters.write(a);
        Parameters.read(a, recipe.network()).write(b);
        assertEquals(
                parameters.fingerprint(), Parameters.read(b, recipe.network()).fingerprint());
        assertEquals(-1, Files.mismatch(a, b));

        OptimizerState state = new OptimizerState(parameters, Parameters.zeros(recipe.network()));
        state.write(a);
        OptimizerState read = OptimizerState.read(a, recipe.network());
        assertEquals(parameters.fingerprint(), read.squareAverage().fingerprint());
        assertEquals(
                Parameters.zeros(recipe.network()).fingerprint(),
                read.accumulatedDelta().fingerprint());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}} | tensor b overlaps",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}} | gap before tensor b",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,16]}} | tensor a of shape [3] cannot lie",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[5],\"data_offsets\":[0,20]}} | tensor a ends after the end",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 8 bytes after the last tensor",
                "{\"a\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]}} | dtype 'I64'; F32, F16, BF16 and F64 are read",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-4],\"data_offsets\":[0,16]}} | has the shape [-4]",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[65536,65536,65536,65536],\"data_offsets\":[0,16]}} | cannot lie",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4]}} | has the offsets",
                "[1,2] | not a JSON object",
                "{\"a\": | its header is not JSON",
            })
    void refusesMalformedHeaders(String header, String sentence) throws IOException {
        refused(file(header, 1, 2, 3, 4), sentence);
    }

    private static void refused(Path file, String sentence) {
        String message =
                assertThrows(Failure.class, () -> Safetensors.read(file)).getMessage();
        assertTrue(message.contains(file.toString()) && message.contains(sentence), message);
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void refusesAHeaderLargerThanTheFile() throws IOException {
        Path file = file("{}");
        byte[] bytes = Files.readAllBytes(file);
        bytes[2] = 1;
        Files.write(file, bytes);
        refused(file, "its header claims 65538 bytes but the file has 10");
        Files.write(file, new byte[3]);
        refused(file, "only 3 bytes long");
        refused(folder.resolve("none"), "no such file");
    }

    @Test
    void refusesParametersOfAnotherNetwork() {
        Path file = folder.resolve("small.safetensors");
        Parameters.zeros(SMALL).write(file);
        String message = assertThrows(Failure.class, () -> Parameters.read(file, Network.SEED))
                .getMessage();
        assertTrue(
                message.contains("small.safetensors")
                        && message.contains("conv1.weight [1, 1, 3, 3]")
                        && message.contains("conv1.weight [32, 1, 3, 3]"),
                message);

        Safetensors.of(Parameters.zeros(SMALL).stored("").subList(0, 7)).write(file);
        message =
                assertThrows(Failure.class, () -> Parameters.read(file, SMALL)).getMessage();
        assertTrue(message.contains("parameter fc2.bias is missing"), message);
    }

    @Test
    void aFileThatCannotBeWrittenLeavesNothingBehind() throws IOException {
        Path blocked = Files.createDirectory(folder.resolve("model.safetensors"));
        Files.createFile(blocked.resolve("occupied"));
        String message = assertThrows(
                        Failure.class, () -> Parameters.zeros(SMALL).write(blocked))
                .getMessage();
        assertTrue(message.contains("model.safetensors: cannot be written"), message);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(blocked), files.toList());
        }
        assertEquals(true, Arrays.asList(blocked.toFile().list()).contains("occupied"));
    }

    @Test
    void refusesAHeaderThatIsLargerThanAnyModelNeeds() throws IOException {
        refused(
                file("{}" + " ".repeat(Safetensors.LARGEST_HEADER)),
                "its header claims 1048578 bytes, and at most 1048576 are read");
    }

    @Test
    void namesDoNotReachTheTerminalAsTheyAre() throws IOException {
        refused(
                file("{\"\\u001b[31m\":{\"dtype\":\"F64\"}}"),
                "a tensor's name has 5 characters, control characters among them or more than 256");
    }

    /** The smallest file there is: an empty header. And a tensor of no elements, between others. */
    @Test
    void filesAtTheLimits() throws IOException {
        Safetensors empty = Safetensors.read(file("{}"));
        assertEquals(0, empty.tensors().size());
        Safetensors none = Safetensors.read(file(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"b\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[4,4]},"
                        + "\"c\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[4,8]}}",
                1,
                2));
        assertArrayEquals(new float[] {1}, none.tensors().get("a").values());
        assertArrayEquals(new float[0], none.tensors().get("b").values());
        assertArrayEquals(new float[] {2}, none.tensors().get("c").values());
    }

    @Test
    void refusesAHeaderThatIsNegativeOrEmptyOrTooLong() throws IOException {
        for (long length : new long[] {-1, 0, 1, 3, 100_000_001L, Long.MAX_VALUE}) {
            Path file = folder.resolve("x.safetensors");
            Files.write(
                    file,
                    ByteBuffer.allocate(10)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(length)
                            .put((byte) '{')
                            .put((byte) '}')
                            .array());
            refused(file, "its header claims %s bytes but the file has 10".formatted(length));
        }
        Files.write(folder.resolve("x.safetensors"), new byte[8]);
        refused(folder.resolve("x.safetensors"), "its header claims 0 bytes but the file has 8");
        Files.write(folder.resolve("x.safetensors"), new byte[7]);
        refused(folder.resolve("x.safetensors"), "only 7 bytes long");
    }

    /**
     * 1, -2.5 and the largest number of 16 bits, by hand (IEEE 754); 0.1 in 64 bits is rounded to the nearest float.
     */
    @Test
    void otherFloatsAreConverted() throws IOException {
        String header = "{\"h\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[0,6]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[6,8]},"
                + "\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[8,16]}}";
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
        bytes.putShort((short) 0x3c00).putShort((short) 0xc100).putShort((short) 0x7bff);
        bytes.putShort((short) 0xc020).putDouble(0.1);
        Path file = Files.write(folder.resolve("h.safetensors"), bytes.array());
        Safetensors read = Safetensors.read(file);
        assertArrayEquals(new float[] {1, -2.5f, 65504}, read.tensors().get("h").values());
        assertArrayEquals(new float[] {-2.5f}, read.tensors().get("b").values());
        assertArrayEquals(new float[] {0.1f}, read.tensors().get("d").values());
        assertEquals(
                List.of(file + ": 16-bit floats and bfloat16 and 64-bit floats were converted to 32-bit floats"),
                read.notes());
    }

    /** What is written, byte by byte, with metadata; the header is padded to a multiple of eight. */
    @Test
    void writesWhatTheFormatDescribes() throws IOException {
        SequencedMap<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        tensors.put("b", new Safetensors.Tensor(new Shape("b", 2, 1), new float[] {1.5f, -2}));
        tensors.put("a", new Safetensors.Tensor(new Shape("a", 1), new float[] {0.1f}));
        SequencedMap<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "pt");
        metadata.put("by", "us");
        Path file = folder.resolve("y.safetensors");
        String sha256 = new Safetensors(tensors, metadata, List.of()).write(file);
        assertEquals(Sha256.of(file), sha256);
        String header = "{\"__metadata__\":{\"format\":\"pt\",\"by\":\"us\"},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}";
        header += " ".repeat((8 - header.length() % 8) % 8);
        Path expected = file(header, 1.5f, -2, 0.1f);
        assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(file));
        assertEquals(metadata, Safetensors.read(file).metadata());
    }
}
