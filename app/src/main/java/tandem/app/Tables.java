package tandem.app;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.OverflowBehaviour;
import java.util.Collection;
import java.util.List;

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
}
