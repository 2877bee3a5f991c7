package tandem.core.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tandem.core.Failure;
import tandem.core.Json;
import tandem.core.Require;
import tools.jackson.core.JacksonException;

/**
 * What the owner of a dataset says of it, in a file {@value #FILE} beside its files. What it does not say is not done.
 *
 * @param rows height to which pictures are scaled, each pixel the mean of the area it covers; null leaves them
 * @param columns width to which pictures are scaled; null leaves them
 * @param colour {@code luma}: pictures in colour become how bright they are; null refuses them
 * @param invert whether light and dark are swapped, as in drawings of black on white
 * @param transpose whether rows and columns are swapped, as in EMNIST
 * @param classes names of the classes, in the order of their labels
 */
record Description(
        @Nullable Integer rows,
        @Nullable Integer columns,
        @Nullable String colour,
        @Nullable Boolean invert,
        @Nullable Boolean transpose,
        @Nullable List<String> classes) {
    /** Its name. */
    static final String FILE = "tandem.json";

    /** Nothing is said. */
    static final Description NONE = new Description(null, null, null, null, null, null);

    private static final String LUMA = "luma";

    /** Pixels of the longest side of an image; photographs are not classified here. */
    private static final int LONGEST = 1024;

    /** @throws Failure if a value is out of its range */
    Description {
        Require.that((rows == null) == (columns == null), "rows", rows, "given together with columns");
        Require.that(rows == null || rows >= 1 && rows <= LONGEST, "rows", rows, "from 1 to " + LONGEST);
        Require.that(columns == null || columns >= 1 && columns <= LONGEST, "columns", columns, "from 1 to " + LONGEST);
        Require.that(colour == null || colour.equals(LUMA), "colour", colour, LUMA);
    }

    /**
     * That of a folder, or of the folder of a file.
     *
     * @throws Failure if there is one that cannot be read
     */
    static Description beside(Path place) {
        Path folder = Files.isDirectory(place) ? place : place.toAbsolutePath().getParent();
        Path file = folder == null ? null : folder.resolve(FILE);
        if (file == null || !Files.exists(file)) {
            return NONE;
        }
        try {
            return Json.parseBrief(Json.text(file), Description.class);
        } catch (JacksonException e) {
            throw new Failure("%s: %s; docs/data.md says what it may hold".formatted(file, e.getMessage()), e);
        }
    }

    /** What to do where pictures are in colour. */
    static String ofColour() {
        return "to train on how bright they are, write {\"colour\":\"luma\"} into a file %s beside them"
                .formatted(FILE);
    }

    /** What to do where pictures have several sizes. */
    static String ofSize() {
        return "to scale them, write {\"rows\":28,\"columns\":28} into a file %s beside them".formatted(FILE);
    }

    boolean transposes() {
        return is(transpose);
    }

    boolean luma() {
        return LUMA.equals(colour);
    }

    private static boolean is(@Nullable Boolean value) {
        return value != null && value;
    }

    /** Pixels as they are trained on. */
    Pixels applied(Pixels pixels) {
        Pixels light = is(invert) ? pixels.inverted() : pixels;
        return transposes() ? light.transposed() : light;
    }
}
