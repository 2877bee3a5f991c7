package tandem.app;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import java.util.List;
import tandem.lab.table.Column;
import tandem.lab.table.Column.Medium;
import tandem.lab.table.Table;

/** Tables as text: a header, a rule, rows; also valid Markdown. */
final class TextTable {
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

    private TextTable() {}

    /** What is not known is a dash. */
    static <R> String of(Table<R> table) {
        List<ColumnData<R>> columns =
                table.columns(Medium.TERMINAL).stream().map(TextTable::column).toList();
        return AsciiTable.getTable(MARKDOWN, table.rows(), columns);
    }

    private static <R> ColumnData<R> column(Column<R> column) {
        HorizontalAlign align = column.number() ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT;
        return new com.github.freva.asciitable.Column()
                .header(column.header())
                .headerAlign(align)
                .dataAlign(align)
                .maxWidth(200, OverflowBehaviour.NEWLINE)
                .with(row -> {
                    String text = column.text().apply(row);
                    return text == null ? "-" : text + column.suffix();
                });
    }
}
