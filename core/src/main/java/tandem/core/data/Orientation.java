package tandem.core.data;

import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Whether digits lie on their side, as EMNIST's do. Written digits are higher than wide: in MNIST the variance of ink
 * along the rows is 0.17 (ones) to 0.83 (zeros) of that along the columns. A set of ten classes that are all wider than
 * high, the ones much, is doubted; it is never turned. Of Fashion-MNIST, six classes are higher than wide.
 */
final class Orientation {
    /** Sets of digits have ten classes. */
    private static final int DIGITS = 10;

    private static final int ONE = 1;

    /** Transposed, the ones of MNIST have 5.9. */
    private static final double OF_ONES = 2.5;

    /** Images that are looked at. */
    private static final int ENOUGH = 5000;

    private Orientation() {}

    /** A doubt as a sentence without the dataset's name; none where nothing can be told. */
    static Optional<String> doubt(Dataset data) {
        if (data.classes() != DIGITS || data.train().rows() != data.train().columns()) {
            return Optional.empty();
        }
        double[] widths = widths(data.train());
        boolean wide = widths[ONE] > OF_ONES && IntStream.range(0, DIGITS).allMatch(label -> widths[label] > 1);
        return wide
                ? Optional.of("the images of every class are wider than high; if these are digits on their side, as"
                        + " EMNIST's are, say --transpose")
                : Optional.empty();
    }

    /** The variance of ink in x over that in y, of the first images of each class; NaN for a class without any. */
    static double[] widths(Images images) {
        double[] x = new double[DIGITS];
        double[] y = new double[DIGITS];
        for (int i = 0; i < Math.min(ENOUGH, images.count()); i++) {
            int label = images.label(i);
            x[label] += variance(images, i, true);
            y[label] += variance(images, i, false);
        }
        return IntStream.range(0, DIGITS)
                .mapToDouble(label -> x[label] / y[label])
                .toArray();
    }

    /** The variance of ink along one axis of an image; 0 of an image without ink. */
    private static double variance(Images images, int image, boolean alongX) {
        double ink = 0;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < images.size(); i++) {
            int value = images.pixels()[image * images.size() + i] & 0xff;
            double at = alongX ? i % images.columns() : i / images.columns();
            ink += value;
            sum += value * at;
            squares += value * at * at;
        }
        return ink == 0 ? 0 : squares / ink - sum / ink * (sum / ink);
    }
}
