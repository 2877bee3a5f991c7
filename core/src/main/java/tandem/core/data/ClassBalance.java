package tandem.core.data;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tandem.core.Failure;

/**
 * How many images of each class a dataset has.
 *
 * @param train [classes] training images
 * @param test [classes] test images
 */
public record ClassBalance(int[] train, int[] test) {

    static ClassBalance of(Dataset data) {
        return new ClassBalance(counts(data.train(), data.classes()), counts(data.test(), data.classes()));
    }

    private static int[] counts(Images images, int classes) {
        int[] counts = new int[classes];
        for (int i = 0; i < images.count(); i++) {
            counts[images.label(i)]++;
        }
        return counts;
    }

    private int[] labels(boolean inTrain, boolean inTest) {
        return IntStream.range(0, train.length)
                .filter(label -> train[label] > 0 == inTrain && test[label] > 0 == inTest)
                .toArray();
    }

    /** What is odd about the classes, as sentences without the dataset's name. */
    public List<String> oddities() {
        List<String> oddities = new ArrayList<>();
        int[] nowhere = labels(false, false);
        int[] onlyTest = labels(false, true);
        if (nowhere.length > 0) {
            oddities.add("no image has label %s; it is a class all the same, as %s is the largest label"
                    .formatted(ranges(nowhere), train.length - 1));
        }
        if (onlyTest.length > 0) {
            oddities.add("label %s is in the test images only, so nothing can learn it".formatted(ranges(onlyTest)));
        }
        return oddities;
    }

    /** @throws Failure if fewer than two classes or less than half of them have training images */
    void refuseDoubtful(Dataset data) {
        int[] trained = IntStream.range(0, train.length)
                .filter(label -> train[label] > 0)
                .toArray();
        if (trained.length == 1) {
            throw new Failure(
                    "%s: every training label is %s, so there is nothing to tell apart; if that is what you want, give --classes %s"
                            .formatted(data.name(), trained[0], Math.max(2, train.length)));
        }
        if (2 * trained.length < train.length) {
            throw new Failure(
                    "%s: the largest label is %s, but of these %s classes only %s have training images, %s, and %s; labels are damaged, or say --classes %s"
                            .formatted(
                                    data.name(),
                                    train.length - 1,
                                    train.length,
                                    trained.length,
                                    ranges(trained),
                                    largestLabel(data),
                                    train.length));
        }
    }

    /** Where the largest label is, in words. */
    String largestLabel(Dataset data) {
        int largest = train.length - 1;
        for (Images images : List.of(data.train(), data.test())) {
            for (int i = 0; i < images.count(); i++) {
                if (images.label(i) == largest) {
                    return "%s image %s has label %s"
                            .formatted(images == data.train() ? "training" : "test", i, largest);
                }
            }
        }
        return "the largest label is %s".formatted(largest);
    }

    /** Such as "0, 3 to 9". */
    private static String ranges(int[] sorted) {
        List<String> ranges = new ArrayList<>();
        for (int from = 0; from < sorted.length; ) {
            int to = from;
            while (to + 1 < sorted.length && sorted[to + 1] == sorted[to] + 1) {
                to++;
            }
            ranges.add(
                    to == from
                            ? "%s".formatted(sorted[from])
                            : "%s%s%s".formatted(sorted[from], to == from + 1 ? ", " : " to ", sorted[to]));
            from = to + 1;
        }
        return String.join(", ", ranges);
    }
}
