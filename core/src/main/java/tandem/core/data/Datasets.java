package tandem.core.data;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.AtomicFile;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Network;

/**
 * Opens datasets, and writes them for others to open. What names a dataset, here and in recipes, is a name in the
 * catalogue, or the path of a folder or file in one of the forms that docs/data.md shows; with {@value #TRANSPOSED} in
 * front, rows and columns of its images are swapped.
 */
public final class Datasets {
    /** In front of a dataset whose images are to be transposed. */
    public static final String TRANSPOSED = "transposed:";

    private Datasets() {}

    /**
     * Reads a dataset of this machine into memory, without touching the network.
     *
     * @param dataset what names it
     * @throws Failure if there is no such dataset, it is not on this machine, or one of its files is bad
     */
    public static Dataset open(String dataset) {
        Catalogue catalogue = Catalogue.ofUser();
        boolean transposed = isTransposed(dataset);
        String name = untransposed(dataset);
        if (catalogue.names().contains(name)) {
            return catalogue.open(name, dataset, transposed);
        }
        Path place = place(catalogue, name);
        Description description = Description.beside(place);
        return read(Forms.at(place, name), description, dataset, transposed, null, 0);
    }

    /** Whether images of a dataset are transposed when they are read, because its name says so. */
    public static boolean isTransposed(String dataset) {
        return dataset.startsWith(TRANSPOSED);
    }

    private static String untransposed(String dataset) {
        return isTransposed(dataset) ? dataset.substring(TRANSPOSED.length()) : dataset;
    }

    /**
     * In which form a dataset that is not in the catalogue lies, in words.
     *
     * @throws Failure as {@link #open(String)}
     */
    public static String form(String dataset) {
        String name = untransposed(dataset);
        return Forms.at(place(Catalogue.ofUser(), name), name).words();
    }

    /**
     * How pixels of a dataset become inputs; of one in the catalogue without reading it.
     *
     * @param dataset what names it
     * @throws Failure if there is no such dataset, or a file of it is bad
     */
    public static Normalisation normalisation(String dataset) {
        String name = untransposed(dataset);
        return KnownDataset.ALL.stream()
                .filter(known -> known.name().equals(name))
                .flatMap(known -> Stream.ofNullable(known.normalisation()))
                .findFirst()
                .orElseGet(() -> open(dataset).train().normalisation());
    }

    /**
     * Reads a dataset into memory; one of the catalogue that is not on this machine is fetched first.
     *
     * @param dataset what names it
     * @param offline whether the network may not be touched
     * @throws Failure if there is no such dataset, it cannot be fetched, or one of its files is bad
     */
    public static Dataset open(String dataset, boolean offline, DownloadProgress progress) {
        Catalogue catalogue = Catalogue.ofUser();
        String name = untransposed(dataset);
        if (catalogue.names().contains(name)) {
            catalogue.fetch(name, offline, progress);
        }
        return open(dataset);
    }

    /**
     * Reads a form and checks that a network can be trained on it.
     *
     * @param name of the dataset that it becomes
     * @param transposed whether its images are to be transposed, beside what its description says
     * @param normalisation how pixels become inputs, or null to compute it from the training images
     * @param classes number of classes, or 0 to take the largest label plus one
     */
    static Dataset read(
            Form form,
            Description description,
            String name,
            boolean transposed,
            @Nullable Normalisation normalisation,
            int classes) {
        Content content = form.read(description);
        Pixels train = description.applied(content.train().pixels());
        Pixels test = description.applied(content.test().pixels());
        if (transposed) {
            train = train.transposed();
            test = test.transposed();
        }
        try {
            Network.SEED.forImages(train.rows(), train.columns(), Network.SEED.classes());
        } catch (Failure e) {
            throw new Failure("%s: %s".formatted(name, e.getMessage()), e);
        }
        if (content.train().labels().length == 0 || content.test().labels().length == 0) {
            throw new Failure("%s: has %s training images and %s test images; both are needed"
                    .formatted(
                            name,
                            content.train().labels().length,
                            content.test().labels().length));
        }
        int largest = Math.max(
                largest(content.train().labels()), largest(content.test().labels()));
        Normalisation table = normalisation == null ? Normalisation.of(train.values()) : normalisation;
        if (table.standardDeviation() == 0) {
            throw new Failure(
                    "%s: all pixels of its training images are equal, so there is nothing to learn".formatted(name));
        }
        List<String> names = description.classes() != null ? description.classes() : content.classes();
        return new Dataset(
                name,
                classes == 0 ? Math.max(2, largest + 1) : classes,
                new Images(
                        train.rows(),
                        train.columns(),
                        train.values(),
                        content.train().labels(),
                        table),
                new Images(
                        test.rows(),
                        test.columns(),
                        test.values(),
                        content.test().labels(),
                        table),
                names,
                transposed != description.transposes(),
                content.notes());
    }

    private static int largest(byte[] labels) {
        int largest = 0;
        for (byte label : labels) {
            largest = Math.max(largest, label & 0xff);
        }
        return largest;
    }

    /**
     * Writes a dataset's four IDX files, not compressed, into a folder, and a description where its classes have names.
     *
     * @throws Failure if a file cannot be written
     */
    public static void write(Dataset data, Path folder) {
        write(data.train(), folder, Part.TRAIN_IMAGES, Part.TRAIN_LABELS);
        write(data.test(), folder, Part.TEST_IMAGES, Part.TEST_LABELS);
        if (!data.classNames().isEmpty()) {
            Json.write(folder.resolve(Description.FILE), Map.of("classes", data.classNames()));
        }
    }

    private static void write(Images images, Path folder, Part imagesPart, Part labelsPart) {
        AtomicFile.write(folder.resolve(imagesPart.fileName), out -> {
            out.write(ByteBuffer.allocate(4 * Integer.BYTES)
                    .putInt(imagesPart.magic)
                    .putInt(images.count())
                    .putInt(images.rows())
                    .putInt(images.columns())
                    .array());
            out.write(images.pixels());
        });
        AtomicFile.write(folder.resolve(labelsPart.fileName), out -> {
            out.write(ByteBuffer.allocate(2 * Integer.BYTES)
                    .putInt(labelsPart.magic)
                    .putInt(images.count())
                    .array());
            for (int i = 0; i < images.count(); i++) {
                out.write(images.label(i));
            }
        });
    }

    private static Path place(Catalogue catalogue, String dataset) {
        Path place;
        try {
            place = Path.of(dataset);
        } catch (InvalidPathException e) {
            throw unknown(catalogue, dataset);
        }
        if (!Files.exists(place)) {
            throw unknown(catalogue, dataset);
        }
        return place;
    }

    private static Failure unknown(Catalogue catalogue, String dataset) {
        return new Failure(
                "dataset '%s' is neither in the catalogue (%s) nor a folder or file; give one or the other; of a run whose images have moved, say where with --data"
                        .formatted(dataset, String.join(", ", catalogue.names())));
    }
}
