package tandem.core.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;

/**
 * A dataset as Kaggle has them: a line for each image, its label and its pixels.
 *
 * @param train training images, or all of them
 * @param test test images, or null if there are none
 */
record CsvFiles(DataFile train, @Nullable DataFile test) implements Form {

    /**
     * Those that are meant among the CSV files of a folder: the one for training and the one for testing, or the only
     * one.
     *
     * @param candidates with their roles, or null for a file without
     * @throws Failure if it is not clear which are meant
     */
    static CsvFiles among(Path place, Map<Path, @Nullable Role> candidates) {
        List<Path> train = of(candidates, Role.Split.TRAIN);
        List<Path> test = of(candidates, Role.Split.TEST);
        if (train.size() == 1 && test.size() <= 1) {
            return new CsvFiles(file(train.getFirst()), test.isEmpty() ? null : file(test.getFirst()));
        }
        if (candidates.size() == 1) {
            return new CsvFiles(file(candidates.keySet().iterator().next()), null);
        }
        throw new Failure("%s: holds the CSV files %s; name one of them, or have one train.csv and one test.csv there"
                .formatted(
                        place,
                        candidates.keySet().stream()
                                .map(path -> path.getFileName().toString())
                                .sorted()
                                .limit(8)
                                .collect(Collectors.joining(", "))));
    }

    private static List<Path> of(Map<Path, @Nullable Role> candidates, Role.Split split) {
        return candidates.keySet().stream()
                .filter(path -> {
                    Role role = candidates.get(path);
                    return role != null && role.split() == split;
                })
                .toList();
    }

    private static DataFile file(Path path) {
        return DataFile.of(path, "put the right file in its place");
    }

    @Override
    public String words() {
        return test == null ? "CSV file " + train.name() : "CSV files %s and %s".formatted(train.name(), test.name());
    }

    @Override
    public Content read(Description description) {
        Csv training = Csv.read(train, description);
        Labelled all = training.labelled(train);
        if (test == null) {
            return Content.split(all, List.of(), "%s: is the only file".formatted(train.name()));
        }
        Csv tests = Csv.read(test, description);
        if (tests.labels() == null) {
            return Content.split(all, List.of(), "%s: has no labels and is left out".formatted(test.name()));
        }
        Labelled other = tests.labelled(Objects.requireNonNull(test));
        if (other.pixels().rows() != all.pixels().rows()
                || other.pixels().columns() != all.pixels().columns()) {
            throw test.failure("its images have %sx%s pixels but those of %s have %sx%s"
                    .formatted(
                            other.pixels().rows(),
                            other.pixels().columns(),
                            train.name(),
                            all.pixels().rows(),
                            all.pixels().columns()));
        }
        return new Content(all, other, List.of(), List.of());
    }
}
