package tandem.lab.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Columns that one place shows, cells without a value, and the best of a column. */
final class TableTest {
    /** A row of the tables here. */
    private record Runner(String name, @Nullable Double seconds) {}

    private static final Column<Runner> NAME = Column.words("runner", "Runner", Runner::name);
    private static final Column<Runner> SECONDS = Column.numbers("seconds", "Seconds", "s", "%.1f", Runner::seconds);

    private static Table<Runner> table(Column<Runner> column, @Nullable Double... seconds) {
        return new Table<>(
                List.of(NAME, column),
                Arrays.stream(seconds).map(time -> new Runner("one", time)).toList());
    }

    @Test
    void aColumnIsShownInItsPlace() {
        Column<Runner> terminal = SECONDS.only(Column.Medium.TERMINAL);
        Column<Runner> page = SECONDS.only(Column.Medium.PAGE);
        Table<Runner> table = new Table<>(List.of(NAME, terminal, page), List.of());
        assertEquals(List.of(NAME, terminal), table.columns(Column.Medium.TERMINAL));
        assertEquals(List.of(NAME, page), table.columns(Column.Medium.PAGE));
    }

    @Test
    void aCellSaysItsValueOrNothing() {
        assertEquals("one", NAME.text().apply(new Runner("one", null)));
        assertEquals("9.6", SECONDS.text().apply(new Runner("one", 9.58)));
        assertNull(SECONDS.text().apply(new Runner("one", null)));
        assertNull(Column.<Runner>words("seconds", "Seconds", Runner::seconds)
                .text()
                .apply(new Runner("one", null)));
    }

    @Test
    void theBestIsTheLargestOrTheSmallest() {
        Column<Runner> fastest = SECONDS.best(Column.Best.SMALLEST);
        Column<Runner> slowest = SECONDS.best(Column.Best.LARGEST);
        assertEquals(Optional.of("9.6"), table(fastest, 9.58, null, 9.63, 9.79).best(fastest));
        assertEquals(Optional.of("9.8"), table(slowest, 9.58, null, 9.63, 9.79).best(slowest));
    }

    @Test
    void oneValueIsNotTheBest() {
        Column<Runner> fastest = SECONDS.best(Column.Best.SMALLEST);
        assertEquals(Optional.empty(), table(fastest, 9.58, null).best(fastest));
        assertEquals(Optional.of("9.6"), table(fastest, 9.58, 9.58).best(fastest));
        assertEquals(Optional.empty(), table(SECONDS, 9.58, 9.63).best(SECONDS), "no end of it is good");
        assertEquals(Optional.empty(), table(NAME, 9.58, 9.63).best(NAME), "words have no order");
    }
}
