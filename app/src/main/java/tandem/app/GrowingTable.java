package tandem.app;

import java.util.List;
import tandem.lab.progress.Progress;
import tandem.lab.table.Column;
import tandem.lab.table.Table;

/** The engines that have trained so far, while the others still do. */
final class GrowingTable {
    private GrowingTable() {}

    static String of(List<Progress.Trained> rows) {
        List<Column<Progress.Trained>> columns = List.of(
                Column.words("engine", "", Progress.Trained::row),
                Column.<Progress.Trained>numbers("accuracy", "", null, "%.2f", row -> 100 * row.testAccuracy())
                        .ending("%"),
                Column.numbers("ms/step", "", null, "%,.2f", Progress.Trained::millisPerStep),
                Column.numbers("images/s", "", null, "%,.0f", Progress.Trained::imagesPerSecond));
        return TextTable.fitting(new Table<>(columns, rows), Screen.columns());
    }
}
