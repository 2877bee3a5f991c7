package tandem.app;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
        List<Column<R>> columns = table.columns(Medium.TERMINAL);
        int[] widths = new int[columns.size()];
        Arrays.fill(widths, WIDEST);
        return text(MARKDOWN, table.rows(), columns, widths);
    }

    /**
     * Lines of at most this many characters: extra columns are left out from the right, and named below; if that is not
     * enough, the widest columns of words are broken: between words, paths behind a slash, and elsewhere only where
     * there is no room for a whole word.
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
        String text = text(RULE, table.rows(), shown, widths(shown, table.rows(), width));
        String lines = text.lines().map(TextTable::trimmed).collect(Collectors.joining("\n"));
        return left.isEmpty()
                ? lines
                : lines + "\n\n"
                        + String.join(
                                "\n", Screen.lines("In a wider terminal: " + String.join(", ", left) + ".", width));
    }

    /** Widths of the columns in a terminal: the widest of words gives way, as long as it can between words. */
    private static <R> int[] widths(List<Column<R>> columns, List<R> rows, int width) {
        int[] widths = columns.stream().mapToInt(column -> width(column, rows)).toArray();
        int[] pieces =
                columns.stream().mapToInt(column -> longestPiece(column, rows)).toArray();
        Comparator<Integer> order = Comparator.comparing(i -> widths[i] > pieces[i]);
        for (int over = width(columns, rows) - width; over > 0; over--) {
            IntStream.range(0, widths.length)
                    .boxed()
                    .filter(i -> !columns.get(i).number() && widths[i] > NARROWEST)
                    .max(order.thenComparing(i -> widths[i]))
                    .ifPresent(i -> widths[i]--);
        }
        return widths;
    }

    private static <R> int longestPiece(Column<R> column, List<R> rows) {
        return texts(column, rows)
                .flatMap(text -> pieces(text).stream())
                .mapToInt(piece -> piece.stripTrailing().length())
                .max()
                .orElse(0);
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
        return texts(column, rows).mapToInt(String::length).max().orElse(0);
    }

    /** The header and all cells of a column. */
    private static <R> Stream<String> texts(Column<R> column, List<R> rows) {
        return Stream.concat(Stream.of(column.header()), rows.stream().map(row -> cell(column, row)));
    }

    private static <R> String text(Character[] borders, List<R> rows, List<Column<R>> columns, int[] widths) {
        List<ColumnData<R>> data = IntStream.range(0, widths.length)
                .mapToObj(i -> column(columns.get(i), widths[i]))
                .toList();
        return AsciiTable.getTable(borders, rows, data);
    }

    private static <R> ColumnData<R> column(Column<R> column, int widest) {
        HorizontalAlign align = column.number() ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT;
        return new com.github.freva.asciitable.Column()
                .header(wrapped(column.header(), widest))
                .headerAlign(align)
                .dataAlign(align)
                .maxWidth(widest + PADDING, OverflowBehaviour.NEWLINE)
                .with(row -> wrapped(cell(column, row), widest));
    }

    /** In lines of at most {@code width} characters; a piece that is longer is cut. */
    private static String wrapped(String text, int width) {
        StringJoiner lines = new StringJoiner("\n");
        StringBuilder line = new StringBuilder();
        for (String piece : pieces(text)) {
            for (int at = 0; at < piece.length(); at += width) {
                String part = piece.substring(at, Math.min(at + width, piece.length()));
                if (!line.isEmpty() && line.length() + part.stripTrailing().length() > width) {
                    lines.add(line.toString().stripTrailing());
                    line.setLength(0);
                }
                line.append(part);
            }
        }
        return lines.add(line.toString().stripTrailing()).toString();
    }

    /** Words with the space behind them; paths in parts, each with the slash behind it. */
    private static List<String> pieces(String text) {
        return Stream.of(text.split("(?<= )"))
                .flatMap(word -> word.indexOf('/') == word.lastIndexOf('/')
                        ? Stream.of(word)
                        : Stream.of(word.split("(?<=[^/]/)(?=[^/ ])")))
                .toList();
    }

    private static <R> String cell(Column<R> column, R row) {
        String text = column.text().apply(row);
        return text == null ? "-" : text + column.suffix();
    }
}
