package tandem.core.data;

import java.util.Map;
import tandem.core.Recipe;

/**
 * Training and test images of one classification task.
 *
 * @param name name in the catalogue, or the folder it was read from
 * @param classes number of classes: the largest label plus one
 * @param train training images
 * @param test test images
 */
public record Dataset(String name, int classes, Images train, Images test) {

    /** The same dataset with at most so many images of each part; 0 means all. */
    public Dataset limit(int trainLimit, int testLimit) {
        return new Dataset(
                name,
                classes,
                trainLimit == 0 ? train : train.first(trainLimit),
                testLimit == 0 ? test : test.first(testLimit));
    }

    /** The same dataset without the training images before one. */
    public Dataset from(int firstTrainImage) {
        return new Dataset(name, classes, train.from(firstTrainImage), test);
    }

    /** A recipe whose network has the sizes of these images and as many classes. */
    public Recipe fit(Recipe recipe) {
        return recipe.with(Map.of("network", recipe.network().forImages(train.rows(), train.columns(), classes)));
    }
}
