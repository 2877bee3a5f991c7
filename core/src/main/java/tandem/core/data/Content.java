package tandem.core.data;

import java.util.List;

/**
 * What a dataset holds, whatever its form.
 *
 * @param train training images
 * @param test test images
 * @param classes names of the classes in the order of their labels; empty if the form has none
 * @param notes what a user should know of how it was read: sentences
 */
record Content(Labelled train, Labelled test, List<String> classes, List<String> notes) {

    /** Of images that have no test images of their own. */
    static Content split(Labelled all, List<String> classes, String what) {
        Labelled.Split split = all.split();
        return new Content(
                split.train(),
                split.test(),
                classes,
                List.of("%s; of %s images the %s whose pixels' CRC-32 is a multiple of %s are for testing"
                        .formatted(what, all.labels().length, split.test().labels().length, Labelled.ONE_IN)));
    }
}
