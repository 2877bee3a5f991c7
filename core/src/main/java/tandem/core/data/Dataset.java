package tandem.core.data;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Recipe;

/**
 * Training and test images of one classification task.
 *
 * @param name name in the catalogue, or where it was read from
 * @param classes number of classes: the largest label plus one, or more
 * @param train training images
 * @param test test images
 * @param classNames names of the classes in the order of their labels; of those beyond the number is the name
 * @param transposed whether rows and columns were swapped when it was read
 * @param notes what a user should know of how it was read: sentences
 */
public record Dataset(
        String name,
        int classes,
        Images train,
        Images test,
        List<String> classNames,
        boolean transposed,
        List<String> notes) {

    /** A dataset whose classes have no names. */
    public Dataset(String name, int classes, Images train, Images test) {
        this(name, classes, train, test, List.of(), false, List.of());
    }

    /** The same dataset with a limited number of images of each part; 0 means all. */
    public Dataset limit(int trainLimit, int testLimit) {
        return with(trainLimit == 0 ? train : train.first(trainLimit), testLimit == 0 ? test : test.first(testLimit));
    }

    /** The same dataset without the training images before one. */
    public Dataset from(int firstTrainImage) {
        return with(train.from(firstTrainImage), test);
    }

    private Dataset with(Images train, Images test) {
        return new Dataset(name, classes, train, test, classNames, transposed, notes);
    }

    /** The name of each class: its number, where it has none. */
    public List<String> names() {
        return IntStream.range(0, classes)
                .mapToObj(label -> label < classNames.size() ? classNames.get(label) : String.valueOf(label))
                .toList();
    }

    /**
     * What a user should know before training on it: how it was read, which classes lack images, and whether digits
     * seem to lie on their side. Sentences.
     */
    public List<String> remarks() {
        return Stream.of(
                        notes.stream(),
                        balance().oddities().stream().map(odd -> "%s: %s".formatted(name, odd)),
                        Orientation.doubt(this).stream().map(doubt -> "%s: %s".formatted(name, doubt)))
                .flatMap(remarks -> remarks)
                .toList();
    }

    /** How many images each class has. */
    public ClassBalance balance() {
        return ClassBalance.of(this);
    }

    /**
     * The same dataset, if a network may be trained on its classes. By default one of its labels has to be more than
     * most classes: where more than half of the classes have no training image, labels are damaged more likely than
     * not.
     *
     * @param insisted number of classes that is asked for, or null
     * @throws Failure if a label is not below that number; or, if it is null, only one class or less than half of them
     *     have training images
     */
    public Dataset forClasses(@Nullable Integer insisted) {
        if (insisted == null) {
            balance().refuseDoubtful(this);
            return this;
        }
        if (insisted < classes) {
            throw new Failure("%s: %s; --classes %s allows 0 to %s"
                    .formatted(name, balance().largestLabel(this), insisted, insisted - 1));
        }
        return new Dataset(name, insisted, train, test, classNames, transposed, notes);
    }

    /** A recipe whose network has the sizes of these images and as many classes. */
    public Recipe fit(Recipe recipe) {
        return recipe.with(Map.of("network", recipe.network().forImages(train.rows(), train.columns(), classes)));
    }
}
