package tandem.core.data;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;

/** Finds out in which form a dataset lies at a place. */
final class Forms {
    /** So deep below the folder that is named, if no form is found in it: {@code data/MNIST/raw}. */
    private static final int DEEPEST = 3;

    /** Names that a sentence lists. */
    private static final int LISTED = 8;

    private static final String EXPECTED =
            "expected are IDX files, an mnist.npz, CSV files, or a folder of pictures for each class; docs/data.md shows each";

    private Forms() {}

    /**
     * The form of what lies in a folder, or of a file and what belongs to it.
     *
     * @param name of the dataset
     * @throws Failure if there is none, or it is not clear which is meant
     */
    static Form at(Path place, String name) {
        if (Files.isDirectory(place)) {
            return in(place, name, 0)
                    .orElseThrow(() -> new Failure(
                            "%s: is not a dataset: it holds %s; %s".formatted(place, listed(place), EXPECTED)));
        }
        return switch (ending(place)) {
            case "parquet" -> throw parquet(place);
            case "npz" -> DatasetFiles.npz(place, name);
            case "csv" -> CsvFiles.among(place, withRoleOf(place, "csv"));
            default -> {
                Optional<Role> role = Role.of(place.getFileName().toString());
                if (role.isEmpty()) {
                    throw new Failure("%s: its name does not say that it is a dataset; %s".formatted(place, EXPECTED));
                }
                yield DatasetFiles.among(folder(place), name, ofSet(place, role.get()));
            }
        };
    }

    private static Failure parquet(Path file) {
        return new Failure(
                "%s: is a Parquet file, and these are not read; docs/data.md shows how Python makes an npz of it"
                        .formatted(file));
    }

    /** The folder of a file. */
    private static Path folder(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file lies in a folder");
    }

    /** A CSV file and the one beside it that tests, if the first says by its name that it trains. */
    private static Map<Path, @Nullable Role> withRoleOf(Path file, String ending) {
        Map<Path, @Nullable Role> chosen = new LinkedHashMap<>();
        Role own = Role.of(file.getFileName().toString()).orElse(null);
        chosen.put(file, own);
        if (own != null && own.split() == Role.Split.TRAIN) {
            for (Path other : files(folder(file))) {
                Role role = Role.of(other.getFileName().toString()).orElse(null);
                if (ending(other).equals(ending)
                        && role != null
                        && role.split() == Role.Split.TEST
                        && role.set().equals(own.set())) {
                    chosen.put(other, role);
                }
            }
        }
        return chosen;
    }

    /** The arrays of a folder that belong to the same set as one of them. */
    private static Map<Path, Role> ofSet(Path file, Role own) {
        return arrays(folder(file)).entrySet().stream()
                .filter(entry -> entry.getValue().set().equals(own.set()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a, LinkedHashMap::new));
    }

    private static Optional<Form> in(Path folder, String name, int depth) {
        Map<Path, Role> arrays = arrays(folder);
        Map<Path, @Nullable Role> tables = new LinkedHashMap<>();
        List<Path> archives = new ArrayList<>();
        for (Path file : files(folder)) {
            switch (ending(file)) {
                case "csv" ->
                    tables.put(file, Role.of(file.getFileName().toString()).orElse(null));
                case "npz" -> archives.add(file);
                case "parquet" -> throw parquet(file);
                default -> {}
            }
        }
        PictureFolders pictures = pictures(folder);
        List<String> found = new ArrayList<>();
        if (!arrays.isEmpty()) {
            found.add("IDX files");
        }
        archives.forEach(archive -> found.add(archive.getFileName().toString()));
        if (!tables.isEmpty()) {
            found.add("CSV files");
        }
        if (pictures != null) {
            found.add("folders of pictures");
        }
        if (found.size() > 1) {
            throw new Failure("%s: holds a dataset in several forms, %s; name a file or folder in it"
                    .formatted(folder, String.join(" and ", found)));
        }
        if (!arrays.isEmpty()) {
            return Optional.of(DatasetFiles.among(folder, name, arrays));
        } else if (!archives.isEmpty()) {
            return Optional.of(DatasetFiles.npz(archives.getFirst(), name));
        } else if (!tables.isEmpty()) {
            return Optional.of(CsvFiles.among(folder, tables));
        } else if (pictures != null) {
            return Optional.of(pictures);
        }
        return below(folder, name, depth);
    }

