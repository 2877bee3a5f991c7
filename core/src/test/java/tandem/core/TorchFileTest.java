package tandem.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of torch.save, their pickles written operation by operation as Python's pickletools disassembles those of
 * PyTorch: {@code OrderedDict}, then for each tensor its name and {@code _rebuild_tensor_v2(storage, offset, sizes,
 * strides, False, OrderedDict())}.
 */
final class TorchFileTest {
    @TempDir
    Path folder;

    /** Writes pickles. */
    private static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Writer bytes(int... bytes) {
            for (int b : bytes) {
                out.write(b);
            }
            return this;
        }

        Writer global(String module, String name) {
            out.writeBytes("c%s\n%s\n".formatted(module, name).getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        Writer text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            return bytes('X', utf8.length, 0, 0, 0).raw(utf8);
        }

        private Writer raw(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        /** A tensor of the storage '0'. */
        Writer tensor(String type, int offset, int[] sizes, int[] strides) {
            global("torch._utils", "_rebuild_tensor_v2").bytes('(');
            bytes('(')
                    .text("storage")
                    .global("torch", type)
                    .text("0")
                    .text("cpu")
                    .bytes('K', 64, 't', 'Q');
            bytes('K', offset);
            tuple(sizes).tuple(strides).bytes(0x89);
            return global("collections", "OrderedDict").bytes(')', 'R', 't', 'R');
        }

        private Writer tuple(int... values) {
            bytes('(');
            for (int value : values) {
                bytes('K', value);
            }
            return bytes('t');
        }
    }

    private static Writer start() {
        return new Writer().bytes(0x80, 2).global("collections", "OrderedDict").bytes(')', 'R', 'q', 0, '(');
    }

    private Path file(Writer pickle, byte[] storage) throws IOException {
        return TorchFuzzTest.archive(folder.resolve("model.pt"), pickle.out.toByteArray(), storage);
    }

    private static byte[] floats(int count) {
        ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            buffer.putFloat(i);
        }
        return buffer.array();
    }

    @Test
    void tensorsComeBackByTheirStrides() throws IOException {
        Writer pickle = start();
        pickle.text("module.a").tensor("FloatStorage", 1, new int[] {2, 3}, new int[] {3, 1});
        pickle.text("module.t").tensor("FloatStorage", 0, new int[] {2, 2}, new int[] {1, 10});
        // Attributes of the state_dict, as PyTorch writes them.
        pickle.bytes('u', '}').text("_metadata").bytes('N', 's', 'b', '.');
        Path file = file(pickle, floats(12));
        Safetensors read = TensorFile.read(file);
        assertEquals(List.of("a", "t"), List.copyOf(read.tensors().keySet()));
        assertEquals(List.of(2, 3), read.tensors().get("a").shape().dimensions());
        assertArrayEquals(
                new float[] {1, 2, 3, 4, 5, 6}, read.tensors().get("a").values());
        assertArrayEquals(new float[] {0, 10, 1, 11}, read.tensors().get("t").values());
        assertEquals(List.of(file + ": 'module.' was taken off the names of its tensors"), read.notes());
    }

    @Test
    void aCheckpointsStateIsFound() throws IOException {
        Writer pickle = new Writer()
                .bytes(0x80, 2, '}', '(')
                .text("epoch")
                .bytes('K', 3)
                .text("model_state_dict");
        pickle.bytes('}', '(')
                .text("a")
                .tensor("HalfStorage", 0, new int[] {1}, new int[] {1})
                .bytes('u', 'u', '.');
        // 1 in 16 bits.
        assertArrayEquals(
                new float[] {1},
                TensorFile.read(file(pickle, new byte[] {0, 0x3c}))
                        .tensors()
                        .get("a")
                        .values());
    }

    private String refused(Writer pickle) throws IOException {
        Path file = file(pickle, floats(4));
        String message =
                assertThrows(Failure.class, () -> TensorFile.read(file)).getMessage();
        assertTrue(message.startsWith(file + ": "), message);
        return message.substring(file.toString().length() + 2);
    }

    /** The classical attack is named and not run. */
    @Test
    void nothingButTensorsIsMade() throws IOException {
        String cannot = "not a state_dict of torch.save that can be read: ";
        assertEquals(
                cannot + "it asks for os.system, which is not a tensor; save model.state_dict(), not the module",
                refused(new Writer()
                        .bytes(0x80, 2)
                        .global("os", "system")
                        .text("true")
                        .bytes(0x85, 'R', '.')));
        assertEquals(
                cannot + "it asks for __main__.Net, which is not a tensor; save model.state_dict(), not the module",
                refused(new Writer().bytes(0x80, 2).global("__main__", "Net").bytes(')', 0x81, '.')));
        assertEquals(
                cannot + "it has tensors of torch.LongStorage; only floats are read",
                refused(start().text("a")
                        .tensor("LongStorage", 0, new int[] {1}, new int[] {1})
                        .bytes('u', '.')));
        assertEquals(
                cannot + "tensor a ends after its storage",
                refused(start().text("a")
                        .tensor("FloatStorage", 1, new int[] {4}, new int[] {1})
                        .bytes('u', '.')));
        assertEquals(cannot + "its pickle is damaged", refused(start().bytes('R', '.')));
        assertEquals(
                cannot + "its pickle asks for operation 105, which no tensor needs", refused(new Writer().bytes('i')));
    }

    @Test
    void whatIsNoModelIsNamed() throws IOException {
        for (String[] kind : new String[][] {
            {"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "is a Git LFS pointer, not the file"
            },
            {"\b\7\22\6Tandem:\1\0", "is an ONNX model; a model is read from safetensors"},
            {"\u0080\2\u008a\nl\u00fc\u009cF\u00f9 j", "is a pickle, as PyTorch wrote before version 1.6"},
            {"\u0089HDF\r\n\u001a\n", "is an HDF5 file, as Keras writes; a model"},
            {"<!DOCTYPE html>", "is a web page (HTML)"},
            {"hello", "not a safetensors file that can be read"},
        }) {
            Path file = Files.write(folder.resolve("other"), kind[0].getBytes(StandardCharsets.ISO_8859_1));
            String message =
                    assertThrows(Failure.class, () -> TensorFile.read(file)).getMessage();
            assertTrue(message.startsWith(file + ": " + kind[1]), message);
        }
    }
}
