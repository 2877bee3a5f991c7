package tandem.core;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Reads the tensors of a model, whichever program wrote it: a safetensors file, or what PyTorch's {@code torch.save}
 * makes of a {@code state_dict}.
 */
public final class TensorFile {
    /** What wrappers put in front of all names: DataParallel, Lightning, torch.compile. */
    private static final List<String> WRAPPERS = List.of("module.", "model.", "_orig_mod.");

    private TensorFile() {}

    /**
     * Reads a file. A prefix that all names have because the module was wrapped is taken off.
     *
     * @throws Failure if it is missing, damaged, or something else, which the sentence names
     */
    public static Safetensors read(Path file) {
        return unwrapped(file, tensors(file));
    }

    private static Safetensors tensors(Path file) {
        FileKind kind;
        try {
            kind = FileKind.of(file);
        } catch (NoSuchFileException e) {
            throw new Failure("%s: there is no such file".formatted(file), e);
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(file, e.getMessage()), e);
        }
        return switch (kind) {
            case ZIP -> TorchFile.read(file);
            // Its reader says what is wrong with it.
            case SAFETENSORS, EMPTY, UNKNOWN, TEXT -> Safetensors.read(file);
            case PICKLE ->
                throw new Failure(
                        "%s: is a pickle, as PyTorch wrote before version 1.6; load it there and save its state_dict again"
                                .formatted(file));
            case LFS_POINTER -> throw new Failure("%s: is %s".formatted(file, kind));
            default ->
                throw new Failure(
                        "%s: is %s; a model is read from safetensors, or from what torch.save made of a state_dict"
                                .formatted(file, kind));
        };
    }

    private static Safetensors unwrapped(Path file, Safetensors stored) {
        String prefix = "";
        boolean found = true;
        while (found) {
            found = false;
            for (String wrapper : WRAPPERS) {
                String longer = prefix + wrapper;
                if (!stored.tensors().isEmpty()
                        && stored.tensors().keySet().stream().allMatch(name -> name.startsWith(longer))) {
                    prefix = longer;
                    found = true;
                }
            }
        }
        if (prefix.isEmpty()) {
            return stored;
        }
        SequencedMap<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
        for (Safetensors.Tensor tensor : stored.tensors().values()) {
            String name = tensor.shape().name().substring(prefix.length());
            tensors.put(
                    name, new Safetensors.Tensor(new Shape(name, tensor.shape().dimensions()), tensor.values()));
        }
        List<String> notes = new ArrayList<>(stored.notes());
        notes.add("%s: '%s' was taken off the names of its tensors".formatted(file, prefix));
        return new Safetensors(tensors, stored.metadata(), notes);
    }
}
