package tandem.core.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tandem.core.Failure;
import tandem.core.Network;

/**
 * The size of the images that a model takes.
 *
 * @param rows height in pixels
 * @param columns width in pixels
 */
public record ImageSize(int rows, int columns) {
    private static final Pattern WORDS = Pattern.compile("(\\d{1,4})x(\\d{1,4})");

    /**
     * Of words such as {@code 28x28}: rows, then columns.
     *
     * @throws Failure if it is something else
     */
    public static ImageSize parse(String words) {
        Matcher matcher = WORDS.matcher(words);
        if (!matcher.matches()) {
            throw new Failure("'%s' is not the size of an image; write rows x columns, such as 28x28".formatted(words));
        }
        return new ImageSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** That of a network's images. */
    public static ImageSize of(Network network) {
        return new ImageSize(network.rows(), network.columns());
    }

    @Override
    public String toString() {
        return rows + "x" + columns;
    }
}
