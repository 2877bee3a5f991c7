package tandem.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.lab.EngineName;
import tandem.lab.EngineResult;
import tandem.lab.EngineResult.Status;

final class ResultSectionTest {
    private static EngineResult with(Double accuracy) {
        return new EngineResult(
                EngineName.parse("java"),
                Status.DONE,
                null,
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
        return ResultSection.column(
                Arrays.stream(accuracies).map(ResultSectionTest::with).toList(),
                EngineResult::testAccuracy,
                100,
                2,
                largest);
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
