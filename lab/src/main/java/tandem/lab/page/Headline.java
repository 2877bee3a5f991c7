package tandem.lab.page;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a report says first, in large type.
 *
 * @param sentence the result, in one sentence
 * @param note under it, or null
 * @param figures that the sentence stands on, at most three
 */
public record Headline(String sentence, @Nullable String note, List<Figure> figures) {

    /**
     * A key figure.
     *
     * @param value with its unit
     * @param label what it is
     */
    public record Figure(String value, String label) {}

    /** A sentence alone. */
    public Headline(String sentence, @Nullable String note) {
        this(sentence, note, List.of());
    }
}
