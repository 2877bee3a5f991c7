package tandem.app;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tandem.lab.table.Column;
import tandem.lab.table.Column.Medium;
import tandem.lab.table.Table;

/** Tables as text: Markdown for files and other programs; on a terminal what fits into it. */
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

    /** A rule under the header, and no other border. */
    private static final Character[] RULE = {
        null, null, null, null, //
        null, null, null, //
        null, '-', null, null, //
        null, null, null, //
        null, null, null, null, //
        null, null, null, null, //
        null, null, null, //
        null, null, null, null
    };

    private static final int WIDEST = 200;

    /** Spaces that the library sets on both sides of a cell. */
    private static final int PADDING = 2;

    /** Characters below which no column of words is made narrower. */
    private static final int NARROWEST = 12;

    private TextTable() {}

    /** The table for standard output, whatever that is. */
    static <R> String of(Table<R> table) {
        return Screen.output() ? fitting(table, Screen.columns()) : markdown(table);
    }

    /** All columns. What is not known is a dash. */
    static <R> String markdown(Table<R> table) {
        return text(MARKDOWN, table.rows(), table.columns(Medium.TERMINAL), Map.of());
    }

    /**
     * Lines of at most this many characters: extra columns are left out from the right, and named below; if that is not
     * enough, the widest columns of words are broken.
     */
    static <R> String fitting(Table<R> table, int width) {
        List<Column<R>> shown = new ArrayList<>(table.columns(Medium.TERMINAL));
        List<String> left = new ArrayList<>();
        while (width(shown, table.rows()) > width) {
            Column<R> last =
                    shown.reversed().stream().filter(Column::extra).findFirst().orElse(null);
            if (last == null) {
                break;
            }
            shown.remove(last);
            left.addFirst(last.header());
        }
        String text = text(RULE, table.rows(), shown, broken(shown, table.rows(), width));
        String lines = text.lines().map(TextTable::trimmed).collect(Collectors.joining("\n"));
        return left.isEmpty()
                ? lines
                : lines + "\n\n"
                        + String.join(
                                "\n", Screen.lines("In a wider terminal: " + String.join(", ", left) + ".", width));
    }

    /** Widths of columns that are too wide for the terminal; the widest column of words gives way. */
    private static <R> Map<Column<R>, Integer> broken(List<Column<R>> columns, List<R> rows, int width) {
        Map<Column<R>, Integer> widths = new HashMap<>();
        for (int over = width(columns, rows) - width; over > 0; over--) {
            Optional<Column<R>> widest = columns.stream()
                    .filter(column -> !column.number())
                    .max(Comparator.comparing(column -> widths.getOrDefault(column, width(column, rows))));
            if (widest.isEmpty()) {
                break;
            }
            int narrower = widths.getOrDefault(widest.get(), width(widest.get(), rows)) - 1;
            widths.put(widest.get(), Math.max(NARROWEST, narrower));
        }
        return widths;
    }

    /** Without the padding of the first column, and of the last. */
    private static String trimmed(String line) {
        return line.substring(1, line.length() - 1).stripTrailing();
    }

    private static <R> int width(List<Column<R>> columns, List<R> rows) {
        return columns.stream()
                        .mapToInt(column -> width(column, rows) + PADDING)
                        .sum()
                - PADDING;
    }

    private static <R> int width(Column<R> column, List<R> rows) {
        return Math.max(
                column.header().length(),
                rows.stream()
                        .map(row -> cell(column, row).length())
                        .max(Comparator.naturalOrder())
                        .orElse(0));
    }

    private static <R> String text(
            Character[] borders, List<R> rows, List<Column<R>> columns, Map<Column<R>, Integer> widths) {
        List<ColumnData<R>> data = columns.stream()
                .map(column -> column(column, widths.getOrDefault(column, WIDEST) + PADDING))
                .toList();
        return AsciiTable.getTable(borders, rows, data);
    }

    private static <R> ColumnData<R> column(Column<R> column, int widest) {
        HorizontalAlign align = column.number() ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT;
        return new com.github.freva.asciitable.Column()
                .header(column.header())
                .headerAlign(align)
                .dataAlign(align)
                .maxWidth(widest, OverflowBehaviour.NEWLINE)
                .with(row -> cell(column, row));
    }

    private static <R> String cell(Column<R> column, R row) {
        String text = column.text().apply(row);
        return text == null ? "-" : text + column.suffix();
    }
}
