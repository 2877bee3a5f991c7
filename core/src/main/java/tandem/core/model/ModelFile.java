package tandem.core.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Model;
import tandem.core.Network;
import tandem.core.Parameters;
import tandem.core.Safetensors;
import tandem.core.Shape;
import tandem.core.TensorFile;
import tandem.core.data.Dataset;
import tandem.core.data.Normalisation;
import tools.jackson.core.JacksonException;

/**
 * A trained model and what it was trained on. A file of Tandem says so in safetensors' metadata, as texts; a file of
 * others says less.
 *
 * @param model sizes and parameters
 * @param normalisation how pixels became inputs; null if the file does not say
 * @param transposed whether rows and columns of the images were swapped before training, so that digits stood upright
 * @param classNames names of the classes in the order of their labels; empty if the file does not say
 * @param recipe fingerprint of the recipe, without epochs and where the images lay; null if the file does not say
 * @param images fingerprint of the images; null if the file does not say
 * @param notes what a user should know of how it was read: sentences
 */
public record ModelFile(
        Model model,
        @Nullable Normalisation normalisation,
        boolean transposed,
        List<String> classNames,
        @Nullable String recipe,
        @Nullable String images,
        List<String> notes) {
    private static final String ROWS = "rows";
    private static final String COLUMNS = "columns";
    private static final String MEAN = "mean";
    private static final String STANDARD_DEVIATION = "standardDeviation";
    private static final String TRANSPOSED = "transposed";
    private static final String CLASS_NAMES = "classNames";
    private static final String RECIPE = "recipe";
    private static final String IMAGES = "images";

    /** A model that a program trained. */
    public static ModelFile trained(Model model, Dataset data) {
        return new ModelFile(
                model, data.train().normalisation(), data.transposed(), data.names(), null, null, List.of());
    }

    /**
     * A model that was trained here.
     *
     * @param data what it was trained on
     * @param recipe fingerprint of the recipe
     * @param images fingerprint of the images
     */
    public static ModelFile trained(Model model, Dataset data, String recipe, String images) {
        return new ModelFile(
                model, data.train().normalisation(), data.transposed(), data.names(), recipe, images, List.of());
    }

    /**
     * Reads a file with PyTorch's names and layouts, see {@link TensorFile}. The sizes of images are those that its
     * metadata says, or those that are given; otherwise those that the shapes of its tensors tell, if only one size is
     * possible: pooled images of 12x12 have as many values as those of 8x18.
     *
     * @param size of the images, where the file does not say it; null if it is not known
     * @throws Failure if the file cannot be read, its tensors are not those of such a network, a parameter is not
     *     finite, or the size of the images is not known
     */
    public static ModelFile read(Path file, @Nullable ImageSize size) {
        Safetensors stored = TensorFile.read(file);
        Map<String, String> metadata = stored.metadata();
        try {
            ImageSize said = said(metadata);
            if (said != null && size != null && !said.equals(size)) {
                throw new Failure("it says that its images are %s, not %s".formatted(said, size));
            }
            Network network = network(stored, said == null ? size : said);
            Parameters parameters = Parameters.of(network, stored);
            finite(parameters);
            List<String> notes = new ArrayList<>(stored.notes());
            if (said == null && size == null) {
                notes.add(
                        "%s: does not say how large its images are; its tensors fit %s alone, if it is this network: two convolutions, then one pooling"
                                .formatted(file, ImageSize.of(network)));
            }
            return new ModelFile(
                    new Model(network, parameters),
                    normalisation(metadata),
                    "true".equals(metadata.get(TRANSPOSED)),
                    classNames(metadata, network.classes()),
                    metadata.get(RECIPE),
                    metadata.get(IMAGES),
                    notes);
        } catch (Failure e) {
            throw new Failure("%s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /**
     * Writes a safetensors file with metadata. Equal models of equal runs give equal bytes.
     *
     * @throws Failure if it cannot be written
     */
    public void write(Path file) {
        Network network = model.network();
        SequencedMap<String, String> metadata = new LinkedHashMap<>();
        // As the safetensors package of Python writes it, which some of its readers ask for.
        metadata.put("format", "pt");
        metadata.put(ROWS, String.valueOf(network.rows()));
        metadata.put(COLUMNS, String.valueOf(network.columns()));
        metadata.put("channels", "1");
        metadata.put("classes", String.valueOf(network.classes()));
        if (normalisation != null) {
            metadata.put(MEAN, String.valueOf(normalisation.mean()));
            metadata.put(STANDARD_DEVIATION, String.valueOf(normalisation.standardDeviation()));
        }
        metadata.put(TRANSPOSED, String.valueOf(transposed));
        if (!classNames.isEmpty()) {
            metadata.put(CLASS_NAMES, Json.line(classNames));
        }
        if (recipe != null) {
            metadata.put(RECIPE, recipe);
        }
        if (images != null) {
            metadata.put(IMAGES, images);
        }
        Safetensors.of(model.parameters().tensors(), metadata).write(file);
    }

    private static @Nullable ImageSize said(Map<String, String> metadata) {
        String rows = metadata.get(ROWS);
        String columns = metadata.get(COLUMNS);
        return rows == null || columns == null ? null : ImageSize.parse(rows + "x" + columns);
    }

    private static @Nullable Normalisation normalisation(Map<String, String> metadata) {
        String mean = metadata.get(MEAN);
        String deviation = metadata.get(STANDARD_DEVIATION);
        if (mean == null || deviation == null) {
            return null;
        }
        try {
            return new Normalisation(Double.parseDouble(mean), Double.parseDouble(deviation));
        } catch (NumberFormatException e) {
            throw new Failure(
                    "its metadata has the mean '%s' and the standard deviation '%s', which are not numbers"
                            .formatted(Json.quoted(mean), Json.quoted(deviation)),
                    e);
        }
    }

    private static List<String> classNames(Map<String, String> metadata, int classes) {
        String names = metadata.get(CLASS_NAMES);
        if (names == null) {
            return List.of();
        }
        try {
            List<String> parsed = List.of(Json.parse(names, String[].class));
            if (parsed.size() != classes) {
                throw new Failure("its metadata names %s classes, and it has %s".formatted(parsed.size(), classes));
            }
            return parsed.stream().map(Json::quoted).toList();
        } catch (JacksonException | NullPointerException e) {
            throw new Failure(
                    "its metadata has '%s' where names of classes should be".formatted(Json.quoted(names)), e);
        }
    }

    private static Network network(Safetensors stored, @Nullable ImageSize size) {
        List<Integer> conv1 = dimensions(stored, "conv1.weight", 4);
        List<Integer> conv2 = dimensions(stored, "conv2.weight", 4);
        List<Integer> fc1 = dimensions(stored, "fc1.weight", 2);
        List<Integer> fc2 = dimensions(stored, "fc2.weight", 2);
        int channels = conv2.getFirst();
        int features = fc1.get(1);
        if (channels == 0 || features % channels != 0 || features == 0) {
            throw new Failure("fc1.weight has %s inputs, which do not make an image of %s channels"
                    .formatted(features, channels));
        }
        ImageSize known = size == null ? only(features / channels) : size;
        Network network = new Network(
                known.rows(), known.columns(), fc2.getFirst(), conv1.getFirst(), channels, fc1.getFirst(), 0, 0);
        if (network.features() != features) {
            throw new Failure("fc1.weight has %s inputs, and images of %s would need %s"
                    .formatted(features, known, network.features()));
        }
        return network;
    }

    /**
     * The only size of images whose pooling has this number of positions. Sides of 1 are not images, and an odd last
     * row or column, which goes no further than the pooling, is taken not to be there.
     */
    private static ImageSize only(int positions) {
        List<ImageSize> possible = new ArrayList<>();
        for (int rows = 2; rows <= positions / 2; rows++) {
            if (positions % rows == 0) {
                possible.add(new ImageSize(side(rows), side(positions / rows)));
            }
        }
        if (possible.size() == 1) {
            return possible.getFirst();
        }
        if (possible.isEmpty()) {
            throw new Failure(
                    "fc1.weight has inputs of %s positions, which no image of usual size has; say the size with --image-size"
                            .formatted(positions));
        }
        // The likeliest first: the least different sides.
        String sizes = possible.stream()
                .sorted(Comparator.comparingInt(size -> Math.abs(size.rows() - size.columns())))
                .limit(3)
                .map(ImageSize::toString)
                .collect(Collectors.joining(", "));
        throw new Failure(
                "it does not say how large its images are, and its tensors fit several sizes, such as %s; say which with --image-size, such as --image-size %s"
                        .formatted(sizes, sizes.replaceFirst(",.*", "")));
    }

    private static int side(int pooled) {
        return Network.POOL * pooled + 2 * (Network.KERNEL - 1);
    }

    private static List<Integer> dimensions(Safetensors stored, String name, int count) {
        Safetensors.Tensor tensor = stored.tensors().get(name);
        if (tensor == null) {
            throw new Failure(
                    "holds no tensor %s but %s; give a model.safetensors that 'tandem train' wrote, or another of the same network"
                            .formatted(name, names(stored)));
        }
        List<Integer> dimensions = tensor.shape().dimensions();
        if (dimensions.size() != count) {
            throw new Failure("tensor %s has %s dimensions, not %s; give a model.safetensors that 'tandem train' wrote"
                    .formatted(tensor.shape(), dimensions.size(), count));
        }
        return dimensions;
    }

    private static String names(Safetensors stored) {
        List<String> names = List.copyOf(stored.tensors().keySet());
        String shown = names.stream().limit(4).collect(Collectors.joining(", "));
        return names.isEmpty()
                ? "none"
                : names.size() > 4 ? "%s and %s more".formatted(shown, names.size() - 4) : shown;
    }

    private static void finite(Parameters parameters) {
        for (Shape shape : parameters.shapes()) {
            for (float value : parameters.get(shape.name())) {
                if (!Float.isFinite(value)) {
                    throw new Failure(
                            "tensor %s holds %s, not only numbers; the model is broken, as of a training that diverged"
                                    .formatted(shape.name(), value));
                }
            }
        }
    }
}
