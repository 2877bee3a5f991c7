package tandem.lab.table;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tandem.lab.table.Column.Medium;

/** A table as lines that tests can read: the columns' heads, then the rows; the best of a column has a star. */
public final class TableText {
    private TableText() {}

    /** A terminal's heads, or a page's with their units. */
    public static <R> List<String> of(Table<R> table, Medium medium) {
        List<Column<R>> columns = table.columns(medium);
        Stream<String> heads =
                columns.stream().map(column -> medium == Medium.TERMINAL ? column.header() : head(column));
        return Stream.concat(
                        Stream.of(heads.collect(Collectors.joining(" | "))),
                        table.rows().stream()
                                .map(row -> columns.stream()
                                        .map(column -> cell(table, column, row))
                                        .collect(Collectors.joining(" | "))))
                .toList();
    }

    private static String head(Column<?> column) {
        return column.unit() == null ? column.title() : column.title() + ", " + column.unit();
    }

    private static <R> String cell(Table<R> table, Column<R> column, R row) {
        String text = Objects.requireNonNullElse(column.text().apply(row), "-");
        String star = table.best(column).equals(Optional.of(text)) ? "*" : "";
        return text.equals("-") ? text : text.strip() + column.suffix() + star;
    }
}
