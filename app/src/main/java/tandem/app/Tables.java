package tandem.app;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Text tables: a header, a rule, rows; also valid Markdown. */
final class Tables {
    /** Border characters in the library's order: no outer rules, a rule of dashes under the header. */
    private static final Character[] MARKDOWN = {
        null, null, null, null, //
        '|', '|', '|', //
        '|', '-', '|', '|', //
        '|', '|', '|', //
        null, null, null, null, //
        null, null, null, null, //
        null, null, null, //
        null, null, null, null
    };

    private Tables() {}

    static <T> String of(Collection<T> rows, List<ColumnData<T>> columns) {
        columns.forEach(column -> column.maxWidth(200, OverflowBehaviour.NEWLINE));
        return AsciiTable.getTable(MARKDOWN, rows, columns);
    }

    /** A column of words. */
    static <T> ColumnData<T> text(String header, Function<T, String> value) {
        return new Column()
                .header(header)
                .headerAlign(HorizontalAlign.LEFT)
                .dataAlign(HorizontalAlign.LEFT)
                .with(value);
    }

    /** A column of numbers; what is not known is a dash. */
    static <T> ColumnData<T> number(String header, String format, Function<T, Double> value) {
        return new Column()
                .header(header)
                .headerAlign(HorizontalAlign.RIGHT)
                .dataAlign(HorizontalAlign.RIGHT)
                .with(row -> {
                    Double number = value.apply(row);
                    return number == null ? "-" : String.format(Locale.ROOT, format, number);
                });
    }

    /** A column of short texts, set as numbers are. */
    static <T> ColumnData<T> right(String header, Function<T, String> value) {
        return new Column()
                .header(header)
                .headerAlign(HorizontalAlign.RIGHT)
                .dataAlign(HorizontalAlign.RIGHT)
                .with(value);
    }
}
