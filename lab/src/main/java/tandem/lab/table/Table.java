package tandem.lab.table;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tandem.lab.table.Column.Best;
import tandem.lab.table.Column.Medium;

/**
 * A table as data. What a cell says is decided here, once; a terminal draws it as text, a report as HTML.
 *
 * @param columns the first one names the rows
 * @param rows from top to bottom
 * @param <R> what a row stands for
 */
public record Table<R>(List<Column<R>> columns, List<R> rows) {

    /** The columns that one place shows. */
    public List<Column<R>> columns(Medium medium) {
        return columns.stream()
                .filter(column -> column.medium() == null || column.medium() == medium)
                .toList();
    }

    /**
     * What the best cells of a column say: values that are written alike are equally good. There is no best where fewer
     * than two rows have a value.
     */
    public Optional<String> best(Column<R> column) {
        Function<R, @Nullable Double> value = column.value();
        if (column.best() == null || value == null) {
            return Optional.empty();
        }
        List<R> known = rows.stream().filter(row -> value.apply(row) != null).toList();
        if (known.size() < 2) {
            return Optional.empty();
        }
        Comparator<R> order = Comparator.comparing(row -> Objects.requireNonNull(value.apply(row)));
        return known.stream()
                .max(column.best() == Best.LARGEST ? order : order.reversed())
                .map(column.text());
    }
}
