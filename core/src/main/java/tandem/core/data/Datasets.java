package tandem.core.data;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import tandem.core.AtomicFile;
import tandem.core.Failure;

/** Opens datasets, and writes them for others to open. */
public final class Datasets {
    private Datasets() {}

    /**
     * Reads a dataset of this machine into memory, without touching the network.
     *
     * @param dataset a name in the catalogue, or a folder of IDX files
     * @throws Failure if there is no such dataset, it is not on this machine, or one of its files is bad
     */
    public static Dataset open(String dataset) {
        Catalogue catalogue = Catalogue.ofUser();
        return catalogue.names().contains(dataset)
                ? catalogue.open(dataset)
                : folder(catalogue, dataset).read(null, 0);
    }

    /**
     * How pixels of a dataset become inputs; of one in the catalogue without reading it.
     *
     * @param dataset a name in the catalogue, or a folder of IDX files
     * @throws Failure if there is no such dataset, or a file of a folder is bad
     */
    public static Normalisation normalisation(String dataset) {
        return KnownDataset.ALL.stream()
                .filter(known -> known.name().equals(dataset))
                .map(KnownDataset::normalisation)
                .findFirst()
                .orElseGet(() -> open(dataset).train().normalisation());
    }

    /**
     * Reads a dataset into memory; one of the catalogue that is not on this machine is fetched first.
     *
     * @param dataset a name in the catalogue, or a folder of IDX files
     * @param offline whether the network may not be touched
     * @throws Failure if there is no such dataset, it cannot be fetched, or one of its files is bad
     */
    public static Dataset open(String dataset, boolean offline, DownloadProgress progress) {
        Catalogue catalogue = Catalogue.ofUser();
        if (catalogue.names().contains(dataset)) {
            catalogue.fetch(dataset, offline, progress);
        }
        return open(dataset);
    }

    /**
     * Writes a dataset's four IDX files, not compressed, into a folder.
     *
     * @throws Failure if a file cannot be written
     */
    public static void write(Dataset data, Path folder) {
        write(data.train(), folder, Part.TRAIN_IMAGES, Part.TRAIN_LABELS);
        write(data.test(), folder, Part.TEST_IMAGES, Part.TEST_LABELS);
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

    private static DatasetFiles folder(Catalogue catalogue, String dataset) {
        Path folder;
        try {
            folder = Path.of(dataset);
        } catch (InvalidPathException e) {
            throw unknown(catalogue, dataset);
        }
        if (!Files.isDirectory(folder)) {
            throw unknown(catalogue, dataset);
        }
        for (Part part : Part.values()) {
            if (DatasetFiles.file(folder, part).isEmpty()) {
                throw new Failure(
                        "%s: file %s is missing, with or without .gz; put it there".formatted(folder, part.fileName));
            }
        }
        return DatasetFiles.in(folder, dataset, "put an intact copy in its place")
                .orElseThrow();
    }

    private static Failure unknown(Catalogue catalogue, String dataset) {
        return new Failure("dataset '%s' is neither in the catalogue (%s) nor a folder; give one or the other"
                .formatted(dataset, String.join(", ", catalogue.names())));
    }
}
