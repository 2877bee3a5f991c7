package tandem.core;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import tandem.core.Safetensors.Tensor;
import tandem.core.Safetensors.Type;

/**
 * What {@code torch.save} of PyTorch 1.6 and later makes of a {@code state_dict}: a zip archive, not compressed, with
 * {@code data.pkl}, which names the tensors, and a file of values for each of their storages. The pickle is read as
 * {@link Pickle} says: no code is run.
 */
final class TorchFile {
    private static final String PICKLE = "data.pkl";

    /** Entries of the largest archive that is read; ours would have a dozen. */
    private static final int MOST_ENTRIES = 10_000;

    /** What a checkpoint calls the state_dict in it. */
    private static final List<String> STATE = List.of("state_dict", "model_state_dict", "model");

    private final Path file;
    private final ZipFile zip;
    private final String root;
    private final Map<String, ByteBuffer> storages = new HashMap<>();
    private final List<Type> types = new ArrayList<>();
    private long valuesLeft;
    private long bytesLeft;

    private TorchFile(Path file, ZipFile zip, String root, long size) {
        this.file = file;
        this.zip = zip;
        this.root = root;
        // Tensors may share a storage, and 16 bits become 32, but not more than this.
        valuesLeft = size;
        bytesLeft = size;
    }

    /**
     * Reads a file. Takes at most 6 times its size, and 64 times that of the pickle in it.
     *
     * @throws Failure if it is not such an archive, or holds anything but tensors of floats
     */
    static Safetensors read(Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.size() > MOST_ENTRIES) {
                throw malformed(file, "it has %s entries".formatted(zip.size()));
            }
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName();
                if (name.equals(PICKLE) || name.endsWith("/" + PICKLE)) {
                    String root = name.substring(0, name.length() - PICKLE.length());
                    return new TorchFile(file, zip, root, Files.size(file)).read(entry);
                }
            }
            throw malformed(file, "it has no " + PICKLE);
        } catch (IOException | IllegalArgumentException e) {
            throw malformed(file, "its zip archive is damaged (%s)".formatted(e.getMessage()));
        }
    }

    private Safetensors read(ZipEntry pickle) throws IOException {
        ZipEntry order = zip.getEntry(root + "byteorder");
        if (order != null && new String(bytes(order), StandardCharsets.UTF_8).startsWith("big")) {
            throw malformed(file, "its values are big-endian");
        }
        Object top = Pickle.read(bytes(pickle), reason -> malformed(file, reason));
        if (!(top instanceof Map<?, ?> all)) {
            throw malformed(file, "it holds no state_dict");
        }
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : state(all).entrySet()) {
            if (!(entry.getKey() instanceof String name) || !(entry.getValue() instanceof Pickle.TensorView view)) {
                throw malformed(file, "'%s' in it is not a tensor; save model.state_dict()".formatted(entry.getKey()));
            }
            tensors.put(name, tensor(name, view));
        }
        return new Safetensors(tensors, new LinkedHashMap<>(), Type.note(file, types));
    }

    /** The map itself if it has tensors; or the one in it that checkpoints have under a usual name. */
    private static Map<?, ?> state(Map<?, ?> all) {
        if (all.values().stream().noneMatch(Pickle.TensorView.class::isInstance)) {
            for (String name : STATE) {
                if (all.get(name) instanceof Map<?, ?> state) {
                    return state;
                }
            }
        }
        return all;
    }

    private Tensor tensor(String name, Pickle.TensorView view) throws IOException {
        Type type = view.storage().type();
        types.add(type);
        long count = 1;
        long last = view.offset();
        for (int i = 0; i < view.sizes().size(); i++) {
            long size = view.sizes().get(i);
            long stride = view.strides().get(i);
            if (size < 0 || size > Integer.MAX_VALUE || stride < 0 || stride > Integer.MAX_VALUE) {
                throw malformed(file, "tensor %s has the sizes %s".formatted(name, view.sizes()));
            }
            // Neither overflows: what is too much ends here.
            count = size == 0 ? 0 : count * size;
            last += Math.max(0, size - 1) * stride;
            if (count > valuesLeft || last > Integer.MAX_VALUE) {
                throw malformed(file, "tensor %s has more values than the file".formatted(name));
            }
        }
        valuesLeft -= count;
        ByteBuffer values = storage(view.storage());
        if (view.offset() < 0 || count > 0 && (last + 1) * type.bytes > values.capacity()) {
            throw malformed(file, "tensor %s ends after its storage".formatted(name));
        }
        float[] floats = new float[(int) count];
        int[] index = new int[view.sizes().size()];
        for (int i = 0; i < floats.length; i++) {
            long at = view.offset();
            for (int d = 0; d < index.length; d++) {
                at += index[d] * view.strides().get(d);
            }
            type.floats(values.position((int) (at * type.bytes)), floats, i, 1);
            for (int d = index.length - 1; d >= 0 && ++index[d] == view.sizes().get(d); d--) {
                index[d] = 0;
            }
        }
        return new Tensor(
                new Shape(name, view.sizes().stream().map(Long::intValue).toList()), floats);
    }

    private ByteBuffer storage(Pickle.Storage storage) throws IOException {
        ByteBuffer known = storages.get(storage.key());
        if (known != null) {
            return known;
        }
        ZipEntry entry = zip.getEntry(root + "data/" + storage.key());
        if (entry == null) {
            throw malformed(file, "it has no values of storage '%s'".formatted(storage.key()));
        }
        ByteBuffer values = ByteBuffer.wrap(bytes(entry)).order(ByteOrder.LITTLE_ENDIAN);
        storages.put(storage.key(), values);
        return values;
    }

    private byte[] bytes(ZipEntry entry) throws IOException {
        if (entry.getMethod() != ZipEntry.STORED) {
            throw malformed(file, "%s in it is compressed, which torch.save does not do".formatted(entry.getName()));
        }
        // Entries may lie over each other.
        bytesLeft -= entry.getSize();
        if (entry.getSize() < 0 || bytesLeft < 0) {
            throw malformed(file, "it has more values than bytes");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readNBytes((int) Math.min(entry.getSize(), Integer.MAX_VALUE));
        }
    }

    private static Failure malformed(Path file, String reason) {
        return new Failure(
                "%s: not a state_dict of torch.save that can be read: %s".formatted(file, Json.quoted(reason)));
    }
}
