package tandem.lab.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.lab.compare.EngineResult;
import tandem.lab.engines.EngineName;
import tandem.lab.progress.Status;
import tandem.lab.table.Column;
import tandem.lab.table.Table;

final class BlockTableTest {
    private static EngineResult with(Double accuracy) {
        return new EngineResult(
                EngineName.parse("java"),
                Status.INTERRUPTED,
                "interrupted",
                accuracy,
                null,
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                "Tandem",
                "1",
                "cpu",
                2);
    }

    private static List<Block.Cell> column(boolean largest, Double... accuracies) {
        List<Column<EngineResult>> columns = List.of(
                Column.words("engine", "Engine", result -> result.engine().toString()),
                Column.<EngineResult>numbers(
                                "accuracy",
                                "Test accuracy",
                                "%",
                                "%.2f",
                                result -> result.testAccuracy() == null ? null : 100 * result.testAccuracy())
                        .best(largest ? Column.Best.LARGEST : Column.Best.SMALLEST));
        return Block.Table.of(new Table<>(
                        columns,
                        Arrays.stream(accuracies).map(BlockTableTest::with).toList()))
                .rows()
                .stream()
                .map(row -> row.cells().getFirst())
                .toList();
    }

    @Test
    void whatIsWrittenAlikeIsEquallyGood() {
        assertEquals(
                List.of(
                        new Block.Cell("98.41", true),
                        new Block.Cell("98.41", true),
                        new Block.Cell("98.40", false),
                        new Block.Cell(null, false)),
                column(true, 0.98411, 0.98409, 0.984, null));
        assertEquals(
                List.of(new Block.Cell("98.41", false), new Block.Cell("98.40", true)), column(false, 0.98411, 0.984));
    }

    @Test
    void oneValueAloneIsNotTheBest() {
        assertEquals(List.of(new Block.Cell("98.41", false), new Block.Cell(null, false)), column(true, 0.98411, null));
    }
}
