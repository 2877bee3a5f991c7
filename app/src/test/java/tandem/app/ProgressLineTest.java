package tandem.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The line at the bottom of a terminal. */
final class ProgressLineTest {
    private static final ProgressLine LINE = new ProgressLine("images", 1, false);

    @Test
    void at80ColumnsThereIsRoomForABarAndForAllFigures() {
        assertEquals(
                "java  \u2501\u2501\u2501\u2501\u2501\u2501\u2501\u2501\u2501\u2501\u2501\u2501\u2500\u2500\u2500\u2500"
                        + "\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500"
                        + "  40%  loss 0.123  17,562 images/s  2 s left",
                LINE.text("java", 0.4, null, "loss 0.123", "17,562 images/s", "2 s left", 79));
    }

    @Test
    void theMessageGivesWayFirst() {
        assertEquals(
                "deeplearning4j  \u2501\u2501\u2501\u2501\u2500\u2500\u2500\u2500"
                        + "  50%  epoch 1/10, los\u2026  1,982 images/s  5 min left",
                LINE.text("deeplearning4j", 0.5, null, "epoch 1/10, loss 0.123", "1,982 images/s", "5 min left", 75));
        for (int width = 1; width < 120; width++) {
            String text =
                    LINE.text("deeplearning4j", 0.5, "3/90", "epoch 1/10, loss 0.1", "1,982 images/s", "2 s", width);
            assertEquals(Math.min(width, text.length()), text.length(), text);
        }
    }

    @Test
    void coloursTakeNoRoom() {
        String plain = LINE.text("java", 0.5, null, "", "", "", 40);
        String coloured = new ProgressLine("images", 1, true).text("java", 0.5, null, "", "", "", 40);
        assertEquals(plain, coloured.replaceAll("\u001B\\[\\d+m", ""));
    }
}
