package tandem.core.data;

import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import tandem.core.Failure;

/** Opens datasets. */
public final class Datasets {
    /** Constants of PyTorch's MNIST example: mean and standard deviation of all training pixels, to four decimals. */
    private static final Normalisation MNIST = new Normalisation(0.1307, 0.3081);

    private Datasets() {}

    /**
     * Reads a dataset into memory.
     *
     * @param dataset a name in the catalogue, or a folder of IDX files
     * @throws Failure if there is no such dataset or one of its files is bad
     */
    public static Dataset open(String dataset) {
        return dataset.equals("mnist")
                ? embedded().read(MNIST, 10)
                : folder(dataset).read(null, 0);
    }

    private static DatasetFiles embedded() {
        Map<Part, DataFile> files = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            String path = "/tandem/mnist/" + part.fileName + ".gz";
            URL resource = Datasets.class.getResource(path);
            if (resource == null) {
                throw new Failure(
                        "mnist: %s is not on the class path; add the module tandem-mnist to it".formatted(path));
            }
            files.put(part, DataFile.of(resource, "build Tandem again"));
        }
        return new DatasetFiles("mnist", files);
    }

    static DatasetFiles folder(String dataset) {
        Path folder = Path.of(dataset);
        if (!Files.isDirectory(folder)) {
            throw new Failure("dataset '%s' is neither in the catalogue (mnist) nor a folder; give one or the other"
                    .formatted(dataset));
        }
        Map<Part, DataFile> files = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            Path plain = folder.resolve(part.fileName);
            Path gzip = folder.resolve(part.fileName + ".gz");
            if (!Files.exists(plain) && !Files.exists(gzip)) {
                throw new Failure(
                        "%s: file %s is missing, with or without .gz; put it there".formatted(folder, part.fileName));
            }
            files.put(part, DataFile.of(Files.exists(plain) ? plain : gzip, "put an intact copy in its place"));
        }
        return new DatasetFiles(dataset, files);
    }
}
