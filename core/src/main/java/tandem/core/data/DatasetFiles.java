package tandem.core.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.FileKind;
import tandem.core.Json;

/**
 * A dataset in four arrays: IDX files, npy files, or the arrays of an npz file.
 *
 * @param name name of the dataset
 * @param classes labels are below this number
 * @param files one file for each part
 * @param notes what a user should know of how they were found: sentences
 */
record DatasetFiles(String name, int classes, Map<Part, DataFile> files, List<String> notes) implements Form {
    private static final String PUT_BACK = "put the right file in its place";

    /** Entries of an npz file that are looked at; NumPy's have a handful. */
    private static final int MOST_ENTRIES = 10_000;

    /** The files on the class path under {@code /tandem/<name>}, or nothing unless all four are there. */
    static Optional<DatasetFiles> embedded(KnownDataset known) {
        Map<Part, DataFile> files = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            URL resource = DatasetFiles.class.getResource("/tandem/%s/%s.gz".formatted(known.name(), part.fileName));
            if (resource == null) {
                return Optional.empty();
            }
            files.put(part, DataFile.of(resource, "build Tandem again"));
        }
        return Optional.of(new DatasetFiles(known.name(), known.classes(), files, List.of()));
    }

    /** The files of a folder by the names that a dataset has, or nothing unless all four are there. */
    static Optional<DatasetFiles> in(Path folder, KnownDataset known, String remedy) {
        Map<Part, DataFile> files = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            Optional<Path> file = file(folder, known.fileName(part));
            if (file.isEmpty()) {
                return Optional.empty();
            }
            files.put(part, DataFile.of(file.get(), remedy));
        }
        return Optional.of(new DatasetFiles(known.name(), known.classes(), files, List.of()));
    }

    /** A file of a folder, with or without {@code .gz}; without, if both are there. */
    static Optional<Path> file(Path folder, String name) {
        return Stream.of(name, name + ".gz")
                .map(folder::resolve)
                .filter(Files::exists)
                .findFirst();
    }

    /**
     * The set of arrays among some files.
     *
     * @param place names them in sentences
     * @param candidates files with a role, none of which has both images and labels
     * @throws Failure if a file is missing, or it is not clear which are meant
     */
    static DatasetFiles among(Path place, String name, Map<Path, Role> candidates) {
        Map<String, DataFile> files = new LinkedHashMap<>();
        Map<String, Role> roles = new LinkedHashMap<>();
        for (Map.Entry<Path, Role> candidate : candidates.entrySet()) {
            Path file = candidate.getKey();
            String fileName = file.getFileName().toString();
            boolean both = fileName.endsWith(".gz")
                    && candidates.containsKey(file.resolveSibling(fileName.substring(0, fileName.length() - 3)));
            if (!both) {
                files.put(fileName, DataFile.of(file, PUT_BACK));
                roles.put(fileName, candidate.getValue());
            }
        }
        return chosen(place, name, files, roles);
    }

    /**
     * The arrays of an npz file, which is a zip archive of npy files.
     *
     * @throws Failure if it cannot be read, an array is missing, or it is not clear which are meant
     */
    static DatasetFiles npz(Path place, String name) {
        Map<String, DataFile> files = new LinkedHashMap<>();
        Map<String, Role> roles = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(place.toFile())) {
            if (zip.size() > MOST_ENTRIES) {
                throw new Failure("%s: has %s entries; an npz file of a dataset has four".formatted(place, zip.size()));
            }
            for (ZipEntry entry : Collections.list(zip.entries())) {
                Optional<Role> role = entry.getName().endsWith(".npy") ? Role.of(entry.getName()) : Optional.empty();
                // Without a role it is nothing of ours, but a sentence may name it.
                String array = Json.quoted(entry.getName());
                files.put(
                        array,
                        new DataFile(
                                "%s, %s".formatted(place, array),
                                Math.max(0, entry.getCompressedSize()),
                                () -> open(place, entry.getName()),
                                PUT_BACK,
                                true));
                role.filter(told -> told.kind() != Role.Kind.BOTH).ifPresent(told -> roles.put(array, told));
            }
        } catch (IOException | IllegalArgumentException e) {
            if (kind(place) instanceof FileKind kind && kind != FileKind.ZIP && kind != FileKind.UNKNOWN) {
                throw DataFile.of(place, PUT_BACK).wrongKind(kind, "the arrays of an npz file");
            }
            throw new Failure("%s: is not an intact npz file (%s); %s".formatted(place, e.getMessage(), PUT_BACK), e);
        }
        return chosen(place, name, files, roles);
    }

    /** What a file is; unknown if it cannot be read. */
    private static FileKind kind(Path file) {
        try {
            return FileKind.of(file);
        } catch (IOException e) {
            return FileKind.UNKNOWN;
        }
    }

    private static InputStream open(Path file, String entry) throws IOException {
        ZipFile zip = new ZipFile(file.toFile());
        try {
            return new FilterInputStream(zip.getInputStream(zip.getEntry(entry))) {
                @Override
                public void close() throws IOException {
                    zip.close();
                }
            };
        } catch (IOException e) {
            zip.close();
            throw e;
        }
    }

    /** Files by part, of one set or of all. */
    private record Arrays(String set, Map<Part, List<String>> byPart) {

        /** Those of a set, or of all if it is null; those of validation count where there are no test files. */
        static Arrays of(Map<String, Role> roles, @Nullable String set) {
            Map<Part, List<String>> byPart = new EnumMap<>(Part.class);
            for (Role.Split split : Role.Split.values()) {
                if (split == Role.Split.VALIDATION
                        && (byPart.containsKey(Part.TEST_IMAGES) || byPart.containsKey(Part.TEST_LABELS))) {
                    continue;
                }
                roles.forEach((name, role) -> {
                    if (role.split() == split && (set == null || role.set().equals(set))) {
                        byPart.computeIfAbsent(part(role), _ -> new ArrayList<>())
                                .add(name);
                    }
                });
            }
            return new Arrays(set == null ? "" : set, byPart);
        }

        private static Part part(Role role) {
            boolean images = role.kind() == Role.Kind.IMAGES;
            return role.split() == Role.Split.TRAIN
                    ? images ? Part.TRAIN_IMAGES : Part.TRAIN_LABELS
                    : images ? Part.TEST_IMAGES : Part.TEST_LABELS;
        }

        List<String> names(Part part) {
            return byPart.getOrDefault(part, List.of());
        }

        boolean whole() {
            return byPart.size() == Part.values().length;
        }

        boolean clear() {
            return whole() && byPart.values().stream().allMatch(names -> names.size() == 1);
        }
    }

    /** The one set that is whole; or, if every part is there once under whatever name, these. */
    private static DatasetFiles chosen(Path place, String name, Map<String, DataFile> files, Map<String, Role> roles) {
        Arrays all = Arrays.of(roles, null);
        List<Arrays> whole = roles.values().stream()
                .map(Role::set)
                .distinct()
                .sorted()
                .map(set -> Arrays.of(roles, set))
                .filter(Arrays::whole)
                .toList();
        if (!all.clear() && whole.size() > 1) {
            throw new Failure("%s: holds several datasets, %s; name one by its training images, such as --data %s"
                    .formatted(
                            place,
                            words(whole.stream().map(Arrays::set).toList()),
                            place.resolve(
                                    whole.getFirst().names(Part.TRAIN_IMAGES).getFirst())));
        }
        if (!all.clear() && whole.isEmpty()) {
            String missing = Stream.of(Part.values())
                    .filter(part -> all.names(part).isEmpty())
                    .map(part -> "%s (such as %s)".formatted(part.words, part.fileName))
                    .collect(Collectors.joining(", "));
            throw new Failure("%s: holds %s, and no dataset can be made of that: %s"
                    .formatted(
                            place,
                            words(files.keySet()),
                            missing.isEmpty() ? "the names do not belong together" : "missing are " + missing));
        }
        Arrays found = all.clear() ? all : whole.getFirst();
        Map<Part, DataFile> chosen = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            List<String> names = found.names(part);
            if (names.size() > 1) {
                throw new Failure("%s: %s could each be the %s; keep one of them there"
                        .formatted(place, words(names), part.words));
            }
            chosen.put(part, Objects.requireNonNull(files.get(names.getFirst())));
        }
        String tests = found.names(Part.TEST_IMAGES).getFirst();
        return new DatasetFiles(
                name,
                NumberArray.MOST_CLASSES,
                chosen,
                Objects.requireNonNull(roles.get(tests)).split() == Role.Split.VALIDATION
                        ? List.of("%s: has no test images; %s are used instead".formatted(place, tests))
                        : List.of());
    }

    private static String words(Collection<String> names) {
        List<String> shown = names.stream().sorted().limit(8).toList();
        String words = shown.stream()
                .map(name -> name.isEmpty() ? "one without a name" : name)
                .collect(Collectors.joining(", "));
        return names.size() > shown.size() ? "%s and %s more".formatted(words, names.size() - shown.size()) : words;
    }

    /** One of the files. */
    DataFile file(Part part) {
        // The code that makes this record puts one in for each part.
        return Objects.requireNonNull(files.get(part));
    }

    /** Size of all files as they lie there. */
    long bytes() {
        return files.values().stream().mapToLong(DataFile::bytes).sum();
    }

    @Override
    public String words() {
        List<String> names = files.values().stream()
                .map(file -> file.name().replaceFirst(".*[/\\\\ ]", ""))
                .toList();
        return "%s %s"
                .formatted(
                        names.stream().allMatch(name -> name.endsWith(".npy")) ? "arrays" : "IDX files",
                        String.join(", ", names));
    }

    /** Reads all files side by side and checks that they belong together. */
    @Override
    public Content read(Description description) {
        List<NumberArray> arrays = readAll();
        Labelled train = labelled(arrays, Part.TRAIN_IMAGES, Part.TRAIN_LABELS, description);
        Labelled test = labelled(arrays, Part.TEST_IMAGES, Part.TEST_LABELS, description);
        if (train.pixels().rows() != test.pixels().rows()
                || train.pixels().columns() != test.pixels().columns()) {
            throw file(Part.TEST_IMAGES)
                    .failure("its images have %sx%s pixels but those of %s have %sx%s"
                            .formatted(
                                    test.pixels().rows(),
                                    test.pixels().columns(),
                                    Part.TRAIN_IMAGES.fileName,
                                    train.pixels().rows(),
                                    train.pixels().columns()));
        }
        return new Content(train, test, List.of(), notes);
    }

    private Labelled labelled(List<NumberArray> arrays, Part images, Part labels, Description description) {
        Pixels pixels = arrays.get(images.ordinal()).pixels(file(images), description.luma());
        byte[] values = arrays.get(labels.ordinal()).labels(file(labels), name, classes);
        if (pixels.count() != values.length) {
            throw file(labels)
                    .failure("it holds %s labels but %s holds %s images"
                            .formatted(values.length, images.fileName, pixels.count()));
        }
        return new Labelled(pixels, values);
    }

    /** The content of all files, in the order of {@link Part}. */
    private List<NumberArray> readAll() {
        List<NumberArray> content = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<NumberArray>> readings = new ArrayList<>();
            for (Part part : Part.values()) {
                readings.add(threads.submit(() -> ArrayFile.read(file(part), part)));
            }
            for (Future<NumberArray> reading : readings) {
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
}
