package tandem.core.data;

import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Network;

/**
 * The four files of one dataset.
 *
 * @param name name of the dataset
 * @param files one file for each part
 */
record DatasetFiles(String name, Map<Part, DataFile> files) {

    /** The files on the class path under {@code /tandem/<name>}, or nothing unless all four are there. */
    static Optional<DatasetFiles> embedded(String name) {
        Map<Part, DataFile> files = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            URL resource = DatasetFiles.class.getResource("/tandem/%s/%s.gz".formatted(name, part.fileName));
            if (resource == null) {
                return Optional.empty();
            }
            files.put(part, DataFile.of(resource, "build Tandem again"));
        }
        return Optional.of(new DatasetFiles(name, files));
    }

    /** The files of a folder, or nothing unless all four are there. */
    static Optional<DatasetFiles> in(Path folder, String name, String remedy) {
        Map<Part, DataFile> files = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            Optional<Path> file = file(folder, part);
            if (file.isEmpty()) {
                return Optional.empty();
            }
            files.put(part, DataFile.of(file.get(), remedy));
        }
        return Optional.of(new DatasetFiles(name, files));
    }

    /** A file of a folder, with or without {@code .gz}; without, if both are there. */
    static Optional<Path> file(Path folder, Part part) {
        return Stream.of(part.fileName, part.fileName + ".gz")
                .map(folder::resolve)
                .filter(Files::exists)
                .findFirst();
    }

    /** One of the files. */
    DataFile file(Part part) {
        // Both ways to make this record put one in for each part.
        return Objects.requireNonNull(files.get(part));
    }

    /** Size of all files as they lie there. */
    long bytes() {
        return files.values().stream().mapToLong(DataFile::bytes).sum();
    }

    /**
     * Reads all files side by side and checks that they belong together.
     *
     * @param normalisation how pixels become inputs, or null to compute it from the training images
     * @param classes number of classes, or 0 to take the largest label plus one
     * @throws Failure if a file is bad, files disagree, or the network cannot take the images
     */
    Dataset read(@Nullable Normalisation normalisation, int classes) {
        List<Idx> content = readAll();
        Idx trainImages = content.get(Part.TRAIN_IMAGES.ordinal());
        Idx testImages = content.get(Part.TEST_IMAGES.ordinal());
        checkCounts(content, Part.TRAIN_IMAGES, Part.TRAIN_LABELS);
        checkCounts(content, Part.TEST_IMAGES, Part.TEST_LABELS);
        if (trainImages.rows() != testImages.rows() || trainImages.columns() != testImages.columns()) {
            throw file(Part.TEST_IMAGES)
                    .failure("its images have %sx%s pixels but those of %s have %sx%s"
                            .formatted(
                                    testImages.rows(),
                                    testImages.columns(),
                                    Part.TRAIN_IMAGES.fileName,
                                    trainImages.rows(),
                                    trainImages.columns()));
        }
        int used = classes(content, classes);
        try {
            Network.SEED.forImages(trainImages.rows(), trainImages.columns(), used);
        } catch (Failure e) {
            throw new Failure("%s: %s".formatted(name, e.getMessage()), e);
        }
        Normalisation table = normalisation == null ? normalisation(trainImages) : normalisation;
        return new Dataset(
                name,
                used,
                images(trainImages, content.get(Part.TRAIN_LABELS.ordinal()), table),
                images(testImages, content.get(Part.TEST_LABELS.ordinal()), table));
    }

    /** The content of all files, in the order of {@link Part}. */
    private List<Idx> readAll() {
        List<Idx> content = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Idx>> readings = new ArrayList<>();
            for (Part part : Part.values()) {
                readings.add(threads.submit(() -> Idx.read(file(part), part)));
            }
            for (Future<Idx> reading : readings) {
                content.add(reading.get());
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                // Such as lack of memory, which is not the file's fault.
                throw error;
            }
            throw new IllegalStateException("%s: reading failed".formatted(name), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("%s: reading was interrupted; start again".formatted(name), e);
        }
        return content;
    }

    private void checkCounts(List<Idx> content, Part images, Part labels) {
        int imageCount = content.get(images.ordinal()).count();
        int labelCount = content.get(labels.ordinal()).count();
        if (imageCount != labelCount) {
            throw file(labels)
                    .failure("it holds %s labels but %s holds %s images"
                            .formatted(labelCount, images.fileName, imageCount));
        }
    }

    private int classes(List<Idx> content, int classes) {
        int largest = 0;
        for (Part part : List.of(Part.TRAIN_LABELS, Part.TEST_LABELS)) {
            int label = content.get(part.ordinal()).largest();
            if (classes != 0 && label >= classes) {
                throw file(part)
                        .failure("label %s is out of range, %s has %s classes, 0 to %s"
                                .formatted(label, name, classes, classes - 1));
            }
            largest = Math.max(largest, label);
        }
        if (largest == 0) {
            throw file(Part.TRAIN_LABELS).failure("every label is 0, but a network needs at least two classes");
        }
        return classes == 0 ? largest + 1 : classes;
    }

    private Normalisation normalisation(Idx trainImages) {
        Normalisation computed = Normalisation.of(trainImages.values());
        if (computed.standardDeviation() == 0) {
            throw file(Part.TRAIN_IMAGES).failure("all its pixels are equal, there is nothing to learn");
        }
        return computed;
    }

    private static Images images(Idx images, Idx labels, Normalisation normalisation) {
        return new Images(images.rows(), images.columns(), images.values(), labels.values(), normalisation);
    }
}
