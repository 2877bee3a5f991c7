package tandem.lab.table;

import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One column of a table. What is not known is null, and drawn as a dash.
 *
 * @param header on a terminal
 * @param title on a page
 * @param unit below the title on a page, or null
 * @param number whether cells are set to the right, so that numbers stand under each other
 * @param medium where it is shown, or null for everywhere
 * @param suffix behind each cell on a terminal, which has no units
 * @param extra whether a terminal that is too narrow for all columns leaves this one out
 * @param best which cell is marked on a page, or null if none is better than another
 * @param value what decides which is best, or null
 * @param text what a cell says
 * @param <R> what a row stands for
 */
public record Column<R>(
        String header,
        String title,
        @Nullable String unit,
        boolean number,
        @Nullable Medium medium,
        String suffix,
        boolean extra,
        @Nullable Best best,
        @Nullable Function<R, @Nullable Double> value,
        Function<R, @Nullable String> text) {

    /** Where a table is shown. */
    public enum Medium {
        /** As text, in few columns. */
        TERMINAL,
        /** In a report. */
        PAGE
    }

    /** Which value of a column wins. */
    public enum Best {
        /** As of accuracies. */
        LARGEST,
        /** As of times. */
        SMALLEST
    }

    /** A column of words: what {@code toString} says. */
    public static <R> Column<R> words(String header, String title, Function<R, ? extends @Nullable Object> text) {
        return new Column<>(header, title, null, false, null, "", false, null, null, words(text));
    }

    /** A column of short texts that are set as numbers are. */
    public static <R> Column<R> figures(
            String header, String title, @Nullable String unit, Function<R, ? extends @Nullable Object> text) {
        return new Column<>(header, title, unit, true, null, "", false, null, null, words(text));
    }

    private static <R> Function<R, @Nullable String> words(Function<R, ? extends @Nullable Object> text) {
        return row -> Objects.toString(text.apply(row), null);
    }

    /**
     * A column of numbers.
     *
     * @param format of {@link String#format}, for one number
     */
    public static <R> Column<R> numbers(
            String header, String title, @Nullable String unit, String format, Function<R, @Nullable Double> value) {
        return new Column<>(header, title, unit, true, null, "", false, null, value, row -> {
            Double number = value.apply(row);
            return number == null ? null : String.format(Locale.ROOT, format, number);
        });
    }

    /** The same column, shown in one place only. */
    public Column<R> only(Medium place) {
        return new Column<>(header, title, unit, number, place, suffix, extra, best, value, text);
    }

    /** The same column, whose cells end like this on a terminal. */
    public Column<R> ending(String end) {
        return new Column<>(header, title, unit, number, medium, end, extra, best, value, text);
    }

    /** The same column, of which one end is good. */
    public Column<R> best(Best end) {
        return new Column<>(header, title, unit, number, medium, suffix, extra, end, value, text);
    }

    /** The same column, for which a narrow terminal may have no room. */
    public Column<R> asExtra() {
        return new Column<>(header, title, unit, number, medium, suffix, true, best, value, text);
    }
}
