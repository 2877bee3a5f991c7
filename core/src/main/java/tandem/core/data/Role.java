package tandem.core.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a file of a dataset is, as its name says: {@code train-images-idx3-ubyte}, {@code t10k-labels.idx1-ubyte.gz},
 * {@code emnist-letters-test-images-idx3-ubyte}, {@code x_train.npy}, {@code mnist_train.csv}.
 *
 * @param set the name without the words that say the role, such as {@code emnist-letters}; often empty
 * @param split of which images
 * @param kind images, labels, or both
 */
record Role(String set, Split split, Kind kind) {
    /** Of which images a file tells. */
    enum Split {
        TRAIN,
        TEST,
        VALIDATION
    }

    /** What a file tells of them. */
    enum Kind {
        IMAGES,
        LABELS,
        BOTH
    }

    private static final Set<String> TRAIN = Set.of("train", "training");
    private static final Set<String> TEST = Set.of("test", "testing", "t10k");
    private static final Set<String> VALIDATION = Set.of("val", "valid", "validation");
    private static final Set<String> IMAGES = Set.of("images", "image", "imgs", "img", "x");
    private static final Set<String> LABELS = Set.of("labels", "label", "y");

    /** Words that say how the values lie. */
    private static final String FORM = "idx\\d?|ubyte|byte|short|int|float|double|npy|csv|gz|bin|parquet";

    /** Of a file's name; nothing if it does not say of which images. */
    static Optional<Role> of(String name) {
        Split split = null;
        Kind kind = Kind.BOTH;
        List<String> rest = new ArrayList<>();
        for (String word : name.toLowerCase(Locale.ROOT).split("[^a-z0-9]+")) {
            Split told = split(word);
            if (told != null && split == null) {
                split = told;
            } else if (IMAGES.contains(word) && kind == Kind.BOTH) {
                kind = Kind.IMAGES;
            } else if (LABELS.contains(word) && kind == Kind.BOTH) {
                kind = Kind.LABELS;
            } else if (!word.isEmpty() && !word.matches(FORM)) {
                rest.add(word);
            }
        }
        return split == null ? Optional.empty() : Optional.of(new Role(String.join("-", rest), split, kind));
    }

    /** What a word says of the images; null if nothing. */
    static @Nullable Split split(String word) {
        if (TRAIN.contains(word)) {
            return Split.TRAIN;
        }
        if (TEST.contains(word)) {
            return Split.TEST;
        }
        return VALIDATION.contains(word) ? Split.VALIDATION : null;
    }
}