    /** The form in the only folder below that has one. */
    private static Optional<Form> below(Path folder, String name, int depth) {
        if (depth == DEEPEST) {
            return Optional.empty();
        }
        Map<Path, Form> forms = new LinkedHashMap<>();
        for (Path below : folders(folder)) {
            in(below, name, depth + 1).ifPresent(form -> forms.put(below, form));
        }
        if (forms.size() > 1) {
            throw new Failure("%s: holds datasets in %s; name one of these folders"
                    .formatted(folder, names(List.copyOf(forms.keySet()))));
        }
        return forms.values().stream().findFirst();
    }

    private static @Nullable PictureFolders pictures(Path folder) {
        List<Path> folders = folders(folder);
        Map<Role.Split, List<Path>> splits = folders.stream()
                .filter(below -> split(below) != null)
                .collect(Collectors.groupingBy(below -> Objects.requireNonNull(split(below))));
        List<Path> train = splits.getOrDefault(Role.Split.TRAIN, List.of());
        List<Path> test = splits.getOrDefault(
                splits.containsKey(Role.Split.TEST) ? Role.Split.TEST : Role.Split.VALIDATION, List.of());
        if (train.size() == 1 && test.size() <= 1) {
            List<PictureFolders.Entry> training = PictureFolders.entries(classes(train.getFirst()));
            if (!training.isEmpty()) {
                return new PictureFolders(
                        folder,
                        training,
                        test.isEmpty() ? List.of() : PictureFolders.entries(classes(test.getFirst())));
            }
        }
        List<Path> classes = classes(folder);
        return classes.size() < 2 ? null : new PictureFolders(folder, PictureFolders.entries(classes), List.of());
    }

    private static Role.@Nullable Split split(Path folder) {
        return Role.split(folder.getFileName().toString().toLowerCase(Locale.ROOT));
    }

    private static List<Path> classes(Path folder) {
        return folders(folder).stream().filter(PictureFolders::isClass).toList();
    }

    private static Map<Path, Role> arrays(Path folder) {
        Map<Path, Role> arrays = new LinkedHashMap<>();
        for (Path file : files(folder)) {
            String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
            if (name.matches(
                    ".*(idx\\d?|ubyte|-(int|short|float|double)|\\.npy|images|labels)(\\.(gz|bin|npy|idx))*")) {
                Role.of(name).filter(role -> role.kind() != Role.Kind.BOTH).ifPresent(role -> arrays.put(file, role));
            }
        }
        return arrays;
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static List<Path> files(Path folder) {
        return listed(folder, false);
    }

    private static List<Path> folders(Path folder) {
        return listed(folder, true);
    }

    /** What lies in a folder, sorted by name, without what is hidden. */
    private static List<Path> listed(Path folder, boolean folders) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path path : all) {
                String name = path.getFileName().toString();
                if (Files.isDirectory(path) == folders && !name.startsWith(".") && !name.equals("__MACOSX")) {
                    found.add(path);
                }
            }
        } catch (IOException e) {
            throw new Failure("%s: cannot be read (%s)".formatted(folder, e.getMessage()), e);
        }
        found.sort(null);
        return found;
    }

    private static String listed(Path folder) {
        List<Path> all = new ArrayList<>(files(folder));
        all.addAll(folders(folder));
        return all.isEmpty() ? "nothing" : names(all);
    }

    private static String names(List<Path> paths) {
        String words = paths.stream()
                .limit(LISTED)
                .map(path -> Json.quoted(path.getFileName().toString()))
                .collect(Collectors.joining(", "));
        return paths.size() > LISTED ? "%s and %s more".formatted(words, paths.size() - LISTED) : words;
    }
}
